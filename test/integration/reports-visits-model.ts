import type { JudgedHit } from '../../server/domain/judged.ts'
import type { TestSession } from './reports-support.ts'

/** What becomes of visits, clicks and goals, written a second time over plain arrays: what the engine must agree with. */

export interface World {
  hits: JudgedHit[]
  sessions: (TestSession & { id: number; day: string; visitors: string[] })[]
}

interface Conversion {
  goal: string
  day: string
  value: number
  session: World['sessions'][number] | null
}

const HOUR = 3_600_000

/** A page under /dealers counts once a session for 2.5; an event `booked` every time for what it tells in euros. */
export function conversionsOf({ hits, sessions }: World): Conversion[] {
  const seen = new Set<string>()
  const once = (key: string) => !seen.has(key) && !!seen.add(key)
  const people = hits.filter(({ traffic }) => traffic === 'person').sort((a, b) => a.time - b.time)
  return people.flatMap((hit): Conversion[] => {
    const session = sessionAt(sessions, hit)
    const made = { day: hit.day, session }
    if (hit.kind === 'pageview' && hit.landingPage.includes('/dealers')) {
      const first = !session || once(`found ${session.id}`)
      return first ? [{ ...made, goal: 'Found', value: 2.5 }] : []
    }
    if (hit.kind !== 'event' || hit.event?.name !== 'booked') return []
    const { key, value, currency } = hit.event
    if (key !== '' && !once(`key ${key}`)) return []
    return [{ ...made, goal: 'Booked', value: currency === 'USD' ? 0 : Number(value) }]
  })
}

function sessionAt(sessions: World['sessions'], { visitor, time }: JudgedHit) {
  const before = sessions.filter(
    (one) =>
      one.visitors.includes(visitor) &&
      Date.parse(one.start) <= time &&
      time - Date.parse(one.start) < 48 * HOUR,
  )
  return before.sort((a, b) => Date.parse(b.start) - Date.parse(a.start))[0] ?? null
}

type Metric = (
  row: (values: Values) => boolean,
  world: World,
  days: (day: string) => boolean,
) => number | null
/** What a row may be split by. */
export interface Values {
  channel?: string | undefined
  country?: string | undefined
  entry_page?: string | undefined
  goal?: string | undefined
  'time:day'?: string | undefined
}

const ofHit = ({ channel, country, day }: JudgedHit): Values => ({ channel, country, 'time:day': day })
const ofSession = (session: World['sessions'][number] | null): Values => ({
  channel: session?.channel ?? '(none)',
  country: session?.country ?? '(unknown)',
  entry_page: session?.entryPage ?? '(none)',
})
const ofConversion = ({ session, goal, day }: Conversion): Values => ({
  ...ofSession(session),
  goal,
  'time:day': day,
})
const atSession = ({ session, goal }: Conversion): Values => ({
  ...ofSession(session),
  goal,
  'time:day': session?.day,
})
const over = (part: number, whole: number) => (whole === 0 ? null : part / whole)

function landings(hits: JudgedHit[]): Map<string, JudgedHit> {
  const first = new Map<string, JudgedHit>()
  for (const hit of [...hits].sort((a, b) => a.time - b.time)) {
    const lands = hit.kind === 'pageview' && hit.traffic === 'person' && hit.landing === 'verified'
    if (lands && hit.clickKey !== '0' && !first.has(hit.clickKey)) first.set(hit.clickKey, hit)
  }
  return first
}

function clicksIn(row: (values: Values) => boolean, { hits }: World, days: (day: string) => boolean) {
  const landed = landings(hits)
  const counts = (hit: JudgedHit) =>
    hit.traffic === 'person' || (hit.traffic === 'prefetch' && landed.has(hit.clickKey))
  const all = hits.filter((hit) => hit.kind === 'click' && days(hit.day) && row(ofHit(hit)) && counts(hit))
  const measured = hits.some((hit) => hit.kind === 'pageview' && days(hit.day))
  const seen = all.filter(({ clickKey }) => measured && clickKey !== '0')
  const known = measured && (all.length === 0 || seen.length > 0)
  return { all, seen, landed: seen.filter(({ clickKey }) => landed.has(clickKey)), known, first: landed }
}

function sessionsIn(row: (values: Values) => boolean, { sessions }: World, days: (day: string) => boolean) {
  return sessions.filter((one) => days(one.day) && row({ ...ofSession(one), 'time:day': one.day }))
}

const converting = (row: (values: Values) => boolean, world: World, days: (day: string) => boolean) => {
  const made = conversionsOf(world).filter(({ session }) => session !== null && days(session.day))
  return new Set(made.filter((one) => row(atSession(one))).map(({ session }) => session?.id)).size
}

export const MODEL: Record<string, Metric> = {
  clicks: (row, world, days) => clicksIn(row, world, days).all.length,
  landed_clicks: (row, world, days) => {
    const { landed, known } = clicksIn(row, world, days)
    return known ? landed.length : null
  },
  landing_rate: (row, world, days) => {
    const { landed, seen } = clicksIn(row, world, days)
    return over(landed.length, seen.length)
  },
  lost_clicks: (row, world, days) => {
    const { landed, seen, known } = clicksIn(row, world, days)
    return known ? seen.length - landed.length : null
  },
  visitors: (row, world, days) => {
    const { all, first } = clicksIn(row, world, days)
    const pages = world.hits.filter(
      (hit) => hit.kind === 'pageview' && hit.traffic === 'person' && days(hit.day) && row(ofHit(hit)),
    )
    return new Set([
      ...all.map((hit) => first.get(hit.clickKey)?.visitor ?? hit.visitor),
      ...pages.map((p) => p.visitor),
    ]).size
  },
  reshared: (row, { hits }, days) => {
    const first = landings(hits)
    return hits.filter(
      (hit) =>
        hit.kind === 'pageview' &&
        hit.traffic === 'person' &&
        days(hit.day) &&
        row(ofHit(hit)) &&
        (hit.landing === 'expired' ||
          (hit.landing === 'verified' &&
            hit.clickKey !== '0' &&
            first.get(hit.clickKey)?.visitor !== hit.visitor)),
    ).length
  },
  sessions: (row, world, days) => sessionsIn(row, world, days).length,
  bounce_rate: (row, world, days) => {
    const some = sessionsIn(row, world, days)
    return over(some.filter(({ bounce }) => bounce).length, some.length)
  },
  pages_per_session: (row, world, days) => {
    const some = sessionsIn(row, world, days)
    return over(
      some.reduce((sum, { pageviews = 1 }) => sum + pageviews, 0),
      some.length,
    )
  },
  conversions: (row, world, days) =>
    conversionsOf(world).filter((one) => days(one.day) && row(ofConversion(one))).length,
  value: (row, world, days) =>
    conversionsOf(world)
      .filter((one) => days(one.day) && row(ofConversion(one)))
      .reduce((sum, { value }) => sum + value, 0),
  converting_sessions: converting,
  conversion_rate: (row, world, days) => {
    const regardless = (values: Values) => row({ ...values, goal: undefined })
    return over(converting(row, world, days), sessionsIn(regardless, world, days).length)
  },
}
