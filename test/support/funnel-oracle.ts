import { goalMatcher } from '../../server/domain/goals/compile.ts'
import type { Goal } from '../../server/domain/goals/goal.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { pagePattern } from '../../server/domain/pages/page-pattern.ts'
import type {
  FunnelOrder,
  FunnelRequestStep,
  FunnelStepFigures,
} from '../../server/reports/funnel/contract.ts'
import type { SessionRow } from './session-oracle.ts'

/** A way as the oracle is asked about it. */
export interface OracleQuestion {
  steps: readonly FunnelRequestStep[]
  order: FunnelOrder
  /** Milliseconds. */
  window: number | 'session'
  /** Whether a hit is within the range. */
  within: (hit: JudgedHit) => boolean
  goals: readonly Goal[]
  /** What the visit of a first step says, and whether the filters leave it. */
  label: (about: About) => string
  passes: (about: About) => boolean
}

/** Where a first step is described: by itself, or by its visit. */
export type About = { hit: JudgedHit; session: null } | { hit: JudgedHit; session: SessionRow }

export interface OracleAnswer {
  all: Omit<FunnelStepFigures, 'name'>[]
  split: Map<string, Omit<FunnelStepFigures, 'name'>[]>
  cookieless: number
}

interface Moved {
  hit: JudgedHit
  mover: string
  at: number
  session: SessionRow | null
  cookieless: boolean
}

interface Way {
  hits: Moved[]
  end: number
  start: number
}

const RANKS = ['click', 'pageview', 'event', 'conversion']

/** How far visitors get, worked out for one beginning after the other. */
export function funnelOf(
  hits: readonly JudgedHit[],
  sessions: readonly SessionRow[],
  question: OracleQuestion,
): OracleAnswer {
  const steps = question.steps.map((step) => matcherOf(step, question.goals))
  const onSite = question.goals.filter(({ match }) => match.type !== 'external').map(goalMatcher)
  const stands = ({ hit }: Moved) =>
    hit.kind === 'pageview' || (hit.kind === 'event' && onSite.some((reaches) => reaches(hit)))
  const moved = moves(hits, sessions).filter((one) => one.mover !== '')
  const groups = new Map<string, Moved[][]>()
  for (const one of moved) {
    const bySession = question.window === 'session'
    const who = bySession && one.session ? one.session.identity : one.mover
    const visits = groups.get(who) ?? []
    groups.set(who, visits)
    const same = visits.find(
      ([first]) => !bySession || (one.session !== null && first?.session === one.session),
    )
    if (same) same.push(one)
    else visits.push([one])
  }
  const ways: Way[] = []
  for (const visits of groups.values()) {
    const own = visits.flatMap((visit) => bestWay(visit.sort(inOrder), steps, stands, question) ?? [])
    own.sort((a, b) => b.hits.length - a.hits.length || order(last(a), last(b)) || order(first(a), first(b)))
    if (own[0]) ways.push(own[0])
  }
  const labels = ways.map((way) => question.label(aboutOf(first(way))))
  return {
    all: figures(ways, steps.length),
    split: new Map(
      [...new Set(labels)].map((label) => [
        label,
        figures(
          ways.filter((_, index) => labels[index] === label),
          steps.length,
        ),
      ]),
    ),
    cookieless: ways.filter((way) => first(way).cookieless).length,
  }
}

function first({ hits }: Way): Moved {
  const [one] = hits
  if (!one) throw new Error('a way without steps')
  return one
}

function last({ hits }: Way): Moved {
  const one = hits.at(-1)
  if (!one) throw new Error('a way without steps')
  return one
}

const inOrder = (a: Moved, b: Moved) => order(a, b)
function order(a: Moved, b: Moved): number {
  return (
    a.at - b.at ||
    RANKS.indexOf(a.hit.kind) - RANKS.indexOf(b.hit.kind) ||
    (a.hit.hitId < b.hit.hitId ? -1 : a.hit.hitId > b.hit.hitId ? 1 : 0)
  )
}

