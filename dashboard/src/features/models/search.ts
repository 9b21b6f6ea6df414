import {
  DEFAULT_OPTIONS,
  HEURISTIC_MODELS,
  type MarkovOrder,
  MODELS,
  type Model,
} from '../../../../server/domain/attribution/contract.ts'
import {
  type AttributionOptions,
  type AttributionRequest,
  GRAINS,
  type Grain,
  type PathsRequest,
} from '../../../../server/reports/attribution/contract.ts'
import type { Sides } from '../../../../server/reports/contract.ts'
import { parseRange, type Range } from '../../shared/range/range.ts'
import { parseSides } from '../../shared/sides.ts'
import { z } from '../../shared/zod.ts'

const text = z.string().optional().catch(undefined)
const page = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .optional()
  .catch(undefined)

/** The Models page's address. Everything may be absent or wrong: what is not understood falls back to the default. */
export const modelsSearch = z.object({
  site: text,
  range: text,
  sides: text,
  search: text,
  social: text,
  /** Name of a goal; all where it is absent. */
  goal: text,
  grain: z.enum(GRAINS).optional().catch(undefined),
  /** Names of the models that are shown, by commas. */
  models: text,
  /** Lookback in days. */
  window: text,
  repeats: z.enum(['collapsed']).optional().catch(undefined),
  direct: z.enum(['skipped']).optional().catch(undefined),
  journeys: z.enum(['converting']).optional().catch(undefined),
  touches: z.enum(['once']).optional().catch(undefined),
  halflife: text,
  /** Weights of first, middle and last touch, by commas. */
  position: text,
  order: z.enum(['2', '3']).optional().catch(undefined),
  measure: z.enum(['value']).optional().catch(undefined),
  as: z.enum(['share']).optional().catch(undefined),
  /** Column of the table; a leading `-` is descending. */
  sort: z
    .string()
    .regex(new RegExp(`^-?(key|${MODELS.join('|')})$`))
    .optional()
    .catch(undefined),
  p: page,
  /** The model that is set against last touch, and the one shown at phone width. */
  model: z.enum(MODELS).optional().catch(undefined),
  /** Paths: page, a text that one of the touches contains, least number of touches. */
  paths: page,
  with: text,
  steps: page,
})

export type ModelsSearch = z.infer<typeof modelsSearch>

export const MEASURES = ['conversions', 'value'] as const
export type Measure = (typeof MEASURES)[number]
export type Form = 'number' | 'share'
export type SortKey = 'key' | Model

export const DEFAULT_WINDOW = 30
export const MOST_WINDOW = 365

/** What an address means, defaults filled in. */
export interface ModelsView {
  range: Range
  sides: Sides
  goal: string | null
  grain: Grain
  models: Model[]
  window: number
  options: Required<AttributionOptions>
  measure: Measure
  form: Form
  sort: { key: SortKey; descending: boolean }
  page: number
  /** Never `last`, which it is compared with. */
  model: Model
  pathPage: number
  touch: string
  steps: number
}

export const STANDARD_OPTIONS: Required<AttributionOptions> = {
  collapse: false,
  direct: true,
  nulls: true,
  reuse: true,
  halfLife: DEFAULT_OPTIONS.halfLife,
  position: [...DEFAULT_OPTIONS.position],
  order: DEFAULT_OPTIONS.order,
}

export function viewOf(search: ModelsSearch): ModelsView {
  const models = parseModels(search.models)
  const named = (search.sort ?? '').replace('-', '') as SortKey | ''
  const shown = named === 'key' || models.some((model) => model === named)
  const fallback: SortKey = models.includes('last') ? 'last' : (models[0] ?? 'key')
  const other = models.find((model) => model !== 'last') ?? 'linear'
  return {
    range: parseRange(search.range),
    sides: parseSides(search.sides, search.search, search.social),
    goal: search.goal ?? null,
    grain: search.grain ?? 'channel',
    models,
    window: parseDaysNumber(search.window) ?? DEFAULT_WINDOW,
    options: optionsOf(search),
    measure: search.measure ?? 'conversions',
    form: search.as ?? 'number',
    sort:
      shown && named !== ''
        ? { key: named, descending: search.sort?.startsWith('-') ?? false }
        : { key: fallback, descending: true },
    page: Number(search.p ?? 1),
    model:
      search.model !== undefined && search.model !== 'last' && models.includes(search.model)
        ? search.model
        : models.includes('linear')
          ? 'linear'
          : other,
    pathPage: Number(search.paths ?? 1),
    touch: search.with ?? '',
    steps: Number(search.steps ?? 1),
  }
}

