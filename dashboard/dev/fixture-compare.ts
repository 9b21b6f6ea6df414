import { weekdayAligned } from '../../server/domain/stats/weekdays.ts'
import type { Filter, QueryRequest } from '../../server/reports/contract.ts'
import { type Counted, comparedSides } from '../../server/reports/side-by-side/compared.ts'
import type { SidesCompared, SidesRequest } from '../../server/reports/side-by-side/contract.ts'
import { namesOf, whereOf } from '../../server/reports/side-by-side/subject.ts'
import { type Cell, UNMEASURED } from './fixture-data.ts'
import { answer } from './fixture-query.ts'

/** Which part of the made-up arrivals converts. */
const RATES: Record<string, number> = { Social: 0.024, Search: 0.031 }
/** Less often so far back, and each single goal less often than any. */
const BEFORE = 0.8
const ONE_GOAL = 0.4

/** Compares the sides of made-up cells: an arrival is a session here, the statistics are the service's own. */
export function comparisonAnswer(request: SidesRequest, cells: Cell[], today: string): SidesCompared {
  const shared = request.filters ?? []
  const isUnmeasured = JSON.stringify(shared).includes(`"${UNMEASURED}`)
  const count = (filters: Filter[], date_range: QueryRequest['date_range'], factor: number) => {
    const { results, meta } = answer(
      {
        date_range,
        metrics: ['arrivals'],
        ...(request.sides && { sides: request.sides }),
        filters: [...shared, ...filters],
      },
      cells,
      today,
    )
    const n = isUnmeasured ? null : (results[0]?.metrics[0] ?? null)
    const side = String(filters[0]?.[2]?.[0])
    const rate = (RATES[side] ?? 0) * factor * (request.goal ? ONE_GOAL : 1)
    const counted: Counted = n === null ? null : { k: Math.round(n * rate), n }
    return { counted, meta }
  }
  const mine = request.a.filters ?? []
  const a = count(mine, request.date_range, 1)
  const earlier = request.b ? null : weekdayAligned(a.meta)
  const b = earlier
    ? count(mine, [earlier.from, earlier.to], BEFORE)
    : count(request.b?.filters ?? [], request.date_range, 1)
  const side = (given: SidesRequest['a']) => ({
    name: given.name ?? null,
    conditions: [],
    filters: given.filters ?? [],
  })
  const names = namesOf({ a: side(request.a), b: request.b ? side(request.b) : null })
  const where = whereOf(shared)
  const compared = comparedSides(a.counted, b.counted, { ...names, where, goal: request.goal ?? '' })
  return {
    ...compared,
    a: { name: names.a, ...compared.a },
    b: { name: names.b, ...compared.b },
    meta: { ...a.meta, totalRows: 1, baseline: earlier && [earlier.from, earlier.to] },
  }
}
