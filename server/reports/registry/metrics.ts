import { HIT_METRICS } from './hit-metrics.ts'
import { LANDING_METRICS } from './landing-metrics.ts'
import type { Metric } from './metric.ts'
import { CONVERSION_METRICS, SESSION_METRICS } from './session-metrics.ts'

/** Every figure that may be asked for, by name. */
export const METRICS: ReadonlyMap<string, Metric> = new Map(
  [...HIT_METRICS, ...LANDING_METRICS, ...SESSION_METRICS, ...CONVERSION_METRICS].map((metric) => [
    metric.name,
    metric,
  ]),
)
