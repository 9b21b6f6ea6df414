import type { PageKind } from '../../domain/pages/page-kind.ts'
import type { GoalWriter } from '../goal-sql.ts'
import type { Parameters } from '../parameters.ts'
import type { TimeUnit } from '../time/buckets.ts'
import type { Metric, Table } from './metric.ts'
import { type SideChannels, sideSql } from './sides.ts'

/** What a dimension's SQL may depend on. */
export interface SqlScope {
  parameters: Parameters
  goals: GoalWriter
  sides: SideChannels
  /** Who sent a row of `hits`; a prefetched click that landed was a person's. */
  traffic: string
  pageKinds: readonly PageKind[]
}

/** How a value shows that a hit does not have, or that nobody can know. */
export type Absent = '(none)' | '(unknown)'

/** Tables that a dimension may exist for; what a session has its conversions have too. */
export type SplitTable = 'hits' | 'sessions' | 'conversions'

/** A text by which figures may be split and filtered. */
export interface TextDimension {
  kind: 'text'
  name: string
  description: string
  absent: Absent
  /** The text by table, empty where it is absent; only for the tables that have it. */
  sql: Partial<Record<SplitTable, (scope: SqlScope) => string>>
  /** What it needs to know of the visit that a conversion belongs to. */
  about: readonly string[]
}

/** A time axis. It splits figures by position on the axis, which the period's buckets label; it filters nothing. */
export interface TimeDimension {
  kind: 'time'
  name: string
  description: string
  unit: TimeUnit
}

export type Dimension = TextDimension | TimeDimension

/** Dimensions that a question about conversions may name without its sessions being split or filtered by them. */
export const OF_CONVERSIONS_ALONE: ReadonlySet<string> = new Set(['goal', 'event'])

/** The tables whose dimensions a table's figures are split by. */
export function splitTable(table: Table): SplitTable {
  return table === 'converting' ? 'conversions' : table
}

/** What a metric is counted over: it may be split and filtered only by dimensions that all of these have. */
export function tablesCounted({ figures }: Pick<Metric, 'figures'>): SplitTable[] {
  return [...new Set(figures.flatMap((one) => (one.regardless ? [] : [splitTable(one.table)])))]
}

/** The tables that a dimension exists for. */
export function tablesOf(dimension: Dimension): SplitTable[] {
  const all: SplitTable[] = ['hits', 'sessions', 'conversions']
  return dimension.kind === 'time' ? all : all.filter((table) => dimension.sql[table])
}

/**
 * The text of a dimension for a row of a table.
 *
 * @throws {Error} for a table that lacks it: `parseQuestion` lets no such question through.
 */
export function dimensionSql(dimension: TextDimension, table: Table, scope: SqlScope): string {
  const sql = dimension.sql[splitTable(table)]
  if (!sql) throw new Error(`${table} have no ${dimension.name}`)
  return sql(scope)
}

function time(unit: TimeUnit, description: string): TimeDimension {
  return { kind: 'time', name: `time:${unit}`, unit, description }
}

function column(name: string, description: string, absent: Absent, columnName = name): TextDimension {
  const sql = () => columnName
  const tables = { hits: sql, sessions: sql, conversions: sql }
  return { kind: 'text', name, description, absent, sql: tables, about: [columnName] }
}

function hitColumn(name: string, description: string, absent: Absent): TextDimension {
  return { kind: 'text', name, description, absent, sql: { hits: () => name }, about: [] }
}

function visitColumn(name: string, description: string): TextDimension {
  const sql = { sessions: () => name, conversions: () => name }
  return { kind: 'text', name, description, absent: '(none)', sql, about: [name] }
}

function conversionColumn(name: string, description: string): TextDimension {
  return { kind: 'text', name, description, absent: '(none)', sql: { conversions: () => name }, about: [] }
}

/** What a site's page kinds say of the page that a click led to or a visit began on. */
function pageKind(name: string, description: string, says: (kind: PageKind) => string): TextDimension {
  const sql = ({ pageKinds, goals, parameters }: SqlScope) => {
    if (pageKinds.length === 0) return "materialize('')"
    const texts = parameters.bind('Array(String)', ['', ...pageKinds.map(says)])
    return `arrayElement(${texts}, 1 + ${goals.pageKind('landing_page', pageKinds)})`
  }
  const tables = { hits: sql, sessions: sql, conversions: sql }
  return { kind: 'text', name, description, absent: '(none)', sql: tables, about: ['landing_page'] }
}

const side = ({ parameters, sides }: SqlScope) => sideSql(sides, parameters)

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
    sql: { hits: side, sessions: side, conversions: side },
    about: ['side', 'side_with_paid', 'channel'],
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
  column(
    'landing_page',
    'Host and path of the page, or of the destination a click was sent to; of a visit, the page that it began on.',
    '(none)',
  ),
  visitColumn('entry_page', 'First page of the visit.'),
  visitColumn('exit_page', 'Last page of the visit.'),
  pageKind('page_kind', 'What the landing page is for, by the site’s page kinds.', ({ kind }) => kind),
  pageKind('page_label', 'The landing page’s label, by the site’s page kinds.', ({ label }) => label),
  column('link', 'Short link as domain/slug.', '(none)'),
  column('country', 'Country by network address, ISO 3166-1 alpha-2.', '(unknown)'),
  column('device', 'Kind of device.', '(unknown)'),
  column('browser', 'Browser.', '(unknown)'),
  column('os', 'Operating system.', '(unknown)'),
  column('in_app', 'The app whose own browser it was.', '(none)'),
  column('referrer', 'Host of the page, or the app, that the visit came from.', '(none)', 'referrer_host'),
  column('consent', 'Whether the visitor had consented: granted, denied or unasked.', '(unknown)'),
  conversionColumn('goal', 'The goal that was reached, by its name.'),
  conversionColumn(
    'event',
    'Name of the event that reached it; the kind of one without a name (tel, outbound, …).',
  ),
  {
    kind: 'text',
    name: 'traffic',
    description: 'Who sent the hit: person, bot, preview, prefetch or head. Naming it counts all of them.',
    absent: '(unknown)',
    sql: { hits: ({ traffic }) => traffic },
    about: [],
  },
  {
    kind: 'text',
    name: 'traffic_reason',
    description:
      'Why a hit is no person’s: bot_list, link_preview, head_request, … Ask for bot_hits by it; people have none.',
    absent: '(none)',
    sql: { hits: ({ traffic }) => `if(${traffic} = 'person', '', traffic_reason)` },
    about: [],
  },
  hitColumn(
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
