import type { Rule } from '../domain/rules/rule.ts'
import type { Site } from '../domain/site.ts'
import { localDays } from '../domain/time/local-day.ts'
import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import type { DateRange } from './contract.ts'
import { Parameters } from './parameters.ts'
import { periodSql } from './plan/plan.ts'
import { STANDARD_DEFAULTS } from './registry/hit-metrics.ts'
import { BASE_CHANNEL, BASE_SOURCE, firstRuleSql } from './rule-sql.ts'
import { availableDays, readSnapshot, type Snapshot } from './snapshot.ts'
import { resolveRange } from './time/date-range.ts'
import type { Period } from './time/period.ts'
import { sentenceOf } from './trial-sentence.ts'

/** A rule that need not have been saved. */
export type TriedRule = Omit<Rule, 'id'>

/** What a list of rules would change of what is stored, had it been in force. Only people count. */
export interface RuleTrial {
  /** One sentence that says it all: `Would move 1,204 arrivals from Referral to Partners.` */
  sentence: string
  /** Which label becomes which, most arrivals and clicks first; at most `MAX_MOVES`. */
  moves: Move[]
  /** How many there are in all. */
  totalMoves: number
  totals: {
    /** Everything in the range. */
    all: Counts
    /** What would get another channel or source. */
    moved: Counts
  }
  /** What each rule would take, in the order of the list: a rule behind a wider one takes nothing. */
  rules: (Counts & { name: string; enabled: boolean })[]
  meta: { timezone: string; from: string; to: string }
}

export interface Move extends Counts {
  from: Label
  to: Label
  /** Place in the list, from 0, of the rule that takes these; null where the built-in rules get them back. */
  rule: number | null
}

export interface Label {
  channel: string
  /** Empty where there is none. */
  source: string
}

export interface Counts {
  /** Entry pageviews. */
  arrivals: number
  /** Clicks that a redirect answered. */
  clicks: number
}

export interface TrialContext {
  warehouse: Warehouse
  site: Pick<Site, 'id' | 'timezone'>
  /** Unix milliseconds. */
  now: number
  signal?: AbortSignal
}

export const MAX_MOVES = 500

/**
 * Tries rules against what is stored, without saving anything. What the built-in rules said of each hit is kept beside
 * what was made of it, so rules that are in force now do not stand in the way.
 *
 * @throws {QuestionError} for dates that cannot be used.
 * @throws {WarehouseError} where the warehouse is away, the range is too heavy (`limit`), or the signal was given.
 */
export async function tryRules(
  rules: readonly TriedRule[],
  dateRange: DateRange,
  { warehouse, site, now, signal }: TrialContext,
): Promise<RuleTrial> {
  const options: QueryOptions = signal ? { signal } : {}
  const zone = localDays(site.timezone)
  const snapshot = await readSnapshot(warehouse, site.id, options)
  const period = resolveRange(dateRange, { zone, now, available: availableDays(snapshot) })
  const parameters = new Parameters()
  const byChannel = await warehouse.query<ChannelRow>(
    trialSql(labelled(rules, snapshot, period, parameters)),
    parameters.values,
    options,
  )
  const moved = byChannel.filter((row) => row.moved === 1)
  return {
    sentence: sentenceOf(moved),
    moves: moved.flatMap(movesOf).sort(largestFirst).slice(0, MAX_MOVES),
    totalMoves: moved.reduce((total, { labels }) => total + labels, 0),
    totals: { all: sum(byChannel), moved: sum(moved) },
    rules: rules.map(({ name, enabled }, index) => ({
      name,
      enabled,
      ...sum(byChannel.filter((row) => row.rule === index + 1)),
    })),
    meta: { timezone: site.timezone, from: period.from, to: period.to },
  }
}

/** A channel's arrivals and clicks by the rule that takes them; small, whatever the number of sources. */
export interface ChannelRow extends Counts {
  /** Position from 1; 0 for hits that no rule takes. */
  rule: number
  from_channel: string
  to_channel: string
  /** 1 where channel or source change. */
  moved: number
  /** How many pairs of sources there are, before and after. */
  labels: number
  /** The largest of them where they moved, as (−size, source before, source after, arrivals, clicks). */
  largest: [number, string, string, number, number][]
}

function movesOf({ rule, from_channel, to_channel, largest }: ChannelRow): Move[] {
  return largest.map(([, from_source, to_source, arrivals, clicks]) => ({
    from: { channel: from_channel, source: from_source },
    to: { channel: to_channel, source: to_source },
    rule: rule === 0 ? null : rule - 1,
    arrivals,
    clicks,
  }))
}

function largestFirst(a: Move, b: Move): number {
  const key = ({ from, to }: Move) => JSON.stringify([from, to])
  return b.arrivals + b.clicks - a.arrivals - a.clicks || (key(a) < key(b) ? -1 : 1)
}

/** One pass over the hits: by label, and those by channel with the largest labels of each. */
function trialSql(labels: string): string {
  return `SELECT rule, from_channel, to_channel, toUInt8(from_channel != to_channel OR from_source != to_source) AS moved,
      sum(label_arrivals) AS arrivals, sum(label_clicks) AS clicks, count() AS labels,
      groupArraySortedIf(${MAX_MOVES})((-toInt64(label_arrivals + label_clicks), from_source, to_source, label_arrivals, label_clicks), moved) AS largest
    FROM (
      SELECT rule, from_channel, from_source, to_channel, to_source,
        countIf(kind = 'pageview') AS label_arrivals, countIf(kind = 'click') AS label_clicks
      FROM (${labels})
      GROUP BY rule, from_channel, from_source, to_channel, to_source
    )
    GROUP BY rule, from_channel, to_channel, moved`
}

/** People's arrivals and clicks of a period, each with its label as it is and as the rules would make it. */
function labelled(
  rules: readonly TriedRule[],
  snapshot: Snapshot,
  period: Period,
  parameters: Parameters,
): string {
  const { people, redirected } = STANDARD_DEFAULTS
  const named = (pick: (rule: TriedRule) => string | undefined, base: string): string => {
    const positions = rules.flatMap((rule, index) => (pick(rule) === undefined ? [] : [index + 1]))
    if (positions.length === 0) return `toString(${base})`
    const names = rules.flatMap((rule) => pick(rule) ?? [])
    const from = parameters.bind('Array(UInt16)', positions)
    return `transform(rule, ${from}, ${parameters.bind('Array(String)', names)}, toString(${base}))`
  }
  return `SELECT kind, toUInt16(${firstRuleSql(rules, parameters)}) AS rule,
       toString(channel) AS from_channel, toString(source) AS from_source,
       ${named((rule) => rule.then.channel, BASE_CHANNEL)} AS to_channel,
       ${named((rule) => rule.then.source, BASE_SOURCE)} AS to_source
     FROM hits WHERE ${periodSql({ snapshot }, { period }, parameters)}
       AND ${people} AND ((kind = 'pageview' AND entry = 1) OR (kind = 'click' AND ${redirected}))`
}

function sum(rows: readonly Counts[]): Counts {
  return rows.reduce<Counts>(
    (total, { arrivals, clicks }) => ({ arrivals: total.arrivals + arrivals, clicks: total.clicks + clicks }),
    { arrivals: 0, clicks: 0 },
  )
}
