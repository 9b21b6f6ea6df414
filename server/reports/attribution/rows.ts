import { HEURISTIC_MODELS, type Model } from '../../domain/attribution/contract.ts'
import {
  type Assisted,
  type AttributionRow,
  type Coverage,
  type Credit,
  NO_TOUCH,
  type PathRow,
  type PathStatistics,
} from './contract.ts'
import { type CreditsRow, DAY_BUCKETS, MAX_LENGTH_TOLD } from './credits.ts'
import { OTHER_KEYS } from './keys.ts'
import type { PathCount } from './path-counts.ts'
import type { ModelResults } from './worker/messages.ts'

const DAY_SECONDS = 86_400
/** The place that stands for no touch at all. */
const NOWHERE = 0

/** What the conversions are and how they came about, whatever the model. */
export interface Summary {
  totals: { conversions: number; value: number }
  coverage: Coverage
  statistics: PathStatistics
}

/** Sums up the rows of `creditsStatement`. */
export function summaryOf(rows: readonly CreditsRow[]): Summary {
  const sum = (column: string) => rows.reduce((total, row) => total + numberOf(row, column), 0)
  const conversions = sum('conversions')
  const withoutTouch = sum('without_touch')
  const withTouch = conversions - withoutTouch
  const [first] = rows
  const added = (column: string, index: number) =>
    rows.reduce((total, row) => total + (listOf(row, column)[index] ?? 0), 0)
  const oneDay = sum('one_day_n')
  const some = withTouch > 0 && first
  return {
    totals: { conversions, value: sum('value_sum') },
    coverage: {
      withTouch,
      withoutTouch,
      oneDayHorizon: { conversions: oneDay, share: ratio(oneDay, conversions) },
      externallyTold: sum('told_n'),
      unfollowed: sum('unfollowed_n'),
    },
    statistics: {
      length: some ? { mean: sum('touches') / withTouch, median: numberOf(first, 'median_length') } : null,
      lengths: Array.from({ length: MAX_LENGTH_TOLD }, (_, index) => ({
        touches: index + 1,
        conversions: added('lengths', index),
      })),
      secondsToConvert: some
        ? {
            mean: inMilliseconds((sum('ages') / withTouch) * DAY_SECONDS),
            median: inMilliseconds(numberOf(first, 'median_age') * DAY_SECONDS),
          }
        : null,
      daysToConvert: DAY_BUCKETS.map((days, index) => ({ days, conversions: added('days_told', index) })),
    },
  }
}

/**
 * A row for each key that any model gives something or that a converting path has, by the last model's credit; the
 * conversions without a touch come last, whole in every model.
 *
 * @param keys by their place from 1; one place more stands for all others.
 */
export function creditRows(
  models: readonly Model[],
  keys: readonly string[],
  rows: readonly CreditsRow[],
  results: ModelResults | null,
  totals: Summary['totals'],
): AttributionRow[] {
  const found: Found = {
    rows: new Map(rows.map((row) => [numberOf(row, 'key'), row])),
    results,
    indices: new Map((results?.keys ?? []).map((place, index) => [Number(place), index])),
    totals,
  }
  const creditsOf = (place: number) =>
    Object.fromEntries(models.map((model) => [model, creditBy(model, place, found)]))
  const seen = [...new Set([...found.rows.keys(), ...found.indices.keys()])]
    .filter((place) => place !== NOWHERE)
    .map((place) => ({
      key: keys[place - 1] ?? OTHER_KEYS,
      credits: creditsOf(place),
      assisted: assistedBy(found.rows.get(place)),
      removalEffect: removalOf(place, found),
    }))
    .filter(
      ({ assisted, credits }) => assisted.conversions > 0 || assisted.lastConversions > 0 || isGiven(credits),
    )
  const deciding = models.at(-1)
  const by = ({ credits }: AttributionRow) => (deciding && credits[deciding]?.conversions) || 0
  const sorted: AttributionRow[] = seen.sort((a, b) => by(b) - by(a) || (a.key < b.key ? -1 : 1))
  if (!found.rows.has(NOWHERE)) return sorted
  return [...sorted, { key: NO_TOUCH, credits: creditsOf(NOWHERE), assisted: null, removalEffect: null }]
}

/** What there is to make rows of, by place. */
interface Found {
  rows: ReadonlyMap<number, CreditsRow>
  results: ModelResults | null
  /** Where a place stands in the results' arrays. */
  indices: ReadonlyMap<number, number>
  totals: Summary['totals']
}

/** From the engine for heuristics, from the thread for the others, which never see conversions without touches. */
function creditBy(model: Model, place: number, { rows, results, indices, totals }: Found): Credit {
  const row = rows.get(place)
  const credit = (conversions: number, value: number): Credit => ({
    conversions,
    value,
    conversionShare: ratio(conversions, totals.conversions),
    valueShare: ratio(value, totals.value),
  })
  if (isHeuristic(model)) return credit(numberOf(row, `n_${model}`), numberOf(row, `v_${model}`))
  if (place === NOWHERE) return credit(numberOf(row, 'conversions'), numberOf(row, 'value_sum'))
  const given = results?.credits[model]
  const index = indices.get(place) ?? -1
  return credit(given?.conversions[index] ?? 0, given?.values[index] ?? 0)
}

function assistedBy(row: CreditsRow | undefined): Assisted {
  const conversions = numberOf(row, 'assisted_n')
  const lastConversions = numberOf(row, 'ended')
  return {
    conversions,
    value: numberOf(row, 'assisted_v'),
    lastConversions,
    ratio: ratio(conversions, lastConversions),
  }
}

function removalOf(place: number, { results, indices }: Found): AttributionRow['removalEffect'] {
  const effects = results?.removalEffects
  if (!effects) return null
  const index = indices.get(place) ?? -1
  return { conversions: effects.conversions[index] ?? 0, value: effects.values[index] ?? 0 }
}

/** Paths as answers show them. */
export function pathRows(
  counts: readonly PathCount[],
  keys: readonly string[],
  withTouch: number,
  usesNulls: boolean,
): PathRow[] {
  return counts.map((count) => ({
    path: count.keys.map((place) => keys[place - 1] ?? OTHER_KEYS),
    conversions: count.conversions,
    value: count.value_sum,
    nulls: usesNulls ? count.nulls : null,
    share: ratio(count.conversions, withTouch),
    secondsToConvert: count.age === null ? null : inMilliseconds(count.age),
  }))
}

function isHeuristic(model: Model): boolean {
  return HEURISTIC_MODELS.some((name) => name === model)
}

function isGiven(credits: AttributionRow['credits']): boolean {
  return Object.values(credits).some(({ conversions, value }) => conversions !== 0 || value !== 0)
}

/** Seconds as they were before they were days. */
function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

function numberOf(row: CreditsRow | undefined, column: string): number {
  return Number(row?.[column] ?? 0)
}

function listOf(row: CreditsRow, column: string): number[] {
  const list = row[column]
  return Array.isArray(list) ? list : []
}
