import { CHANNELS } from '../../domain/judged.ts'
import { MAX_LIMIT } from '../parse/schema.ts'
import { RANGE_NAMES } from '../time/date-range.ts'
import { DIMENSIONS, FILTER_DIMENSIONS, type SplitTable, tablesCounted, tablesOf } from './dimensions.ts'
import type { Metric } from './metric.ts'
import { METRICS } from './metrics.ts'
import { OPERATORS } from './operators.ts'

/** Everything that a question may name, for menus and for people who write questions by hand. */
export interface RegistryDescription {
  metrics: {
    name: string
    description: string
    kind: Metric['kind']
    unit: Metric['unit']
    /** What it is counted over: it may be split only by dimensions that all of these have. */
    tables: SplitTable[]
  }[]
  dimensions: {
    name: string
    description: string
    kind: 'text' | 'time'
    filterable: boolean
    /** How an absent value shows; null for time. */
    absent: string | null
    /** What it exists for. */
    tables: SplitTable[]
  }[]
  operators: { name: string; description: string }[]
  dateRanges: string[]
  /** Channel names, for `sides` of one's own. */
  channels: string[]
  maxLimit: number
}

export function describeRegistry(): RegistryDescription {
  return {
    metrics: [...METRICS.values()].map(({ name, description, kind, unit, figures }) => ({
      name,
      description,
      kind,
      unit,
      tables: tablesCounted({ figures }),
    })),
    dimensions: [...DIMENSIONS.values()].map((dimension) => ({
      name: dimension.name,
      description: dimension.description,
      kind: dimension.kind,
      filterable: FILTER_DIMENSIONS.has(dimension.name),
      absent: dimension.kind === 'text' ? dimension.absent : null,
      tables: tablesOf(dimension),
    })),
    operators: [...OPERATORS.values()].map(({ name, description }) => ({ name, description })),
    dateRanges: [...RANGE_NAMES],
    channels: [...CHANNELS],
    maxLimit: MAX_LIMIT,
  }
}
