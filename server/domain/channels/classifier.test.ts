import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CLICK_IDS } from '../../facts/click-ids.ts'
import { loadFacts } from '../../facts/load.ts'
import type { Paid } from '../hit.ts'
import { CHANNELS } from '../judged.ts'
import type { ClassifyInput } from './classification.ts'
import { createClassifier } from './classifier.ts'

const classify = createClassifier(loadFacts())
const SITE_HOSTS = ['example.com']
const NOTHING: ClassifyInput = {
  link: null,
  utm: { source: '', medium: '', campaign: '', term: '', content: '' },
  clickIdKinds: [],
  referrer: '',
  userAgent: '',
  siteHosts: SITE_HOSTS,
}

function given(
  parts: Partial<Omit<ClassifyInput, 'utm'>> & { utm?: Partial<ClassifyInput['utm']> },
): ClassifyInput {
  return { ...NOTHING, ...parts, utm: { ...NOTHING.utm, ...parts.utm } }
}

const cases = readFileSync(new URL('./cases.csv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('the table of cases', () => {
  test.each(cases)('%s', (line) => {
    const [before = '', after = ''] = line.split('|')
    const [link = '', source = '', medium = '', campaign = '', ids = '', referrer = ''] = before.split(';')
    const [platform = '', paid = ''] = link.split(':')
    const [channel, side, name, rule] = after.split(';')
    const says = paid === 'paid' || paid === 'organic' ? paid : ''
    const answer = classify(
      given({
        link: link === '' ? null : { platform, paid: says },
        utm: { source, medium, campaign },
        clickIdKinds: ids === '' ? [] : ids.split(' '),
        referrer,
      }),
    )
    expect([answer.channel, answer.side, answer.source, answer.rule]).toEqual([channel, side, name, rule])
  })
})

test('with paid, paid search and paid social join their sides alike', () => {
  const side = (source: string) => {
    const answer = classify(given({ utm: { source, medium: 'cpc' } }))
    return [answer.side, answer.sideWithPaid]
  }
  expect(side('google')).toEqual(['Other', 'Search'])
  expect(side('facebook')).toEqual(['Other', 'Social'])
  expect(side('youtube')).toEqual(['Other', 'Social'])
})

test('a scheduling tool is kept beside the network that it published to', () => {
  const answer = classify(given({ utm: { source: 'hootsuite', medium: 'twitter' } }))
  expect(answer).toMatchObject({ tool: 'Hootsuite', source: 'X', platform: 'x' })
  expect(classify(given({ utm: { source: 'twitter.com', content: 'buffer0a1b2' } })).tool).toBe('Buffer')
  expect(classify(given({ utm: { source: 'facebook', medium: 'bitly' } })).tool).toBe('Bitly')
})

test('search terms are kept where the engine still sends them', () => {
  expect(classify(given({ referrer: 'http://www.google.com/url?sa=t&q=test+drive' })).term).toBe('test drive')
  expect(classify(given({ referrer: 'https://www.baidu.com/s?wd=%E4%BD%A0' })).term).toBe('你')
  expect(classify(given({ referrer: 'https://www.facebook.com/?q=x' })).term).toBe('')
})

test('an app names its platform where the referrer is missing, and overrules no tag', () => {
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5) Mobile/15E148 Instagram 283.0.0.16.103 (iPhone15,3)'
  expect(classify(given({ userAgent }))).toMatchObject({
    channel: 'Organic Social',
    source: 'Instagram',
    platform: 'instagram',
    rule: 'in-app',
  })
  expect(classify(given({ userAgent, utm: { source: 'newsletter', medium: 'email' } }))).toMatchObject({
    channel: 'Email',
    inApp: 'Instagram',
  })
  expect(classify(given({ headers: { 'x-requested-with': 'com.reddit.frontpage' } })).source).toBe('Reddit')
})

test('a ref key counts where it names a known source or a host', () => {
  expect(classify(given({ ref: 'producthunt' }))).toMatchObject({ channel: 'Organic Social', rule: 'ref' })
  expect(classify(given({ ref: 'footer-button' })).channel).toBe('Direct')
})

test('a site on a shared hosting domain is no sibling of its neighbours', () => {
  const answer = classify({
    ...NOTHING,
    siteHosts: ['ours.github.io'],
    referrer: 'https://theirs.github.io/',
  })
  expect(answer).toMatchObject({ channel: 'Referral', source: 'theirs.github.io' })
})

test('pages of this computer are the site’s own where it is on this computer, and no referrer elsewhere', () => {
  const local = { ...NOTHING, referrer: 'http://127.0.0.1:4321/one' }
  expect(classify({ ...local, siteHosts: ['127.0.0.1:4321'] }).referrerKind).toBe('internal')
  expect(classify({ ...local, siteHosts: ['shop.example'] }).referrerKind).toBe('none')
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    'facebook',
    'cpc',
    'http://',
    '//',
    'android-app://',
    '[::1',
    'a..b',
    '%',
    'x.com/',
    'www.',
    '.',
  ),
)
const anyInput: fc.Arbitrary<ClassifyInput> = fc.record({
  link: fc.option(fc.record({ platform: anyText, paid: fc.constantFrom<Paid>('', 'paid', 'organic') })),
  utm: fc.record({ source: anyText, medium: anyText, campaign: anyText, term: anyText, content: anyText }),
  ref: anyText,
  clickIdKinds: fc.array(fc.constantFrom(...CLICK_IDS.map(({ name }) => name)), { maxLength: 3 }),
  referrer: anyText,
  userAgent: anyText,
  siteHosts: fc.array(anyText, { maxLength: 2 }),
})

test('any text in any field gives one of the channels, the same each time', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const answer = classify(input)
      expect(CHANNELS).toContain(answer.channel)
      expect(createdAnew(input)).toEqual(answer)
    }),
    { numRuns: 500 },
  )
})

const second = createClassifier(loadFacts())
function createdAnew(input: ClassifyInput) {
  return second(input)
}

test('whatever else a visit says, a link made for a platform decides', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const answer = classify({ ...input, link: { platform: 'instagram', paid: 'organic' } })
      expect(answer).toMatchObject({
        channel: 'Organic Social',
        side: 'Social',
        source: 'Instagram',
        rule: 'link',
      })
    }),
  )
})
