import { BEGINS, BETWEEN } from './marks.ts'
import type { FunnelWriting } from './plan.ts'

const NONE = 'toInt64(-1)'
/** A session's ways end with the session: nothing else bounds them. 292 million years. */
const FOR_EVER = '9223372036854775807'

/**
 * The way that each visitor is counted by: `times`, the Unix milliseconds of its steps as far as it got; `label` and
 * `cookieless` of its first one. It is the one that gets furthest; of several the one that gets there first; of these
 * the one that begins first; of its further steps each is the first that leads there.
 *
 * The engine's own `windowFunnel` would say something else in every mode: `strict_order` never begins again after a break,
 * the others take one hit for two steps or hits of one instant in any order, and none tells when the steps were.
 *
 * It is found in two passes over a visitor's hits in their order, so that the cost grows with the hits alone:
 * forward, keeping for each step the latest beginning of a way that stands there, which is the one that has most of the
 * window left: what step is reached, and where first. Back from there, which hits can be which step of a way to it.
 */
export function waysSql(writing: FunnelWriting, hits: string): string {
  const { funnel, steps } = writing.plan
  const window =
    funnel.window === 'session' ? `toInt64(${FOR_EVER})` : writing.parameters.bind('Int64', funnel.window)
  const bits = steps.map((_, index) => index).join(', ')
  const nowhere = `[${steps.map(() => '(-1, 0)').join(', ')}]::Array(Tuple(Int64, UInt32))`

  const sorted = `SELECT mover, visit, arraySort(groupArray((at, rank, number, marks, label, cookieless))) AS hits
    FROM (${hits}) GROUP BY mover, visit HAVING max(bitTest(marks, ${BEGINS})) = 1`

  // `began` is the beginning of the way that this hit would lengthen, `been` where the step was first reached.
  const reached = `bitTest(marks, bit) AND began >= 0 AND at - began <= ${window}`
  const stays = `state.1 >= 0 AND (NOT bitTest(marks, ${BETWEEN}) OR bitTest(marks, bit))`
  const forward = `arrayFold((states, at, marks, place) -> arrayMap(
        (state, began, bit) -> (
          greatest(if(${reached}, began, ${NONE}), if(${stays}, state.1, ${NONE})),
          if(state.2 > 0, state.2, if(${reached}, place, toUInt32(0)))
        ),
        states,
        arrayPushFront(arrayPopBack(arrayMap(state -> state.1, states)), if(bitTest(marks, ${BEGINS}), at, ${NONE})),
        [${bits}]
      ), arrayMap(hit -> hit.1, hits), arrayMap(hit -> hit.4, hits), arrayEnumerate(hits), ${nowhere})`
  const furthest = `SELECT mover, visit, hits, arrayFilter(place -> place > 0, arrayMap(state -> state.2, ${forward})) AS places
    FROM (${sorted})`

  const reachable = `SELECT mover, visit, toUInt8(length(places)) AS level,
      arrayFilter(hit -> hits[places[-1]].1 - hit.1 <= ${window}, arraySlice(hits, 1, places[-1])) AS path
    FROM (${furthest})`

  // `open` are the steps from which the way on is free; `fit` the steps that a hit can be.
  const fit = 'bitAnd(toUInt8(bitAnd(marks, 255)), state.1)'
  const free = `if(bitTest(marks, ${BETWEEN}), toUInt8(bitAnd(marks, 255)), toUInt8(255))`
  const backward = `arrayReverse(arrayFold((state, marks) -> (
        bitOr(bitAnd(state.1, ${free}), bitShiftRight(${fit}, 1)),
        arrayPushBack(state.2, ${fit})
      ), arrayReverse(arrayMap(hit -> hit.4, path)), (toUInt8(bitShiftLeft(1, level - 1)), emptyArrayUInt8())).2)`
  const fits = `SELECT mover, visit, level, path, ${backward} AS fits FROM (${reachable})`

  const first = `toUInt32(arrayFirstIndex((fit, hit) -> bitTest(fit, 0) AND bitTest(hit.4, ${BEGINS}), fits, path))`
  const next = `toUInt32(arrayFirstIndex((fit, place) -> bitTest(fit, bit) AND place > taken[-1], fits, arrayEnumerate(fits)))`
  const ways = `SELECT mover, visit, path,
      arrayFold((taken, bit) -> arrayPushBack(taken, ${next}), range(1, level), [${first}]) AS places
    FROM (${fits})`
  const place = (index: string) => `(path[${index}].1, path[${index}].2, path[${index}].3)`
  const told = `SELECT mover, ${place('places[1]')} AS begun, ${place('places[-1]')} AS ended,
      arrayMap(place -> path[place].1, places) AS times, path[places[1]].5 AS label, path[places[1]].6 AS cookieless
    FROM (${ways})`
  if (funnel.window !== 'session') return `SELECT times, label, cookieless FROM (${told})`
  return `SELECT way.1 AS times, way.2 AS label, way.3 AS cookieless FROM (
      SELECT argMin((times, label, cookieless), (-toInt8(length(times)), ended, begun)) AS way FROM (${told}) GROUP BY mover
    )`
}
