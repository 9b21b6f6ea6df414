import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { CHANNELS } from '../judged.ts'
import { compileRules } from '../rules/compile.ts'
import { createVisitClassifier } from './classify-visit.ts'
import { type VisitInput, visitInputSchema } from './visit-input.ts'

const classify = createVisitClassifier(loadFacts())
const PAGE = 'https://cars.example/new'
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const INSTAGRAM =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 283.0.0.16.103 (iPhone15,3)'

test('a label says everything about a visit, and why', () => {
  const label = classify({
    url: `${PAGE}?utm_source=hootsuite&utm_medium=twitter&utm_campaign=Spring&utm_content=a&fbclid=x`,
    referrer: 'https://t.co/abc',
    userAgent: INSTAGRAM,
  })
  expect(label).toEqual({
    channel: 'Organic Social',
    side: 'Social',
    sideWithPaid: 'Social',
    source: 'X',
    medium: 'twitter',
    campaign: 'Spring',
    term: '',
    content: 'a',
    platform: 'x',
    tool: 'Hootsuite',
    clickIdKind: 'fbclid',
    inApp: 'Instagram',
    device: 'mobile',
    browser: 'Instagram',
    os: 'iOS',
    bot: false,
    botReason: '',
    botClass: '',
    rule: 'utm-source',
    rulesVersion: 2_000_000,
    evidence: [
      {
        about: 'channel',
        from: 'utm',
        value: 'utm_source=hootsuite&utm_medium=twitter&utm_campaign=Spring&utm_content=a',
        says: 'Organic Social: X',
        decided: true,
      },
      {
        about: 'channel',
        from: 'click-id',
        value: 'fbclid',
        says: 'Organic Social: Facebook',
        decided: false,
      },
      {
        about: 'channel',
        from: 'referrer',
        value: 'https://t.co/abc',
        says: 'Organic Social: X',
        decided: false,
      },
      {
        about: 'channel',
        from: 'in-app',
        value: 'Instagram',
        says: 'Organic Social: Instagram',
        decided: false,
      },
      { about: 'bot', from: 'user-agent', value: INSTAGRAM, says: 'person', decided: true },
    ],
  })
})

test('evidence can be left out', () => {
  expect(classify({ url: PAGE }, { evidence: false })).not.toHaveProperty('evidence')
})

describe('the sender', () => {
  const sender = (input: Partial<VisitInput>) => {
    const { bot, botReason, botClass } = classify({ url: PAGE, ...input })
    return [bot, botReason, botClass]
  }

  test('is not judged where nobody asked about it, and is nobody where none was sent', () => {
    expect(sender({})).toEqual([null, '', ''])
    expect(sender({ userAgent: '' })).toEqual([true, 'no_user_agent', 'nameless'])
    expect(sender({ userAgent: null })).toEqual([true, 'no_user_agent', 'nameless'])
  })

  test('is given away by the request alone', () => {
    expect(sender({ method: 'head' })).toEqual([true, 'head_request', 'head'])
    expect(sender({ headers: { 'Sec-Purpose': 'prefetch;prerender' } })).toEqual([
      true,
      'prefetch_header',
      'prefetch',
    ])
    expect(sender({ userAgent: CHROME, headers: { 'Sec-Fetch-Mode': 'cors' } })).toEqual([
      true,
      'not_navigation',
      'script',
    ])
    expect(sender({ userAgent: CHROME, headers: { 'Sec-Fetch-Mode': 'navigate' } })).toEqual([false, '', ''])
    expect(
      sender({ userAgent: CHROME, clientHints: { brands: [{ brand: 'HeadlessChrome', version: '129' }] } }),
    ).toEqual([true, 'headless_browser', 'headless'])
  })

  test('of a link preview is a class of its own, with the platform that asked', () => {
    expect(classify({ url: PAGE, userAgent: 'TelegramBot (like TwitterBot)' })).toMatchObject({
      bot: true,
      botReason: 'link_preview',
      botClass: 'preview',
      platform: 'telegram',
    })
  })

  test('may stand among the headers', () => {
    const headers = { 'User-Agent': CHROME, Referer: 'https://www.google.com/' }
    expect(classify({ url: PAGE, headers })).toMatchObject({
      bot: false,
      browser: 'Chrome',
      source: 'Google',
    })
  })

  test('says in its evidence which piece gave it away', () => {
    const headers = { purpose: 'prefetch', 'sec-fetch-mode': 'no-cors' }
    const { evidence = [] } = classify({ url: PAGE, method: 'GET', userAgent: CHROME, headers })
    expect(evidence).toEqual([
      {
        about: 'bot',
        from: 'purpose',
        value: 'prefetch',
        says: 'prefetch: prefetch_header',
        decided: true,
      },
      {
        about: 'bot',
        from: 'sec-fetch-mode',
        value: 'no-cors',
        says: 'bot: not_navigation',
        decided: false,
      },
      { about: 'bot', from: 'user-agent', value: CHROME, says: 'person', decided: false },
    ])
  })
})

