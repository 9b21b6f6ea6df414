import type { Parameters } from '../parameters.ts'
import type { TimeUnit } from '../time/buckets.ts'
import type { Table } from './metrics.ts'
import { type SideChannels, sideSql } from './sides.ts'

/** What a dimension's SQL may depend on. */
export interface SqlScope {
  parameters: Parameters
  sides: SideChannels
}

/** How a value shows that a hit does not have, or that nobody can know. */
export type Absent = '(none)' | '(unknown)'

/** A text by which figures may be split and filtered. */
export interface TextDimension {
  kind: 'text'
  name: string
  description: string
  absent: Absent
  /** The text by table, empty where it is absent. */
  sql: Record<Table, (scope: SqlScope) => string>
}

/** A time axis. It splits figures by position on the axis, which the period's buckets label; it filters nothing. */
export interface TimeDimension {
  kind: 'time'
  name: string
  description: string
  unit: TimeUnit
}

export type Dimension = TextDimension | TimeDimension

function time(unit: TimeUnit, description: string): TimeDimension {
  return { kind: 'time', name: `time:${unit}`, unit, description }
}

function column(name: string, description: string, absent: Absent, columnName = name): TextDimension {
  return { kind: 'text', name, description, absent, sql: { hits: () => columnName } }
}

const DIMENSION_LIST: readonly Dimension[] = [
  time('hour', 'Hour of the site’s zone, with its offset: a repeated hour of a clock change makes two rows.'),
  time('day', 'Day of the site’s zone.'),
  time('week', 'Week from Monday to Sunday, by its Monday.'),
  time('month', 'Calendar month, by its first day.'),
  column('channel', 'Channel by which the visit came.', '(none)'),
  {
    kind: 'text',
    name: 'side',
    description: 'Search, Social or Other, by the question’s `sides`.',
    absent: '(none)',
    sql: { hits: ({ parameters, sides }) => sideSql(sides, parameters) },
  },
  column('source', 'Where the visit came from (google, instagram.com, …).', '(none)'),
  column('medium', 'utm_medium, or what stands for it.', '(none)'),
  column('campaign', 'utm_campaign.', '(none)'),
  column('term', 'utm_term.', '(none)'),
  column('content', 'utm_content.', '(none)'),
  column('platform', 'Platform that the link was made for, as it was at the click.', '(none)'),
  column('placement', 'Placement that the link was made for (bio, story sticker, pin, …).', '(none)'),
  column('post', 'Id of the post that the link was made for.', '(none)', 'post_id'),
  column('campaign_id', 'Id of the campaign that the link belongs to.', '(none)'),
  column('landing_page', 'Host and path of the page, or of the destination a click was sent to.', '(none)'),
  column('link', 'Short link as domain/slug.', '(none)'),
  column('country', 'Country by network address, ISO 3166-1 alpha-2.', '(unknown)'),
  column('device', 'Kind of device.', '(unknown)'),
  column('browser', 'Browser.', '(unknown)'),
  column('os', 'Operating system.', '(unknown)'),
  column(
    'traffic',
    'Who sent the hit: person, bot, preview, prefetch or head. Naming it counts all of them.',
    '(unknown)',
  ),
  column(
    'outcome',
    'What a click got: redirected, unknown, expired, … Naming it counts all; pageviews have none.',
    '(none)',
  ),
]

export const DIMENSIONS: ReadonlyMap<string, Dimension> = new Map(
  DIMENSION_LIST.map((dimension) => [dimension.name, dimension]),
)

/** The dimensions that filters may name. */
export const FILTER_DIMENSIONS: ReadonlyMap<string, TextDimension> = new Map(
  DIMENSION_LIST.flatMap((dimension) => (dimension.kind === 'text' ? [[dimension.name, dimension]] : [])),
)