/** The furthest way; of several the one that is there first, then the one that begins first. */
function bestWay(
  hits: readonly Moved[],
  steps: readonly ((hit: JudgedHit) => boolean)[],
  stands: (one: Moved) => boolean,
  { order: kind, window, within, passes }: OracleQuestion,
): Way | null {
  const is = (level: number, place: number) => {
    const one = hits[place]
    return one !== undefined && (steps[level]?.(one.hit) ?? false)
  }
  const free = (level: number, from: number, to: number) =>
    kind === 'loose' ||
    hits.slice(from + 1, to).every((one, index) => !stands(one) || is(level, from + 1 + index))
  const far = (from: number, to: number) =>
    window !== 'session' && (hits[to]?.at ?? 0) - (hits[from]?.at ?? 0) > window

  let best: { start: number; end: number; levels: number[][] } | null = null
  for (const [start, one] of hits.entries()) {
    if (!is(0, start) || !within(one.hit) || !passes(aboutOf(one))) continue
    const levels = [[start]]
    for (let level = 1; level < steps.length; level++) {
      const before = levels[level - 1] ?? []
      const here = hits
        .map((_, place) => place)
        .filter(
          (place) =>
            is(level, place) &&
            !far(start, place) &&
            before.some((from) => from < place && free(level - 1, from, place)),
        )
      if (here.length === 0) break
      levels.push(here)
    }
    const end = levels.at(-1)?.[0] ?? start
    const further = levels.length - (best?.levels.length ?? 0)
    if (further > 0 || (further === 0 && best && end < best.end)) best = { start, end, levels }
  }
  if (!best) return null
  const { levels, end, start } = best
  const wayFrom = (place: number, level: number): number[] | null => {
    if (level === levels.length - 1) return place === end ? [place] : null
    for (const next of levels[level + 1] ?? []) {
      if (next <= place || !free(level, place, next)) continue
      const rest = wayFrom(next, level + 1)
      if (rest) return [place, ...rest]
    }
    return null
  }
  return { hits: (wayFrom(start, 0) ?? []).flatMap((place) => hits[place] ?? []), end, start }
}

function aboutOf({ hit, session }: Moved): About {
  return session === null || hit.kind === 'click' ? { hit, session: null } : { hit, session }
}

function matcherOf(step: FunnelRequestStep, goals: readonly Goal[]): (hit: JudgedHit) => boolean {
  if ('page' in step) {
    const { matches } = pagePattern(step.page)
    return ({ kind, landingPage }) => kind === 'pageview' && matches(landingPage)
  }
  if ('goal' in step) {
    const goal = goals.find(({ name }) => name === step.goal)
    if (!goal) throw new Error(`no goal ${step.goal}`)
    return goalMatcher(goal)
  }
  const { link, platform, campaign } = step.click
  const same = (asked: string | undefined, text: string) =>
    asked === undefined || asked === (text || '(none)')
  return (hit) =>
    hit.kind === 'click' &&
    hit.outcome === 'redirected' &&
    same(link, hit.link) &&
    same(platform, hit.platform) &&
    same(campaign, hit.campaign)
}

