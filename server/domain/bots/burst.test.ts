import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFacts } from '../../facts/load.ts'
import { emptyHit, type RawHit } from '../hit.ts'
import { createJudge } from '../judge.ts'
import { localDays } from '../time/local-day.ts'
import { BURST_REACH_MS, type BurstClick, burstClickOf, burstsOf, mayBurst } from './burst.ts'
import { createTrafficDetector } from './traffic.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const MASTODON = 'Mastodon/4.4.1 (http.rb/5.3.1; +https://mastodon.example/)'
const NOON = Date.UTC(2026, 5, 1, 12)

const trafficOf = createTrafficDetector(loadFacts())
let sequence = 0

/** A click `seconds` after noon, by somebody of whom nothing else is known, from a browser that sends what browsers do. */
function get(seconds: number, change: Partial<RawHit> = {}): RawHit {
  sequence++
  return {
    ...emptyHit(),
    hitId: sequence.toString(16).padStart(32, '0'),
    time: NOON + seconds * 1_000,
    siteId: 1,
    linkId: 7,
    method: 'GET',
    userAgent: FIREFOX,
    headers: { 'accept-language': 'de-DE,de;q=0.9', 'sec-fetch-mode': 'navigate' },
    visitor: sequence.toString(16).padStart(16, '0'),
    ...change,
  }
}

const head = (seconds: number, change: Partial<RawHit> = {}) =>
  get(seconds, { method: 'HEAD', userAgent: CHROME, headers: {}, ...change })
const bareGet = (seconds: number, change: Partial<RawHit> = {}) => get(seconds, { headers: {}, ...change })
/** As X looks at a link: three HEADs, one without a user agent. */
const scan = (seconds: number) => [
  head(seconds, { userAgent: IPHONE }),
  head(seconds + 0.2, { userAgent: CHROME }),
  head(seconds + 0.4, { userAgent: '' }),
]
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

function clicksOf(hits: readonly RawHit[]): BurstClick[] {
  return hits.flatMap((hit) => burstClickOf(hit, trafficOf) ?? [])
}

/** What becomes of one of the hits. */
function verdictOn(hit: RawHit, among: readonly RawHit[]): string {
  return burstsOf(clicksOf([...among, hit])).get(hit.hitId) ?? 'kept'
}

describe('browsers’ HEADs around a GET', () => {
  const cases: [name: string, hit: RawHit, among: RawHit[], verdict: string][] = [
    ['the one GET of a scan, before its HEADs', get(0), scan(1), 'burst_head'],
    ['the one GET of a scan, after its HEADs', get(3), scan(0), 'burst_head'],
    ['ten seconds from the second HEAD', get(10.2), scan(0).slice(1).concat(head(5)), 'burst_head'],
    ['a moment more than ten seconds', get(10.201), [head(0), head(0.2)], 'kept'],
    ['a single HEAD', get(1), [head(0)], 'kept'],
    ['two HEADs of which one names no browser', get(1), scan(0).slice(1), 'kept'],
    ['HEADs of declared machines', get(1), times(5, (i) => head(i, { userAgent: 'curl/8.5.0' })), 'kept'],
    ['HEADs from a data centre', get(1), scan(0).map((hit) => ({ ...hit, hosting: true })), 'burst_head'],
    ['HEADs of an hour ago', get(3_600), scan(0), 'kept'],
    [
      'somebody who came by a page that shows the link',
      get(3, { referrer: 'https://t.co/' }),
      scan(0),
      'kept',
    ],
    [
      'somebody who has clicked beside X’s own declared fetcher',
      get(5),
      [...scan(0), get(0, { userAgent: 'Twitterbot/1.0' })],
      'kept',
    ],
    ['a second click, by somebody else', get(5), [...scan(0), get(2)], 'kept'],
    ['the first of two clicks by different people', get(2), [...scan(0), get(5)], 'kept'],
    ['a GET on a link that was clicked five minutes ago', get(1), [...scan(0), get(-300)], 'kept'],
    ['a GET on a link that was clicked eleven minutes ago', get(1), [...scan(0), get(-660)], 'burst_head'],
    [
      'a HEAD’s user agent, on a link that was clicked five minutes ago',
      get(1, { userAgent: CHROME }),
      [...scan(0), get(-300)],
      'burst_head',
    ],
    [
      'a HEAD’s user agent, among three clicks of people',
      get(1, { userAgent: CHROME }),
      [...scan(0), get(-300), get(-200), get(4)],
      'kept',
    ],
    [
      'a HEAD’s user agent, and a page that shows the link',
      get(1, { userAgent: CHROME, referrer: 'https://t.co/' }),
      scan(0),
      'kept',
    ],
    [
      'nothing of a browser’s headers, among many people',
      bareGet(1),
      [...scan(0), ...times(20, (i) => get(i))],
      'burst_head',
    ],
    [
      'the visitor of a HEAD, among many people',
      get(1, { visitor: 'abcdefabcdefabcd', referrer: 'https://t.co/' }),
      [...scan(0), head(2, { visitor: 'abcdefabcdefabcd' }), ...times(20, (i) => get(i))],
      'burst_head',
    ],
    [
      'no visitor, as the HEADs have none',
      get(1, { visitor: '' }),
      [...scan(0).map((hit) => ({ ...hit, visitor: '' })), ...times(20, (i) => get(i))],
      'kept',
    ],
  ]
  test.each(cases)('%s', (_, hit, among, verdict) => {
    expect(verdictOn(hit, among)).toBe(verdict)
  })
})

describe('many servers’ GETs at once', () => {
  const servers = (count: number) => times(count, (i) => bareGet(i, { userAgent: MASTODON }))
  const cases: [name: string, hit: RawHit, among: RawHit[], verdict: string][] = [
    [
      'one that poses as a browser among nine that say what they are',
      bareGet(29),
      servers(9),
      'burst_fanout',
    ],
    ['the tenth thirty seconds after the first', bareGet(30), servers(9), 'burst_fanout'],
    ['the tenth a moment later', bareGet(30.001), servers(9), 'kept'],
    ['one of nine', bareGet(9), servers(8), 'kept'],
    ['a person among them', get(5), servers(12), 'kept'],
    [
      'one whose Sec-Fetch-Mode says that somebody goes there',
      get(5, { headers: { 'sec-fetch-mode': 'navigate' } }),
      servers(12),
      'kept',
    ],
    ['one that came by a page', bareGet(5, { referrer: 'https://mastodon.example/' }), servers(12), 'kept'],
    [
      'one server that asks again and again',
      bareGet(5),
      times(30, (i) => bareGet(i, { visitor: '1' })),
      'kept',
    ],
    [
      'servers without visitor keys',
      bareGet(5),
      times(9, (i) => bareGet(i, { visitor: '' })),
      'burst_fanout',
    ],
    ['HEADs do not count', bareGet(5), times(20, (i) => head(i, { userAgent: MASTODON })), 'kept'],
  ]
  test.each(cases)('%s', (_, hit, among, verdict) => {
    expect(verdictOn(hit, among)).toBe(verdict)
  })
})

test('a busy link keeps its people while X looks at it all the time', () => {
  const people = times(600, (i) => get(i, { userAgent: [CHROME, IPHONE, FIREFOX][i % 3] ?? CHROME }))
  const scans = times(120, (i) => scan(i * 5)).flat()
  expect(burstsOf(clicksOf([...people, ...scans])).size).toBe(0)
})

test('page views, imports and slugs that nobody made are not looked at', () => {
  for (const change of [{ kind: 'pageview' }, { origin: 'bitly' }, { linkId: 0 }] as const) {
    const hit = get(1, change)
    expect([mayBurst(hit), burstClickOf(hit, trafficOf)]).toEqual([false, null])
  }
})

test('a judge turns a person’s click by it, and what is no person’s it leaves as it is', () => {
  const site = {
    id: 1,
    name: '',
    hostnames: [],
    timezone: 'UTC',
    currency: '',
    pageKeys: [],
    keepClickIds: false,
  }
  const context = {
    site,
    days: localDays('UTC'),
    landing: { verdict: '', link: null, clickedAt: 0 },
  } as const
  const { judge } = createJudge(loadFacts())
  const verdict = (hit: RawHit, burst?: 'burst_head' | 'burst_fanout') => {
    const { traffic, trafficReason } = judge(hit, { ...context, burst })
    return [traffic, trafficReason]
  }
  expect(verdict(get(0))).toEqual(['person', ''])
  expect(verdict(get(0), 'burst_fanout')).toEqual(['bot', 'burst_fanout'])
  expect(verdict(get(0, { userAgent: MASTODON }), 'burst_fanout')).toEqual(['preview', 'link_preview'])
})

describe('for any clicks', () => {
  const userAgents = [CHROME, IPHONE, FIREFOX, MASTODON, '']
  const arbitraryHit = (from: number, to: number) =>
    fc
      .record({
        seconds: fc.integer({ min: from, max: to }),
        method: fc.constantFrom('GET', 'GET', 'HEAD'),
        userAgent: fc.constantFrom(...userAgents),
        visitor: fc.constantFrom('', ...times(14, (i) => `visitor-${i}`)),
        referrer: fc.constantFrom('', '', 'https://t.co/'),
        isBare: fc.boolean(),
      })
      .map(({ seconds, isBare, ...rest }) => get(seconds, { ...rest, ...(isBare && { headers: {} }) }))
  /** A handful within seconds, or a crowd within half a minute; then nothing for a while. */
  const moment = (from: number) =>
    fc.oneof(
      fc.array(arbitraryHit(from, from + 9), { minLength: 3, maxLength: 7, size: 'max' }),
      fc.array(arbitraryHit(from, from + 40), { minLength: 30, maxLength: 60, size: 'max' }),
    )
  const crowd = fc
    .tuple(moment(0), moment(400), moment(620))
    .chain(([first, ...rest]) => fc.subarray(rest).map((some) => clicksOf([first, ...some].flat())))

  test('neither their order nor what lies beyond the reach makes a difference', () => {
    const seen = { burst_head: 0, burst_fanout: 0 }
    fc.assert(
      fc.property(
        crowd,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 0, max: 660 }),
        (clicks, random, cut) => {
          const whole = burstsOf(clicks)
          for (const reason of whole.values()) seen[reason]++
          const shuffled = clicks
            .map((click) => ({ click, place: random.next().value ?? 0 }))
            .sort((a, b) => a.place - b.place)
            .map(({ click }) => click)
          expect(burstsOf(shuffled)).toEqual(whole)
          // Two parts, each with its neighbours up to the reach, say together what the whole says.
          const at = NOON + cut * 1_000
          const parts = [
            { from: Number.NEGATIVE_INFINITY, to: at },
            { from: at, to: Number.POSITIVE_INFINITY },
          ].flatMap(({ from, to }) => {
            const near = clicks.filter(
              ({ time }) => time >= from - BURST_REACH_MS && time < to + BURST_REACH_MS,
            )
            const own = new Set(
              near.filter(({ time }) => time >= from && time < to).map(({ hitId }) => hitId),
            )
            return [...burstsOf(near)].filter(([hitId]) => own.has(hitId))
          })
          expect(new Map(parts)).toEqual(whole)
        },
      ),
    )
    // The crowds are such that both kinds come about.
    expect(Math.min(seen.burst_head, seen.burst_fanout)).toBeGreaterThan(0)
  })

  test('only GETs that look like people’s are ever named', () => {
    fc.assert(
      fc.property(crowd, (clicks) => {
        const bursts = burstsOf(clicks)
        for (const { hitId, method, browser } of clicks) {
          if (bursts.has(hitId)) expect([method, browser]).toEqual(['GET', true])
        }
      }),
    )
  })
})
