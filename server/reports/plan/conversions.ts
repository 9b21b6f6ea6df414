import type { Goal } from '../../domain/goals/goal.ts'
import { testsOf } from '../question.ts'
import { currentRows } from '../snapshot.ts'
import { EVER, externalSql } from './external.ts'
import { daysAround, type PeriodPlan } from './plan.ts'
import type { Writing } from './scope.ts'

/** What every row of `hits` that reaches a goal brings along. */
export const FACTS = ['time', 'day', 'hit_id', 'place', 'event', 'told', 'has_told', 'told_in'] as const
/** The visit that a conversion belongs to; `about` holds what the question needs to know of it. */
export const VISIT = ['session_id', 'session_day', 'session_start', 'about'] as const
/** What a hit tells of its visitor where there is no visit. */
const OF_THE_HIT: Partial<Record<string, string>> = { identity: 'visitor', consent: 'toString(consented)' }
export const NO_ID = "toUUID('00000000-0000-0000-0000-000000000000')"

/** A goal's hits may lie on another day than the visit's begin, which a midnight or a late hit parts from it. */
const DAYS_OF_VISIT = 2

/**
 * Conversions as rows: `time`, `day`, `goal`, `event`, `value`, `other_currency`, `session_id`, and of the visit what the
 * question names. Those of `conversions` have their own time, and more than the period's days are among them, since
 * what came first in a session decides; those of `converting` have the time of their session.
 *
 * @param more further columns of `sessions` to bring along, each `''` where there is no visit; but `identity` and
 *   `consent` are then those of the hit, or of the click that led to none.
 */
export function conversionsSql(
  writing: Writing,
  period: PeriodPlan,
  table: 'conversions' | 'converting',
  more: readonly string[] = [],
): string {
  const { plan, parameters } = writing
  const { goals, currency } = plan.site
  const about = aboutColumns(writing, more)
  const after = table === 'converting' ? DAYS_OF_VISIT : 0
  const sources = [
    ...(goals.some(({ match }) => match.type !== 'external')
      ? [goalHits(writing, period, about, after)]
      : []),
    ...(period.conversions?.external.any ? [externalSql(writing, period, about)] : []),
  ]
  if (sources.length === 0) sources.push(nothing(about))
  const every = parameters.bind(
    'Array(UInt8)',
    goals.flatMap(({ count }, index) => (count === 'every' ? [index + 1] : [])),
  )
  const names = parameters.bind(
    'Array(String)',
    goals.map(({ name }) => name),
  )
  const kinds = parameters.bind(
    'Array(String)',
    goals.map(({ value }) => value.type),
  )
  const amounts = parameters.bind('Array(String)', goals.map(amountOf))
  const own = parameters.bind('String', currency)
  const inOwn = `told_in IN ('', ${own})`
  const kind = `arrayElement(${kinds}, place)`
  const visit = about.map((name, index) => `about.${index + 1} AS ${name}`)
  const when = table === 'conversions' ? ['time', 'day'] : ['session_start AS time', 'session_day AS day']
  const all = sources.join('\nUNION ALL\n')
  const once = goals.every(({ count }) => count === 'every')
    ? all
    : `SELECT * FROM (${all})
    ORDER BY time, hit_id LIMIT 1 BY place, if(session_id = ${NO_ID} OR has(${every}, place), hit_id, session_id)`
  return `SELECT ${[...when, ...visit].join(', ')}, session_id, event, arrayElement(${names}, place) AS goal,
      multiIf(${kind} = 'fixed', toDecimal64OrZero(arrayElement(${amounts}, place), 4),
        ${kind} = 'event' AND ${inOwn}, told, toDecimal64(0, 4)) AS value,
      if(${kind} = 'event' AND has_told AND NOT ${inOwn}, told_in, '') AS other_currency
    FROM (${once})${table === 'converting' ? ` WHERE session_id != ${NO_ID}` : ''}`
}

