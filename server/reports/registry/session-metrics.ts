import { type Figure, just, type Metric, ratio } from './metric.ts'

function sum(value: string): Figure {
  return {
    table: 'sessions',
    rows: () => '1',
    aggregate: (condition) => `sumIf(${value}, ${condition})`,
    none: 0,
  }
}

const SESSIONS: Figure = {
  table: 'sessions',
  rows: () => '1',
  aggregate: (condition) => `countIf(${condition})`,
  none: 0,
}

const CONVERTING: Figure = {
  table: 'converting',
  rows: () => '1',
  aggregate: (condition) => `uniqExactIf(session_id, ${condition})`,
  none: 0,
}

/** Metrics of sessions. */
export const SESSION_METRICS: readonly Metric[] = [
  {
    name: 'sessions',
    description:
      'Visits: one visitor’s pageviews, events and attention without a gap of 30 minutes. Counted when they began. ' +
      'Null on a landing page whose host sent no pageview in the range.',
    kind: 'count',
    unit: 'number',
    figures: [SESSIONS],
    value: just,
    ofPages: true,
  },
  {
    name: 'bounce_rate',
    description: 'Sessions with one pageview, no event and less than 10 seconds of attention ÷ sessions.',
    kind: 'ratio',
    unit: 'rate',
    figures: [sum('bounce'), SESSIONS],
    value: ratio,
  },
  {
    name: 'engaged_time',
    description: 'Mean seconds of attention in a session: the page visible and focused.',
    kind: 'ratio',
    unit: 'seconds',
    figures: [sum('engaged_ms'), SESSIONS],
    value: (columns) => `${ratio(columns)} / 1000`,
  },
  {
    name: 'pages_per_session',
    description: 'Mean pageviews of a session.',
    kind: 'ratio',
    unit: 'number',
    figures: [sum('pageviews'), SESSIONS],
    value: ratio,
  },
  {
    name: 'converting_sessions',
    description:
      'Sessions with at least one conversion, whenever that was reported. Counted when they began.',
    kind: 'distinct',
    unit: 'number',
    figures: [CONVERTING],
    value: just,
  },
  {
    name: 'conversion_rate',
    description:
      'converting_sessions ÷ sessions. Naming a goal or an event restricts the conversions, never the sessions.',
    kind: 'ratio',
    unit: 'rate',
    figures: [CONVERTING, { ...SESSIONS, regardless: true }],
    value: ratio,
  },
]

/** Metrics of conversions. */
export const CONVERSION_METRICS: readonly Metric[] = [
  {
    name: 'conversions',
    description:
      'Goals reached by people, and conversions told from elsewhere, each counted when it happened: once a session or ' +
      'every time, as its goal says.',
    kind: 'count',
    unit: 'number',
    figures: [
      {
        table: 'conversions',
        rows: () => '1',
        aggregate: (condition) => `countIf(${condition})`,
        none: 0,
      },
    ],
    value: just,
  },
  {
    name: 'value',
    description:
      'What these conversions are worth, in the site’s currency. Values in another one are left out, and ' +
      '`meta.warnings` says so.',
    kind: 'count',
    unit: 'money',
    figures: [
      {
        table: 'conversions',
        rows: () => '1',
        aggregate: (condition) => `toFloat64(sumIf(value, ${condition}))`,
        none: 0,
      },
    ],
    value: just,
  },
]