/** Whose hits these are, and in which visit. */
function moves(hits: readonly JudgedHit[], sessions: readonly SessionRow[]): Moved[] {
  const byTime = [...hits].sort((a, b) => a.time - b.time || (a.hitId < b.hitId ? -1 : 1))
  const landings = byTime.filter(
    ({ kind, traffic, landing, clickKey }) =>
      kind === 'pageview' && traffic === 'person' && landing === 'verified' && clickKey !== '0',
  )
  const landingOf = ({ clickKey }: JudgedHit) => landings.find((one) => one.clickKey === clickKey)
  const sessionOf = (key: string, time: number, open: boolean) => {
    const begun = sessions
      .filter((one) => one.visitors.includes(key) && one.start <= time)
      .sort((a, b) => b.start - a.start || rowOrder(b, a))
    const latest = begun[0]
    return latest && (open || time <= latest.end) ? latest : null
  }
  const keys = new Set<string>()
  const moved: Moved[] = []
  for (const hit of byTime) {
    const landing = landingOf(hit)
    if (hit.kind === 'click') {
      const person = hit.traffic === 'person' || (hit.traffic === 'prefetch' && landing)
      if (!person) continue
      const mover = landing?.visitor || hit.visitor
      const session = landing ? sessionOf(mover, landing.time, false) : null
      const at = landing ? Math.min(hit.time, landing.time) : hit.time
      const cookieless = (landing?.visitor ? landing : hit).consent !== 'granted'
      moved.push({ hit, mover, at, session, cookieless })
    } else if (hit.kind === 'pageview' || hit.kind === 'event') {
      if (hit.traffic !== 'person') continue
      if (hit.kind === 'event' && hit.event?.key) {
        const key = JSON.stringify([hit.event.key, hit.event.type, hit.event.name])
        if (keys.has(key)) continue
        keys.add(key)
      }
      const session = sessionOf(hit.visitor, hit.time, false)
      moved.push({
        hit,
        mover: hit.visitor,
        at: hit.time,
        session,
        cookieless: hit.consent !== 'granted',
      })
    }
  }
  return [...moved, ...toldMoves(byTime, landingOf, sessionOf)]
}

function toldMoves(
  byTime: readonly JudgedHit[],
  landingOf: (hit: JudgedHit) => JudgedHit | undefined,
  sessionOf: (key: string, time: number, open: boolean) => SessionRow | null,
): Moved[] {
  const versions = new Map<string, JudgedHit>()
  for (const hit of byTime) {
    if (hit.kind !== 'conversion') continue
    const key = hit.event?.key || hit.hitId
    const known = versions.get(key)
    if (!known || (hit.event?.version ?? 0) >= (known.event?.version ?? 0)) versions.set(key, hit)
  }
  return [...versions.values()].flatMap((hit) => {
    if (hit.event?.cancelled || (hit.clickKey !== '0' && hit.time < hit.clickedAt)) return []
    const landing = hit.clickKey === '0' ? undefined : landingOf(hit)
    const click = byTime.find(
      (one) =>
        one.kind === 'click' && hit.clickKey !== '0' && one.clickKey === hit.clickKey && one.visitor !== '',
    )
    const known = byTime.filter(
      (one) =>
        one.kind === 'event' &&
        one.event?.type === 'identify' &&
        one.traffic === 'person' &&
        one.visitor !== '' &&
        one.time <= hit.time &&
        hit.event?.externalId &&
        one.event.externalId === hit.event.externalId,
    )
    const latest = known.filter(({ time }) => time === known.at(-1)?.time).map(({ visitor }) => visitor)
    const mover = landing?.visitor || click?.visitor || hit.visitor || latest.sort().at(-1) || ''
    const session = sessionOf(mover, landing?.visitor ? landing.time : hit.time, true)
    return [{ hit, mover, at: hit.time, session, cookieless: false }]
  })
}

function rowOrder(a: SessionRow, b: SessionRow): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1
  return a.ordinal - b.ordinal || (a.session_id < b.session_id ? -1 : 1)
}

function figures(ways: readonly Way[], length: number): Omit<FunnelStepFigures, 'name'>[] {
  const reached = (level: number) => ways.filter(({ hits }) => hits.length > level)
  return Array.from({ length }, (_, level) => {
    const here = reached(level)
    const previous = level === 0 ? 0 : reached(level - 1).length
    const seconds = here
      .map(({ hits }) => ((hits[level]?.at ?? 0) - (hits[level - 1]?.at ?? 0)) / 1000)
      .sort((a, b) => a - b)
    return {
      visitors: here.length,
      rate_from_start: ways.length === 0 ? null : here.length / ways.length,
      rate_from_previous: previous === 0 ? null : here.length / previous,
      median_seconds_from_previous: level === 0 || here.length === 0 ? null : median(seconds),
    }
  })
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