/** Hits of people that reach goals, each with the visitor's session at that moment. */
function goalHits(writing: Writing, period: PeriodPlan, about: readonly string[], after: number): string {
  const { plan, parameters, goals: writer } = writing
  const reached = plan.site.goals.flatMap((goal, index) =>
    goal.match.type === 'external' ? [] : [`if(${writer.goal(goal)}, ${index + 1}, 0)`],
  )
  const days = daysAround(plan, period, { before: DAYS_OF_VISIT, after }, parameters)
  const rows = period.conversions?.keyed ? keyedToo(writing, period, days) : days
  const isReached = `traffic = 'person' AND kind IN ('pageview', 'event') AND notEmpty(places)`
  const places = `arrayFilter(place -> place > 0, [${reached.join(', ')}]) AS places`
  const hits = `SELECT time, day, hit_id, visitor, consent AS consented, event_key,
        if(event_name = '', toString(event_type), toString(event_name)) AS event,
        event_value AS told, event_has_value AS has_told, toString(event_currency) AS told_in, ${places}
      FROM hits WHERE ${rows} AND ${isReached}`
  const placed = `SELECT *, toUInt8(arrayJoin(places)) AS place FROM (${hits})`
  // What carries a key of the caller's own (an order's number) counts once, however often its page is loaded.
  const once = period.conversions?.keyed
    ? `SELECT * FROM (${placed}) ORDER BY time, hit_id LIMIT 1 BY place, if(event_key = '', toString(hit_id), event_key)`
    : placed
  // The hits are few beside the sessions, which pass by them: an ASOF join would hold all sessions in memory.
  const wanted = `SELECT ${keyNumber('visitor')} AS wanted_key, hit_id AS of_hit, time AS wanted_at, ${places}
      FROM hits WHERE ${days} AND ${isReached} AND visitor != ''`
  const around = daysAround(plan, period, { before: 2 * DAYS_OF_VISIT, after }, parameters)
  // One argMax for each column: of a tuple it would take three times as long.
  const columns = about.map((name, index) => `${aboutVisit(name)} AS about${index}`)
  const visits = `SELECT ${keyNumber('arrayJoin(visitors)')} AS key, start, session_id, day, ${columns.join(', ')}
      FROM sessions FINAL WHERE ${around}`
  const latest = (column: string) => `argMax(${column}, start)`
  const last = `SELECT of_hit, ${latest('session_id')} AS session_id, ${latest('day')} AS session_day, max(start) AS session_start,
        tuple(${about.map((_, index) => latest(`about${index}`)).join(', ')}) AS known
      FROM (${visits}) AS visits INNER JOIN (SELECT wanted_key, of_hit, wanted_at FROM (${wanted})) AS wanted ON key = wanted_key
      WHERE start <= wanted_at AND start >= wanted_at - toIntervalDay(${2 * DAYS_OF_VISIT}) GROUP BY of_hit`
  const told = about.map((name, index) => {
    const said = `known.${index + 1}`
    const ofHit = OF_THE_HIT[name]
    return ofHit ? `if(${said} = '', ${ofHit}, ${said})` : said
  })
  return `SELECT ${FACTS.join(', ')}, session_id, session_day, session_start, tuple(${told.join(', ')}) AS about
    FROM (${once}) AS reached LEFT ANY JOIN (${last}) AS visits ON hit_id = of_hit`
}

/** A visitor key's 16 letters as a number, by which joining takes two thirds of the time; 0 for none. */
export function keyNumber(visitor: string): string {
  return `reinterpretAsUInt128(${visitor})`
}

/** The rows of some days, and of any day before them those whose key comes again in these. */
function keyedToo({ plan, parameters }: Writing, period: PeriodPlan, days: string): string {
  const before = currentRows(plan.snapshot, { from: EVER.from, to: period.period.lastDay }, parameters)
  const isKeyed = "kind = 'event' AND event_key != ''"
  const again = `SELECT event_key FROM hits WHERE ${days} AND ${isKeyed}`
  return `((${days}) OR (${before} AND ${isKeyed} AND event_key GLOBAL IN (${again})))`
}

/** Sessions as they are joined: by what, from when, and what the question needs to know of them. */
export function visitsSql(about: readonly string[], key: string): string {
  return `SELECT ${key} AS key, start AS session_start, session_id, day AS session_day,
      tuple(${about.map(aboutVisit).join(', ')}) AS about FROM sessions FINAL`
}

/** What a session says of itself. */
function aboutVisit(name: string): string {
  return `toString(${name === 'landing_page' ? 'entry_page' : name})`
}

/** What the question's dimensions need to know of a conversion's visit; never nothing, which a tuple cannot be. */
function aboutColumns({ plan }: Writing, more: readonly string[]): string[] {
  const { dimensions, conditions } = plan.question
  const named = [...dimensions, ...testsOf(conditions).map(({ dimension }) => dimension)]
  const columns = named.flatMap((dimension) => (dimension.kind === 'text' ? dimension.about : []))
  const all = [...new Set([...columns, ...more])]
  return all.length === 0 ? ['channel'] : all
}

/** No rows, of the same columns. */
function nothing(about: readonly string[]): string {
  const texts = about.map(() => "''").join(', ')
  return `SELECT toDateTime64(0, 3, 'UTC') AS time, toDate(0) AS day, ${NO_ID} AS hit_id, toUInt8(0) AS place,
    '' AS event, toDecimal64(0, 4) AS told, toUInt8(0) AS has_told, '' AS told_in, ${NO_ID} AS session_id,
    toDate(0) AS session_day, toDateTime64(0, 3, 'UTC') AS session_start, tuple(${texts}) AS about WHERE 0`
}

function amountOf({ value }: Goal): string {
  return value.type === 'fixed' ? String(value.amount) : ''
}
