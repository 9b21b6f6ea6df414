import type { QueryRequest } from '../../../../server/reports/contract.ts'
import {
  type Comparison,
  dateQuestion,
  parseComparison,
  parseRange,
  type Range,
} from '../../shared/range/range.ts'
import { parseSides } from '../../shared/sides.ts'
import type { Grain } from '../../shared/time/days.ts'
import { z } from '../../shared/zod.ts'
import { type Chip, formatChip, parseChip, questionFilters } from './filters.ts'

const text = z.string().optional().catch(undefined)
const texts = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .optional()
  .catch(undefined)

export const SORTS = ['page', 'search', 'social', 'clicks', 'share', 'total'] as const
export type SortKey = (typeof SORTS)[number]

/** What the panel of left-out hits can be taken apart by. */
export const LEFT_OUT_VIEWS = ['kind', 'reason', 'browser', 'page', 'link', 'outcome'] as const
export type LeftOutView = (typeof LEFT_OUT_VIEWS)[number]

/** The Compare page's address. Everything may be absent or wrong: what is not understood falls back to the default. */
export const compareSearch = z.object({
  site: text,
  range: text,
  compare: text,
  sides: text,
  search: text,
  social: text,
  grain: z.enum(['hour', 'day', 'week', 'month']).optional().catch(undefined),
  filter: texts,
  /** Column of the landing-page table; a leading `-` is descending. */
  sort: z
    .string()
    .regex(new RegExp(`^-?(${SORTS.join('|')})$`))
    .optional()
    .catch(undefined),
  find: text,
  p: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .optional()
    .catch(undefined),
  /** The landing page whose panel is open. */
  landing: text,
  /** The goal that its conversion is of; any where it is left out. */
  goal: text,
  panel: z.enum(['left-out']).optional().catch(undefined),
  by: z.enum(LEFT_OUT_VIEWS).optional().catch(undefined),
  /** Channels whose sources are shown, on the page and in the panel. */
  open: texts,
  chart: z.enum(['table']).optional().catch(undefined),
})

export type CompareSearch = z.infer<typeof compareSearch>

/** What an address means, defaults filled in. */
export interface CompareView {
  range: Range
  comparison: Comparison
  sides: NonNullable<QueryRequest['sides']>
  grain: Grain | undefined
  chips: Chip[]
  sort: { key: SortKey; descending: boolean }
  find: string
  page: number
  landing: string | undefined
}

export function viewOf(search: CompareSearch): CompareView {
  const sort = search.sort ?? '-total'
  return {
    range: parseRange(search.range),
    comparison: parseComparison(search.compare),
    sides: parseSides(search.sides, search.search, search.social),
    grain: search.grain,
    chips: (search.filter ?? []).map(parseChip).filter((chip) => chip !== null),
    sort: { key: sort.replace('-', '') as SortKey, descending: sort.startsWith('-') },
    find: search.find ?? '',
    page: Number(search.p ?? 1),
    landing: search.landing,
  }
}

/** Filters for the address, undefined where there are none. */
export function filterSearch(chips: Chip[]): string[] | undefined {
  return chips.length === 0 ? undefined : chips.map(formatChip)
}

/** What every question of a view has in common. */
export type BaseQuestion = Pick<QueryRequest, 'site' | 'date_range' | 'compare' | 'sides'> & {
  filters: NonNullable<QueryRequest['filters']>
}

export function baseQuestion(view: CompareView, site: string | undefined): BaseQuestion {
  return {
    ...(site === undefined ? {} : { site }),
    ...dateQuestion(view.range, view.comparison),
    sides: view.sides,
    filters: questionFilters(view.chips),
  }
}
