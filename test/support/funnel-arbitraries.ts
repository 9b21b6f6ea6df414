import fc from 'fast-check'
import { emptyEvent } from '../../server/domain/hit.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import type { Site } from '../../server/domain/site.ts'
import type { FunnelOrder, FunnelRequestStep, FunnelWindow } from '../../server/reports/funnel/contract.ts'
import { hit } from '../integration/reports-support.ts'

const MINUTE = 60_000
const pick = <T>(...values: T[]) => fc.constantFrom(...values)

const happening = fc.record({
  silence: fc.oneof(
    { weight: 6, arbitrary: pick(0, 0, 1, 999, 20_000, MINUTE) },
    { weight: 3, arbitrary: pick(5 * MINUTE, 29 * MINUTE) },
    { weight: 1, arbitrary: pick(31 * MINUTE, 5 * 60 * MINUTE) },
  ),
  kind: pick<JudgedHit['kind']>('click', 'pageview', 'pageview', 'pageview', 'event', 'event', 'conversion'),
  hitId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  visitor: pick('aa', 'aa', 'aa', 'aa', 'aa', 'bb', 'bb', ''),
  traffic: fc.oneof(
    { weight: 8, arbitrary: fc.constant<JudgedHit['traffic']>('person') },
    { weight: 2, arbitrary: pick<JudgedHit['traffic']>('prefetch', 'bot') },
  ),
  outcome: pick<JudgedHit['outcome']>('redirected', 'redirected', 'redirected', 'expired'),
  page: pick('cars.example/a', 'cars.example/b', 'cars.example/b/c', ''),
  type: pick<'custom' | 'tel' | 'identify'>('custom', 'custom', 'tel', 'identify'),
  name: pick('booked', 'booked', 'found'),
  key: pick('', '', '', '', '', 'k1', 'k2'),
  version: fc.nat(2),
  cancelled: pick(false, false, false, true),
  externalId: pick('', '', 'x1', 'x2'),
  clickKey: pick('0', '0', '1', '2', '18446744073709551615'),
  consent: pick<JudgedHit['consent']>('unasked', 'granted', 'denied'),
  channel: pick('Organic Social', 'Organic Search', ''),
  platform: pick('', 'instagram'),
  campaign: pick('', "it's"),
  country: pick('', 'DE', 'MY'),
  entry: fc.boolean(),
  utmValues: pick('', '', 'news|mail|||'),
  before: pick('', '', '', 'aa', 'bb'),
})

/**
 * Hits of a few visitors over some days, in the order in which they happened, many of one instant: ids of clicks that
 * come back (now and then before the click, by another clock), keys told twice, conversions told from elsewhere.
 */
export function doings(site: Site, noon: string): fc.Arbitrary<JudgedHit[]> {
  return fc
    .uniqueArray(happening, { minLength: 60, maxLength: 110, size: 'max', selector: ({ hitId }) => hitId })
    .map((list) => {
      let time = Date.parse(noon)
      const hits = list.map((one) => {
        time += one.silence
        return doing(site, time, one)
      })
      return hits.map((one) => plausible(one, hits))
    })
}

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

function doing(site: Site, time: number, one: Happening): JudgedHit {
  const { kind, type, externalId, key, version, cancelled, clickKey } = one
  const event =
    kind === 'event' || kind === 'conversion' ? emptyEvent(kind === 'event' ? type : 'external') : null
  const name = kind === 'conversion' ? 'Sold' : type === 'custom' ? one.name : ''
  return hit(site, new Date(time).toISOString(), {
    kind,
    hitId: one.hitId,
    visitor: one.visitor,
    traffic:
      kind === 'conversion' ? 'person' : kind === 'click' || one.traffic === 'bot' ? one.traffic : 'person',
    outcome: kind === 'click' ? one.outcome : '',
    entry: kind === 'pageview' && one.entry,
    landingPage: one.page,
    landing: kind === 'pageview' && clickKey !== '0' ? 'verified' : '',
    clickKey,
    clickedAt: 0,
    consent: one.consent,
    channel: one.channel,
    channelRule: one.entry ? 'referrer' : 'internal',
    platform: one.platform,
    campaign: one.campaign,
    country: one.country,
    utmValues: one.utmValues,
    previousVisitor: one.before,
    link: kind === 'click' ? 'go.example/a' : '',
    linkId: 0,
    event: event && {
      ...event,
      name,
      key: kind === 'conversion' || type === 'custom' ? key : '',
      version: kind === 'conversion' ? version : 0,
      cancelled: kind === 'conversion' && cancelled,
      externalId: kind === 'conversion' || type === 'identify' ? externalId : '',
    },
  })
}

/** An id is one click's, and comes back within a day of it, or is none. */
function plausible(one: JudgedHit, hits: readonly JudgedHit[]): JudgedHit {
  if (one.clickKey === '0') return one
  const click = hits.find(({ kind, clickKey }) => kind === 'click' && clickKey === one.clickKey)
  if (one.kind === 'click') return one === click ? one : { ...one, clickKey: '0' }
  if (one.kind === 'event' || !click) return { ...one, clickKey: '0', landing: '' }
  if (one.kind === 'conversion') return { ...one, clickedAt: click.time }
  const later = one.time - click.time
  return later >= -MINUTE && later <= 1440 * MINUTE ? one : { ...one, clickKey: '0', landing: '' }
}

const often = pick<FunnelRequestStep>(
  { click: {} },
  { page: '/**' },
  { page: '/b/**' },
  { page: '/a' },
  { goal: 'Booked' },
  { goal: 'Any call' },
)
const seldom = pick<FunnelRequestStep>(
  { click: { platform: 'instagram' } },
  { click: { link: 'go.example/a', campaign: "it's" } },
  { page: 'cars.example/b' },
  { goal: 'Seen A' },
  { goal: 'Sold' },
)
const step = fc.oneof({ weight: 4, arbitrary: often }, { weight: 1, arbitrary: seldom })

export interface AskedWay {
  steps: FunnelRequestStep[]
  order: FunnelOrder
  window: FunnelWindow
  split: 'channel' | 'country' | 'platform' | 'landing_page' | 'entry_page' | null
  country: string | null
}

export const ways: fc.Arbitrary<AskedWay> = fc.record({
  steps: fc.oneof(
    { weight: 8, arbitrary: fc.array(step, { minLength: 2, maxLength: 5, size: 'max' }) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 6, maxLength: 8 }) },
  ),
  order: pick<FunnelOrder>('loose', 'strict'),
  window: pick<FunnelWindow>(
    'session',
    { value: 5, unit: 'minutes' },
    { value: 29, unit: 'minutes' },
    { value: 6, unit: 'hours' },
    { value: 6, unit: 'hours' },
    { value: 2, unit: 'days' },
  ),
  split: pick(null, 'channel', 'country', 'platform', 'landing_page', 'entry_page'),
  country: pick(null, null, null, 'DE', '(unknown)'),
})