function optionsOf(search: ModelsSearch): Required<AttributionOptions> {
  return {
    collapse: search.repeats === 'collapsed',
    direct: search.direct !== 'skipped',
    nulls: search.journeys !== 'converting',
    reuse: search.touches !== 'once',
    halfLife: parseDaysNumber(search.halflife) ?? STANDARD_OPTIONS.halfLife,
    position: parseWeights(search.position) ?? STANDARD_OPTIONS.position,
    order: search.order === undefined ? STANDARD_OPTIONS.order : (Number(search.order) as MarkovOrder),
  }
}

/** Options as an address has them; undefined for what is at its default. */
export function optionsSearch(options: Required<AttributionOptions>): Partial<ModelsSearch> {
  const { collapse, direct, nulls, reuse, halfLife, position, order } = options
  return {
    repeats: collapse ? 'collapsed' : undefined,
    direct: direct ? undefined : 'skipped',
    journeys: nulls ? undefined : 'converting',
    touches: reuse ? undefined : 'once',
    halflife: halfLife === STANDARD_OPTIONS.halfLife ? undefined : String(halfLife),
    position: position.every((weight, at) => weight === STANDARD_OPTIONS.position[at])
      ? undefined
      : position.join(','),
    order: order === 1 ? undefined : order === 2 ? '2' : '3',
  }
}

/** Days above 0, at most 365, with up to two decimals; undefined for anything else. */
export function parseDaysNumber(typed: string | undefined): number | undefined {
  const tidy = (typed ?? '').trim().replace(',', '.')
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(tidy)) return undefined
  const days = Number(tidy)
  return days > 0 && days <= MOST_WINDOW ? days : undefined
}

/** Three weights of at least 0, not all 0, by commas; undefined for anything else. */
export function parseWeights(typed: string | undefined): [number, number, number] | undefined {
  const parts = (typed ?? '').split(',')
  if (parts.length !== 3 || !parts.every((part) => /^\s*\d{1,4}(\.\d{1,4})?\s*$/.test(part))) return undefined
  const [first = 0, middle = 0, last = 0] = parts.map(Number)
  return first + middle + last > 0 ? [first, middle, last] : undefined
}

/** Models by commas, in their usual order; all of them for none. */
export function parseModels(typed: string | undefined): Model[] {
  const named = (typed ?? '').split(',')
  const found = MODELS.filter((model) => named.includes(model))
  return found.length === 0 ? [...MODELS] : found
}

/** The inverse of `parseModels`: undefined for all. */
export function formatModels(models: readonly Model[]): string | undefined {
  return models.length === 0 || models.length === MODELS.length ? undefined : models.join(',')
}

export const SIMPLE_MODELS = formatModels(HEURISTIC_MODELS)

/** What every question of a view has in common. */
function base(view: ModelsView, site: string | undefined, grain: Grain) {
  return {
    ...(site === undefined ? {} : { site }),
    date_range: view.range,
    goal: view.goal,
    grain,
    window: view.window,
    // They say nothing to other grains: a change of the sides need not ask again.
    ...(grain === 'side' ? { sides: view.sides } : {}),
  }
}

/**
 * The credits of a view by a grain. The models that look at one path at a time are always asked, shown or not: they come in
 * one pass, and choosing among them need not ask again. No paths: the list of paths asks for its own.
 */
export function modelsQuestion(
  view: ModelsView,
  site: string | undefined,
  grain: Grain = view.grain,
): AttributionRequest {
  return {
    ...base(view, site, grain),
    models: MODELS.filter(
      (model) => HEURISTIC_MODELS.some((one) => one === model) || view.models.includes(model),
    ),
    options: view.options,
    paths: 0,
  }
}

/** The paths of a view. Options that only models know are left out: changing them need not ask again. */
export function pathsQuestion(
  view: ModelsView,
  site: string | undefined,
  part: { limit: number; offset: number },
): PathsRequest {
  const { collapse, direct, nulls, reuse } = view.options
  return { ...base(view, site, view.grain), options: { collapse, direct, nulls, reuse }, ...part }
}
