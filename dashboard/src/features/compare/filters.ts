import type { Filter } from '../../../../server/reports/contract.ts'

/** The dimensions that a view can be narrowed by, in the order of the menu. */
export const FILTER_DIMENSIONS = [
  { name: 'campaign', label: 'Campaign' },
  { name: 'platform', label: 'Platform' },
  { name: 'placement', label: 'Placement' },
  { name: 'channel', label: 'Channel' },
  { name: 'source', label: 'Source' },
  { name: 'medium', label: 'Medium' },
  { name: 'landing_page', label: 'Landing page' },
  { name: 'link', label: 'Link' },
  { name: 'country', label: 'Country' },
  { name: 'device', label: 'Device' },
  { name: 'browser', label: 'Browser' },
  { name: 'os', label: 'Operating system' },
] as const

export type FilterDimension = (typeof FILTER_DIMENSIONS)[number]['name']
export type FilterOperator = 'is' | 'is_not' | 'contains'

/** One condition of a view; its values are OR-ed, chips are AND-ed. */
export interface Chip {
  dimension: FilterDimension
  operator: FilterOperator
  values: string[]
}

export const OPERATOR_LABELS: Record<FilterOperator, string> = {
  is: 'is',
  is_not: 'is not',
  contains: 'contains',
}

export function dimensionLabel(name: string): string {
  return FILTER_DIMENSIONS.find((dimension) => dimension.name === name)?.label ?? name
}

/** `campaign:is:spring,summer`. Commas and percent signs within a value are escaped, so any value survives. */
export function formatChip(chip: Chip): string {
  const values = chip.values.map((value) => value.replaceAll('%', '%25').replaceAll(',', '%2C'))
  return `${chip.dimension}:${chip.operator}:${values.join(',')}`
}

/** The inverse of `formatChip`; null for what is not a chip, so that a mistyped address loses only that part. */
export function parseChip(text: string): Chip | null {
  const match = /^([a-z_]+):(is|is_not|contains):([\s\S]*)$/.exec(text)
  const dimension = FILTER_DIMENSIONS.find((known) => known.name === match?.[1])?.name
  if (match === null || dimension === undefined) return null
  const values = (match[3] ?? '')
    .split(',')
    .filter((value) => value !== '')
    .map((value) => value.replaceAll('%2C', ',').replaceAll('%25', '%'))
  return values.length === 0 ? null : { dimension, operator: match[2] as FilterOperator, values }
}

/** The same filters with those of one dimension and operator replaced; without values they are removed. */
export function withChip(chips: Chip[], chip: Chip): Chip[] {
  const index = chips.findIndex((one) => one.dimension === chip.dimension && one.operator === chip.operator)
  if (chip.values.length === 0) return chips.filter((_, at) => at !== index)
  return index < 0 ? [...chips, chip] : chips.with(index, chip)
}

/** Dimensions that only links and tagged addresses carry: what organic search brings has none of them. */
const OF_LINKS: readonly FilterDimension[] = ['campaign', 'platform', 'placement', 'link']

/** The first condition that organic search cannot meet, since it asks for what only links carry. */
export function leavesOutSearch(chips: Chip[]): Chip | undefined {
  return chips.find(
    (chip) =>
      chip.operator !== 'is_not' && OF_LINKS.includes(chip.dimension) && !chip.values.includes('(none)'),
  )
}

/** Conditions as the query API takes them. */
export function questionFilters(chips: Chip[]): Filter[] {
  return chips.map((chip) => [chip.operator, chip.dimension, chip.values])
}
