import fc from 'fast-check'
import { emptyEvent, emptyHit } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { judgedAs } from './hits.ts'

const MINUTE = 60_000
/** Zones of :30 and :45, and nights on which clocks are set: by an hour, and by half of one. */
const NIGHTS = [
  { timezone: 'Europe/Berlin', noon: '2026-03-28T11:00Z' },
  { timezone: 'America/New_York', noon: '2026-10-31T16:00Z' },
  { timezone: 'Asia/Kolkata', noon: '2026-02-28T06:30Z' },
  { timezone: 'Asia/Kathmandu', noon: '2025-12-31T06:15Z' },
  { timezone: 'America/St_Johns', noon: '2026-03-07T15:30Z' },
  { timezone: 'Australia/Lord_Howe', noon: '2026-04-04T01:00Z' },
] as const

export const ZONES = NIGHTS.map(({ timezone }) => timezone)

/** Silences: none, short, and around the half hour that ends a session. */
const silence = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 5_000, 10 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE) },
  { weight: 2, arbitrary: fc.constantFrom(30 * MINUTE + 1, 31 * MINUTE, 5 * 60 * MINUTE) },
)
const hex = (digits: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((list) => list.map((digit) => digit.toString(16)).join(''))

const happening = fc.record({
  hitId: hex(32),
  silence,
  kind: fc.constantFrom('pageview', 'pageview', 'pageview', 'event', 'engagement', 'click', 'conversion'),
  traffic: fc.constantFrom('person', 'person', 'person', 'person', 'person', 'bot'),
  type: fc.constantFrom('custom', 'tel', 'identify', 'consent'),
  utmValues: fc.constantFrom('', '', '', 'news|mail|spring||', 'x|cpc|||'),
  entry: fc.boolean(),
  landing: fc.constantFrom('', '', '', 'verified', 'expired', 'forged'),
  clickKey: fc.constantFrom('0', '1', '18446744073709551615'),
  linkId: fc.constantFrom(0, 0, 7, 2 ** 40 - 1),
  rule: fc.constantFrom('direct', 'internal', 'payment', 'referrer', 'link', 'utm-source'),
  page: fc.constantFrom('', 'cars.example/', "cars.example/it's\\", 'cars.example/dealers'),
  text: fc.constantFrom('', 'a', '漢\t'),
  engagedMs: fc.constantFrom(0, 4_999, 5_000, 10_000, 4_000_000_000),
  scroll: fc.integer({ min: 0, max: 100 }),
  consent: fc.constantFrom('unasked', 'granted', 'denied'),
  /** Picks the visitor, and the key named as the one before. */
  who: fc.nat(5),
  before: fc.nat(11),
})

const KEYS = [
  '',
  '00000000000000aa',
  'aa00000000000001',
  'aa00000000000002',
  'b000000000000003',
  'ffffffffffffffff',
]

/**
 * A few visitors' hits over some days, of all kinds, in the order in which they happened; they name each other's keys
 * as their former ones at random, and have the same instant now and then.
 */
export const visits: fc.Arbitrary<JudgedHit[]> = fc
  .tuple(
    fc.constantFrom(...NIGHTS),
    fc.uniqueArray(happening, { minLength: 12, maxLength: 40, selector: ({ hitId }) => hitId }),
  )
  .map(([{ timezone, noon }, list]) => {
    const days = localDays(timezone)
    let time = Date.parse(noon)
    return list.map((one) => {
      time += one.silence
      const { hitId, kind, type, engagedMs, scroll, rule, page, text } = one
      const hasEvent = kind === 'event' || kind === 'engagement' || kind === 'conversion'
      const hit = { ...emptyHit(), siteId: 1, kind, hitId, time, visitor: KEYS[one.who] ?? '' } as const
      return judgedAs(hit, days.dayOf(time), {
        traffic: one.traffic,
        entry: kind === 'pageview' && one.entry,
        landing: kind === 'pageview' ? one.landing : '',
        clickKey: one.clickKey,
        linkId: one.linkId,
        utmValues: one.utmValues,
        channelRule: rule,
        channel: `by ${rule}`,
        source: text,
        term: `term ${text}`,
        campaignId: `campaign ${hitId}`,
        rulesVersion: 1_000_000 + one.scroll,
        landingPage: page,
        country: one.who > 3 ? 'MY' : text,
        device: text,
        inApp: one.rule === 'link' ? 'instagram' : '',
        consent: one.consent,
        previousVisitor: KEYS[one.before] ?? '',
        event: hasEvent ? { ...emptyEvent(kind === 'event' ? type : 'engagement'), engagedMs, scroll } : null,
      })
    })
  })
