import type { Goal } from '../../domain/goals/goal.ts'
import type { PageKind } from '../../domain/pages/page-kind.ts'
import type { DateRange } from '../contract.ts'
import type { Condition } from '../question.ts'
import type { TextDimension } from '../registry/dimensions.ts'
import type { FunnelOrder } from './contract.ts'

/** A question about a way that was understood. Its range waits for the site's zone, its goals for the site's list. */
export interface Funnel {
  site: string
  steps: readonly AskedStep[]
  order: FunnelOrder
  /** Milliseconds from the first step to the last, both included. */
  window: number | 'session'
  dateRange: DateRange
  /** AND-ed; about the first step. */
  conditions: readonly Condition[]
  split: TextDimension | null
  limit: number
}

export type AskedStep =
  /** `tests` are AND-ed, about the click itself. */
  | { kind: 'click'; name: string; tests: readonly Condition[] }
  /** `page` is a pattern that `parsePagePattern` gave. */
  | { kind: 'page'; name: string; page: string }
  /** The name as it was asked for. */
  | { kind: 'goal'; name: string }

/** A step that can be looked for. */
export type FunnelStep =
  | Exclude<AskedStep, { kind: 'goal' }>
  | { kind: 'goal'; name: string; goal: Pick<Goal, 'name' | 'match'> }

/** What the control store knows of the site. */
export interface FunnelSite {
  goals: readonly Goal[]
  pageKinds: readonly PageKind[]
}
