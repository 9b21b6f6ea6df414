import { expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { createClassifier } from './classifier.ts'
import { explain } from './explain.ts'

const classify = createClassifier(loadFacts())

test('evidence stands in order of its weight, and the deciding piece is marked', () => {
  const evidence = explain(classify, {
    link: null,
    utm: { source: 'newsletter', medium: 'email', campaign: '', term: '', content: '' },
    clickIdKinds: ['fbclid', 'gclid'],
    referrer: 'https://l.instagram.com/',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5) Mobile/15E148 Instagram 283.0.0.16.103 (iPhone15,3)',
    siteHosts: ['example.com'],
  })
  expect(evidence).toEqual([
    {
      from: 'paid-click-id',
      value: 'gclid',
      says: 'Paid Search: Google, not believed: the visit names another source',
      decided: false,
    },
    {
      from: 'utm',
      value: 'utm_source=newsletter&utm_medium=email',
      says: 'Email: Newsletter',
      decided: true,
    },
    { from: 'click-id', value: 'fbclid', says: 'Organic Social: Facebook', decided: false },
    {
      from: 'referrer',
      value: 'https://l.instagram.com/',
      says: 'Organic Social: Instagram',
      decided: false,
    },
    { from: 'in-app', value: 'Instagram', says: 'Organic Social: Instagram', decided: false },
  ])
})

test('a hit that carries nothing has no evidence', () => {
  const utm = { source: '', medium: '', campaign: '', term: '', content: '' }
  const bare = { link: null, utm, clickIdKinds: [], referrer: '', userAgent: '', siteHosts: [] }
  expect(explain(classify, bare)).toEqual([])
})