test('client hints are read in both their forms', () => {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/143.0.0.0 Safari/537.36'
  const tablet = { device: 'tablet', os: 'Android' }
  expect(
    classify({ url: PAGE, userAgent, clientHints: { mobile: false, platform: 'Android' } }),
  ).toMatchObject(tablet)
  const clientHints = { 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' }
  expect(classify({ url: PAGE, userAgent, clientHints })).toMatchObject(tablet)
})

test('the address’s own host and those of the site begin nothing', () => {
  expect(classify({ url: PAGE, referrer: 'https://www.cars.example/' }).rule).toBe('internal')
  expect(classify({ url: PAGE, referrer: 'https://shop.example/' }).channel).toBe('Referral')
  const siteHosts = ['shop.example']
  expect(classify({ url: PAGE, referrer: 'https://shop.example/', siteHosts }).rule).toBe('internal')
})

test('a rule of the site’s own comes first and stands first in the evidence', () => {
  const rules = compileRules(
    [
      {
        id: 7,
        name: 'Partners',
        enabled: true,
        when: { field: 'referrer_host', operator: 'is', values: ['dealer.example'] },
        // biome-ignore lint/suspicious/noThenProperty: the word of the rules themselves
        then: { channel: 'Partners', side: 'Other' },
      },
    ],
    3,
  )
  const label = classify({ url: PAGE, referrer: 'https://dealer.example/' }, { rules })
  expect(label).toMatchObject({
    channel: 'Partners',
    source: 'dealer.example',
    rule: 'site:7',
    rulesVersion: 2_000_003,
  })
  expect(label.evidence?.map(({ from, decided }) => [from, decided])).toEqual([
    ['site-rule', true],
    ['referrer', false],
  ])
})

const pieces = fc.constantFrom(
  'https://',
  '?utm_source=',
  '&utm_medium=cpc',
  '&gclid=',
  'facebook',
  '.com',
  '%',
  '@',
  '[',
  'Instagram ',
  'bot',
  '__proto__',
  '\u0000',
  '\ud800',
)
const anyText = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 12 })
  .map((parts) => parts.join(''))
const anyVisit: fc.Arbitrary<VisitInput> = fc.record(
  {
    url: anyText,
    referrer: fc.option(anyText),
    userAgent: fc.option(anyText),
    method: fc.option(anyText),
    headers: fc.dictionary(
      fc.oneof(anyText, fc.constantFrom('sec-purpose', 'x-requested-with', 'sec-fetch-mode', 'constructor')),
      anyText,
      { maxKeys: 4 },
    ),
    siteHosts: fc.array(anyText, { maxLength: 3 }),
    clientHints: fc.record(
      { mobile: fc.boolean(), platform: anyText, 'sec-ch-ua': anyText },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['url'] },
)

test('any text in any field gives a label, the same each time, and one deciding piece for each question', () => {
  const other = createVisitClassifier(loadFacts())
  fc.assert(
    fc.property(anyVisit, (visit) => {
      expect(visitInputSchema.safeParse(visit).success).toBe(true)
      const label = classify(visit)
      expect(CHANNELS).toContain(label.channel)
      if (label.bot === null) expect(visit.userAgent).toBeUndefined()
      expect(other(visit)).toEqual(label)
      for (const about of ['channel', 'bot']) {
        const decided = label.evidence?.filter((piece) => piece.about === about && piece.decided) ?? []
        expect(decided.length).toBeLessThanOrEqual(1)
      }
      const said = label.evidence?.some(({ about, decided }) => about === 'channel' && decided)
      expect(said).toBe(label.rule !== 'direct')
    }),
    { numRuns: 300 },
  )
})

/** Anything worse than a linear pass over 100 kB would not end within the runner's limit. */
describe('a hundred thousand characters in one field', () => {
  const LENGTH = 100_000
  const long = (unit: string) => unit.repeat(Math.ceil(LENGTH / unit.length))
  const units = [
    'a',
    '.',
    'a.',
    '-',
    '&',
    '&utm_source=a',
    '&gclid=',
    '%',
    '%40',
    '@',
    'a@',
    '/',
    '(',
    '{',
    '[<',
    ' ',
  ]
  const fields: [string, (text: string) => VisitInput][] = [
    ['url', (text) => ({ url: text })],
    ['query', (text) => ({ url: `${PAGE}?${text}` })],
    ['utm_source', (text) => ({ url: `${PAGE}?utm_source=${text}` })],
    ['ref', (text) => ({ url: `${PAGE}?ref=${text}` })],
    ['referrer', (text) => ({ url: PAGE, referrer: `https://${text}` })],
    ['referrer without a scheme', (text) => ({ url: PAGE, referrer: text })],
    ['userAgent', (text) => ({ url: PAGE, userAgent: `Mozilla/5.0 ${text}` })],
    ['method', (text) => ({ url: PAGE, method: text })],
    ['header', (text) => ({ url: PAGE, headers: { [text]: text, 'x-requested-with': text } })],
    ['siteHosts', (text) => ({ url: PAGE, siteHosts: [text], referrer: 'https://a.example/' })],
    ['clientHints', (text) => ({ url: PAGE, userAgent: CHROME, clientHints: { platform: text } })],
  ]
  test.each(fields)('in %s are passed over once', (_, visit) => {
    for (const unit of units) expect(CHANNELS).toContain(classify(visit(long(unit))).channel)
  })
})
