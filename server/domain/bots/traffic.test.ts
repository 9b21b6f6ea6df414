import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { createInAppDetector } from '../channels/in-app.ts'
import { createPreviewDetector } from './preview.ts'
import { createTrafficDetector, type TrafficInput } from './traffic.ts'

const facts = loadFacts()
const detect = createTrafficDetector(facts)
const inAppOf = createInAppDetector(facts.inApp)
const previews = createPreviewDetector(facts.previews)
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'

function click(parts: Partial<TrafficInput>): TrafficInput {
  return { kind: 'click', method: 'GET', userAgent: CHROME, headers: {}, ...parts }
}

const cases = readFileSync(new URL('./user-agents.cases.csv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('the table of user agents', () => {
  test.each(cases)('%s', (line) => {
    const [traffic = '', reason = '', app = '', userAgent = ''] = line.split('|')
    const verdict = detect(click({ userAgent }))
    expect([verdict.traffic, verdict.reason]).toEqual([traffic, reason])
    expect(detect(click({ kind: 'pageview', userAgent }))).toEqual(verdict)
    expect(previews.isPreviewCrawler(userAgent)).toBe(traffic === 'preview')
    if (traffic === 'preview') expect(verdict.previewOf).toBe(app)
    if (traffic === 'person') expect(inAppOf(userAgent)?.source ?? '').toBe(app)
  })
})

test('a HEAD request and a prefetch are nobody’s click, but say nothing about a page view', () => {
  expect(detect(click({ method: 'HEAD' })).reason).toBe('head_request')
  const prefetch = { 'sec-purpose': 'prefetch;prerender' }
  expect(detect(click({ headers: prefetch }))).toMatchObject({
    traffic: 'prefetch',
    reason: 'prefetch_header',
  })
  expect(detect(click({ headers: { purpose: 'prefetch' } })).traffic).toBe('prefetch')
  expect(detect(click({ headers: { 'x-purpose': 'preview' } })).traffic).toBe('prefetch')
  expect(detect(click({ headers: { 'x-moz': 'prefetch' } })).traffic).toBe('prefetch')
  expect(detect(click({ kind: 'pageview', method: 'HEAD', headers: prefetch })).traffic).toBe('person')
})

test('an app is named by a whole word of the user agent', () => {
  expect(inAppOf(`${CHROME} Airline/1.0`)).toBeNull()
  expect(inAppOf('Mozilla/5.0 [FBAN/AudienceNetworkForiOS;FBAV/1]')).toEqual({ source: '', category: '' })
})

test('any user agent gives a verdict, the same by a detector that has seen nothing else', () => {
  const pieces = fc.constantFrom(
    'Mozilla/5.0 ',
    'bot',
    'Instagram ',
    'http://',
    '@',
    '(',
    ')',
    ';',
    '+',
    'x.y',
    ' ',
  )
  const text = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (userAgent) => {
      expect(createTrafficDetector(facts)(click({ userAgent }))).toEqual(detect(click({ userAgent })))
    }),
    { numRuns: 200 },
  )
})
