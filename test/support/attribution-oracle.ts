import type { TouchPath } from '../../server/domain/attribution/paths.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import type { AttributionOptions } from '../../server/reports/attribution/contract.ts'
import type { TestSession } from '../integration/reports-support.ts'

/** Journeys written a second time over plain arrays: what the engine must agree with. */

export interface JourneysWorld {
  hits: readonly JudgedHit[]
  sessions: readonly (TestSession & { sessionId: string; visitors: string[]; channel: string })[]
}

export interface JourneysAsked {
  /** Unix milliseconds, half-open. */
  start: number
  end: number
  windowMs: number
  options: Pick<Required<AttributionOptions>, 'collapse' | 'direct' | 'reuse' | 'nulls'>
}

/** A path of one conversion, or of one journey without. */
export type Journey = TouchPath & { ages: number[] }

interface Touch {
  person: string
  at: number
  number: bigint
  key: string
}

const HALF_AN_HOUR = 30 * 60_000
const DAY = 86_400_000

export function journeysOf(
  world: JourneysWorld,
  { start, end, windowMs, options }: JourneysAsked,
): Journey[] {
  // A key of the day tells of its lasting one on that day: the days of touches and conversions are enough.
  const around = Math.ceil(windowMs / DAY) + 1
  const personOf = personsOf(world, start - around * DAY, end + (options.nulls ? around * DAY : 0))
  const touches = [...visitsOf(world, personOf), ...clicksOf(world, personOf)].sort(inOrder)
  const booked = world.hits
    .filter(({ event, traffic }) => event?.name === 'booked' && traffic === 'person')
    .map((hit) => ({
      person: personOf(sessionAt(world, hit)?.visitors[0] ?? ''),
      at: hit.time,
      value: Number(hit.event?.value ?? 0),
    }))
    .sort((a, b) => a.at - b.at)
  const journeys: Journey[] = []
  const add = (seen: Touch[], at: number, told: Omit<Journey, 'touches' | 'ages'>) => {
    const others = seen.filter(({ key }) => key !== 'Direct')
    const counted = options.direct || others.length === 0 ? seen : others
    const kept = options.collapse
      ? counted.filter(({ key }, index) => key !== counted[index + 1]?.key)
      : counted
    journeys.push({
      touches: kept.map(({ key }) => key),
      ages: kept.map((touch) => (at - touch.at) / DAY),
      ...told,
    })
  }
  for (const { person, at, value } of booked.filter((one) => one.at >= start && one.at < end)) {
    const before = booked.filter((one) => one.person === person && one.at < at).at(-1)?.at ?? -1
    const since = options.reuse ? at - windowMs : Math.max(at - windowMs, before)
    add(
      person === ''
        ? []
        : touches.filter((touch) => touch.person === person && touch.at > since && touch.at <= at),
      at,
      { conversions: 1, value, nulls: 0 },
    )
  }
  if (!options.nulls) return journeys
  for (const person of new Set(touches.map((touch) => touch.person))) {
    const seen = touches.filter((touch) => touch.person === person && touch.at >= start && touch.at < end)
    const converts = booked.some((one) => one.person === person && one.at >= start && one.at < end + windowMs)
    if (seen.length > 0 && !converts) add(seen, end - 1, { conversions: 0, value: 0, nulls: 1 })
  }
  return journeys
}

function personsOf({ hits }: JourneysWorld, from: number, until: number): (visitor: string) => string {
  const lasting = new Map<string, Set<string>>()
  for (const { previousVisitor, visitor, consent, traffic, time } of hits) {
    if (time < from || time >= until) continue
    if (consent !== 'granted' || traffic !== 'person') continue
    if (previousVisitor === '' || previousVisitor === visitor) continue
    lasting.set(previousVisitor, (lasting.get(previousVisitor) ?? new Set()).add(visitor))
  }
  return (visitor) => {
    const [only, ...more] = lasting.get(visitor) ?? []
    return only !== undefined && more.length === 0 ? only : visitor
  }
}

function visitsOf({ sessions }: JourneysWorld, personOf: (visitor: string) => string): Touch[] {
  return sessions.map(({ start, visitors, channel, sessionId }) => ({
    person: personOf(visitors[0] ?? ''),
    at: Date.parse(start),
    number: numberOf(sessionId),
    key: channel,
  }))
}

function clicksOf({ hits, sessions }: JourneysWorld, personOf: (visitor: string) => string): Touch[] {
  const landings = new Map<string, JudgedHit>()
  for (const hit of [...hits].sort((a, b) => a.time - b.time))
    if (hit.kind === 'pageview' && hit.landing === 'verified' && !landings.has(hit.clickKey))
      landings.set(hit.clickKey, hit)
  const clicks = hits.flatMap((hit) => {
    if (hit.kind !== 'click') return []
    const landing = hit.clickKey === '0' ? undefined : landings.get(hit.clickKey)
    const made = {
      person: personOf(landing?.visitor ?? hit.visitor),
      at: hit.time,
      number: numberOf(hit.hitId),
      key: hit.channel,
      link: hit.linkId,
      ledOn: landing !== undefined,
    }
    return [made]
  })
  const visits = sessions.flatMap(({ clickKey, linkId, start, visitors, sessionId }) =>
    (clickKey ?? '0') === '0' && linkId
      ? [
          {
            person: personOf(visitors[0] ?? ''),
            at: Date.parse(start),
            number: numberOf(sessionId),
            key: '',
            link: linkId,
            ledOn: true,
          },
        ]
      : [],
  )
  const all = [...clicks, ...visits].sort(inOrder)
  return [...new Set(all.map(({ person, link }) => `${person} ${link}`))].flatMap((group) => {
    const mine = all.filter(({ person, link }) => `${person} ${link}` === group)
    const runs: (typeof mine)[] = []
    for (const [index, click] of mine.entries()) {
      const before = mine[index - 1]
      if (before && click.at - before.at <= HALF_AN_HOUR) runs.at(-1)?.push(click)
      else runs.push([click])
    }
    return runs.flatMap((run) => (run.some(({ ledOn }) => ledOn) ? [] : run.slice(0, 1)))
  })
}

function sessionAt({ sessions }: JourneysWorld, { visitor, time }: JudgedHit) {
  return sessions
    .filter(({ visitors, start }) => visitors.includes(visitor) && Date.parse(start) <= time)
    .sort((a, b) => Date.parse(b.start) - Date.parse(a.start))[0]
}

/** Ids as the numbers by which they are ordered. */
function numberOf(id: string): bigint {
  return BigInt(`0x${id.replaceAll('-', '')}`)
}

function inOrder(a: Pick<Touch, 'at' | 'number'>, b: Pick<Touch, 'at' | 'number'>): number {
  if (a.at !== b.at) return a.at - b.at
  return a.number < b.number ? -1 : 1
}
