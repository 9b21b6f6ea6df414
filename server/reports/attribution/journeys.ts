import { conversionsSql, keyNumber } from '../plan/conversions.ts'
import type { Writing } from '../plan/scope.ts'
import type { JourneysPlan } from './plan.ts'
import { touchesSql, withPersons } from './touches.ts'

const DAY_MS = 86_400_000

/**
 * Most touches times conversions of one person: each conversion's path is cut from all of the person's touches. Beyond
 * some seven hundred of each, which nobody makes in a window (a tester's or a monitor's browser does), one visitor would
 * take the memory of a whole answer.
 */
const MOST_FOLLOWED = 500_000

/**
 * Paths: a row for each conversion of the period, and one for each journey that did not convert where such are used:
 * `keys` of its touches (places in those of the plan), oldest first (none where the visitor has no touch in the window),
 * `directs` beside them, `days` from each to the conversion, `value`, `one_day` where nobody can see further back than
 * the day, `told` where another system told of it, `unfollowed` where it has no touches because its visitor has too many,
 * and `converted` (0 for a journey without conversion).
 */
export function pathsSql(journeys: JourneysPlan, writing: Writing): string {
  const { question, windowMs } = journeys
  const window = writing.parameters.bind('Int64', windowMs)
  const times = `arrayMap(conversion -> ${CONVERSION.at('conversion')}, conversions)`
  const timed = `SELECT person, touches, conversions, unfollowed, ${times} AS times FROM (${personsSql(journeys, writing)})`
  const ended = `SELECT touches, unfollowed, arrayJoin(${endsSql(journeys, writing)}) AS path FROM (${timed})`
  const told = `SELECT touches, unfollowed, path.1 AS conversion, ${CONVERSION.at('conversion')} AS at,
      ${CONVERSION.converted('conversion')} AS converted, if(converted, greatest(at - ${window}, path.2), path.2) AS since
    FROM (${ended})`
  const within = `SELECT conversion, at, converted, unfollowed,
      arrayFilter(touch -> touch >= ${TOUCH.since('since + 1')} AND touch < ${TOUCH.since('at + 1')}, touches) AS seen
    FROM (${told})`
  const kept = `SELECT conversion, at, converted, unfollowed, ${asOptions(question.options)} AS kept FROM (${within})`
  return `SELECT arrayMap(touch -> ${TOUCH.key('touch')}, kept) AS keys, arrayMap(touch -> ${TOUCH.direct('touch')}, kept) AS directs,
      arrayMap(touch -> (at - ${TOUCH.at('touch')}) / ${DAY_MS}, kept) AS days, ${CONVERSION.value('conversion')} AS value,
      ${CONVERSION.oneDay('conversion')} AS one_day, ${CONVERSION.told('conversion')} AS told, converted,
      unfollowed
    FROM (${kept})`
}

/**
 * Where the paths of a person end, by `touches`, `conversions` and their `times`: each a pair of a conversion of the
 * period, or of what stands for none, and the time after which its touches lie at any rate.
 */
function endsSql({ question, start, end, windowMs, nulls }: JourneysPlan, { parameters }: Writing): string {
  const before = question.options.reuse ? 'arrayMap(at -> toInt64(-1), times)' : timesBefore('times')
  const counted = `arrayFilter(path -> ${CONVERSION.counted('path.1')}, arrayZip(conversions, ${before}))`
  if (nulls !== 'used') return counted
  const from = parameters.bind('Int64', start)
  const until = parameters.bind('Int64', end)
  const openUntil = parameters.bind('Int64', end + windowMs)
  const converts = `arrayExists(at -> at >= ${from} AND at < ${openUntil}, times)`
  const hasTouch = `arrayExists(touch -> touch >= ${TOUCH.since(from)} AND touch < ${TOUCH.since(until)}, touches)`
  const none = `[(${CONVERSION.none(`${until} - 1`)}, ${from} - 1)]`
  return `if(person != 0 AND NOT ${converts} AND ${hasTouch}, ${none}, ${counted})`
}

/** For each of some times, which ascend, the latest before it; -1 where there is none. One hit may reach several goals. */
function timesBefore(times: string): string {
  const previous = `arrayPopBack(arrayPushFront(${times}, toInt64(-1)))`
  return `arrayFill((before, at) -> before < at, ${previous}, ${times})`
}

/** What the options leave of the touches seen. Of repeats in a row the last one stays. */
function asOptions({ direct, collapse }: JourneysPlan['question']['options']): string {
  const others = `arrayFilter(touch -> NOT ${TOUCH.direct('touch')}, seen)`
  const counted = direct ? 'seen' : `if(empty(${others}), seen, ${others})`
  if (!collapse) return counted
  const next = `arrayPopFront(arrayPushBack(arrayMap(touch -> ${TOUCH.key('touch')}, ${counted}), toUInt32(0)))`
  return `arrayFilter((touch, next) -> ${TOUCH.key('touch')} != next, ${counted}, ${next})`
}

