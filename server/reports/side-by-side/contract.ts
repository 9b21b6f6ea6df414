import type { Interval, Rate } from '../../domain/stats/rate.ts'
import type { DateRange, Filter, QueryMeta, Sides } from '../contract.ts'

/** Two rates compared. `POST /api/v1/compare` takes and gives exactly these. */
export type CompareRequest = CountsRequest | SidesRequest

/** Figures of one's own: `k` conversions of `n` sessions. */
export interface CountsRequest {
  a: Rate
  b: Rate
}

/** Two sets of sessions: of the same days (`b`), or the same ones of an earlier period (`baseline`). */
export interface SidesRequest {
  /** Name of the site; `default` where it is left out. */
  site?: string
  date_range: DateRange
  /** Name of the goal that a session has to reach; null or left out for any goal. */
  goal?: string | null
  /** Which sessions are looked at on both sides, AND-ed. */
  filters?: Filter[]
  a: SideRequest
  /** Left out with `baseline`. */
  b?: SideRequest
  /** `weekdays`: `a` is compared with itself in the period before, moved back by whole weeks. */
  baseline?: 'weekdays'
  sides?: Sides
  /** A dimension: the comparison for each of its values too. */
  split?: string | null
  /** Rows of the split, those with most sessions first; 20 where it is left out. */
  limit?: number
}

export interface SideRequest {
  /** How the sentence calls it; what its filter asks for where it is left out. */
  name?: string
  /** Which sessions stand on this side, AND-ed; all of them where it is left out. */
  filters?: Filter[]
}

/** What a comparison of one's own figures says. Intervals are of 95 %. */
export interface CountsCompared {
  a: SideRate
  b: SideRate
  /** a − b. */
  difference: { value: number | null; ci: Interval | null }
  /** Null where a side has no sessions, as all that hangs on both. */
  test: { name: 'chi-square' | 'fisher' | null; p: number | null }
  probabilityABetter: number | null
  enough: boolean
  /** Sessions a side to see a difference as large as this one; null where the rates are equal. */
  neededPerSide: number | null
  /** The result in words that may be quoted. */
  sentence: string
}

/** `rate` and `ci` are null without sessions; `k` and `n` too where nothing is known of them. */
export interface SideRate {
  k: number | null
  n: number | null
  rate: number | null
  ci: Interval | null
}

export interface SidesCompared extends CountsCompared {
  a: NamedRate
  b: NamedRate
  split?: SplitRow[]
  /** As of any question. `totalRows`: values that the split has before its limit, 1 without one. */
  meta: QueryMeta & {
    /** The days (or instants) that `b` is of, where they are not those of `a`. */
    baseline: [from: string, to: string] | null
  }
}

export type NamedRate = SideRate & { name: string }

/** The comparison for one value of a dimension. */
export interface SplitRow extends CountsCompared {
  key: string
  /** `test.p` adjusted for the number of rows that have one; null without it. */
  adjusted: { holm: number | null; benjaminiHochberg: number | null }
}