/*
 * A touch, and a conversion, is one number of 256 bits here, which sorts as it should: arrays of numbers are made and
 * sorted three times as fast as arrays of tuples.
 */

/** Time (from bit 168), number (128 bits from 40), key (32 bits from 8), whether it is direct. */
const TOUCH = {
  of: `bitShiftLeft(toUInt256(at), 168) + bitShiftLeft(toUInt256(number), 40) + toUInt64(key) * 256 + direct`,
  /** The first that a touch of some instant can be. */
  since: (at: string) => `bitShiftLeft(toUInt256(${at}), 168)`,
  at: (touch: string) => `toInt64(bitShiftRight(${touch}, 168))`,
  key: (touch: string) => `toUInt32(bitShiftRight(${touch}, 8))`,
  direct: (touch: string) => `toUInt8(${touch})`,
}

/** The highest bit, so that they come after touches; time (64 bits from 128), value (a double's 64 bits from 8), marks. */
const CONVERSION = {
  of: `bitShiftLeft(toUInt256(1), 255) + bitShiftLeft(toUInt256(at), 128) + bitShiftLeft(toUInt256(reinterpretAsUInt64(value)), 8)
      + one_day + 2 * told + 4 * counted + 8`,
  /** The end of a journey without conversion. */
  none: (at: string) => `bitShiftLeft(toUInt256(${at}), 128)`,
  is: (deed: string) => `${deed} >= bitShiftLeft(toUInt256(1), 255)`,
  at: (conversion: string) => `toInt64(bitShiftRight(${conversion}, 128))`,
  value: (conversion: string) => `reinterpretAsFloat64(toUInt64(bitShiftRight(${conversion}, 8)))`,
  oneDay: (conversion: string) => `bitTest(toUInt8(${conversion}), 0)`,
  told: (conversion: string) => `bitTest(toUInt8(${conversion}), 1)`,
  counted: (conversion: string) => `bitTest(toUInt8(${conversion}), 2)`,
  converted: (conversion: string) => `bitTest(toUInt8(${conversion}), 3)`,
}

/** Each person's `touches` and `conversions`, both in their order. */
function personsSql(journeys: JourneysPlan, writing: Writing): string {
  const { parameters } = writing
  const { conversions: plan, start, end } = journeys
  const toldGoals = parameters.bind(
    'Array(String)',
    plan.site.goals.flatMap(({ name, match }) => (match.type === 'external' ? [name] : [])),
  )
  const reached = conversionsSql(writing, plan.main, 'conversions', ['identity', 'consent'])
  const { firstDay, lastDay } = plan.main.period
  const days = `day >= ${parameters.bind('Date32', firstDay)} AND day <= ${parameters.bind('Date32', lastDay)}`
  const conversions = `SELECT identity, toUnixTimestamp64Milli(time) AS at, toFloat64(value) AS value,
      identity != '' AND consent != 'granted' AS one_day, has(${toldGoals}, goal) AS told, ${inPeriod()} AS counted
    FROM (${reached}) WHERE ${days}`
  const { from, person } = withPersons(journeys, writing, conversions, 'identity')
  const deeds = `SELECT person, arraySort(groupArray(deed)) AS deeds FROM (
      SELECT ${keyNumber('person')} AS person, ${TOUCH.of} AS deed FROM (${touchesSql(journeys, writing)})
      UNION ALL
      SELECT ${keyNumber(person)} AS person, ${CONVERSION.of} AS deed FROM ${from}
    ) GROUP BY person`
  const number = `arrayCount(deed -> NOT (${CONVERSION.is('deed')}), deeds)`
  const counted = `SELECT person, deeds, ${number} AS number, number * (length(deeds) - number) > ${MOST_FOLLOWED} AS unfollowed
    FROM (${deeds})`
  return `SELECT person, if(unfollowed, [], arraySlice(deeds, 1, number)) AS touches,
      arraySlice(deeds, number + 1) AS conversions, unfollowed
    FROM (${counted})`

  /** As the query counts: by the days that the site's zone had when they were judged, cut to instants. */
  function inPeriod(): string {
    const first = parameters.bind('Date32', journeys.period.firstDay)
    const last = parameters.bind('Date32', journeys.period.lastDay)
    const from = parameters.bind('Int64', start)
    const until = parameters.bind('Int64', end)
    const instants = journeys.period.instants ? `at >= ${from} AND at < ${until}` : '1'
    return `toUInt8(day >= ${first} AND day <= ${last} AND ${instants})`
  }
}
