import { names, type Question } from '../question.ts'
import { type Dimension, OF_CONVERSIONS_ALONE } from '../registry/dimensions.ts'
import { countedRows, type Figure, type Metric, type Table } from '../registry/metric.ts'
import { conditionsSql, labelSql, onlyAbout } from './conditions.ts'
import { hostSql, LANDING_PAGE } from './hosts.ts'
import { type PeriodPlan, positionSql } from './plan.ts'
import { scopeOf, termsOf, type Writing } from './scope.ts'
import { sourceOf } from './sources.ts'

/*
 * A question's metrics are made of figures, counted table by table: each table gives the dimensions d0, d1 … and its own
 * figures f0, f1 …; laid over one another by the dimensions they make a row's metrics m0, m1 …
 */

/** The figures of one table. */
interface Part {
  table: Table
  /** They are not asked for by what only conversions have, though the question names it. */
  regardless: boolean
  figures: Figure[]
}

/**
 * The metrics of one period: d0 … and m0 …, in no order. A row that only holds what no metric asked for looks at is no
 * row.
 */
export function metricsSql(writing: Writing, period: PeriodPlan): string {
  const { question } = writing.plan
  const figures = [...new Set(question.metrics.flatMap((metric) => metric.figures))]
  const parts = partsOf(figures, question)
  const [only] = parts
  const rows =
    parts.length === 1 && only
      ? partSql(writing, period, only, countedSql(writing, period, only, figures))
      : overlaid(writing, period, parts, figures)
  const metrics = question.metrics.map((metric, index) => {
    const value = metric.value(metric.figures.map((figure) => figureColumn(figures, figure)))
    return `${whereMeasured(writing, period, metric, value)} AS m${index}`
  })
  return `SELECT ${[...columnsOf(question), ...metrics].join(', ')} FROM (${rows})`
}

function partsOf(figures: readonly Figure[], question: Question): Part[] {
  const namesConversions = [...OF_CONVERSIONS_ALONE].some((name) => names(question, name))
  const parts = new Map<string, Part>()
  for (const figure of figures) {
    const { table } = figure
    const regardless = namesConversions && figure.regardless === true
    const key = `${table} ${regardless}`
    const part = parts.get(key) ?? { table, regardless, figures: [] }
    part.figures.push(figure)
    parts.set(key, part)
  }
  return [...parts.values()]
}

/** Figures of several tables beside one another: a row holds what any of them has for its dimensions. */
function overlaid(
  writing: Writing,
  period: PeriodPlan,
  parts: readonly Part[],
  figures: readonly Figure[],
): string {
  const { question } = writing.plan
  const columns = columnsOf(question)
  const tables = parts.map((part) => {
    const counted = countedSql(writing, period, part, figures).map((column) =>
      column === null ? 'NULL' : `toFloat64(${column})`,
    )
    return partSql(writing, period, part, counted, 'p')
  })
  const laid = (to: string) => figures.map((_, index) => `max(p${index}) AS ${to}${index}`)
  const rows = `FROM (${tables.join('\nUNION ALL\n')})`
  const kept = columns.filter((_, index) => !isOfConversions(question.dimensions[index]))
  if (kept.length === columns.length) {
    const groups = columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')}`
    return `SELECT ${[...columns, ...laid('f')].join(', ')} ${rows}${groups}`
  }
  // Sessions are the same beside each goal of a row: they come in rows of their own, and go to their neighbours.
  const over = kept.length === 0 ? '()' : `(PARTITION BY ${kept.join(', ')})`
  const beside = figures.map((figure, index) =>
    figure.regardless ? `maxIf(q${index}, regardless) OVER ${over} AS f${index}` : `q${index} AS f${index}`,
  )
  const grouped = `SELECT ${[...columns, 'regardless', ...laid('q')].join(', ')} ${rows} GROUP BY ${[...columns, 'regardless'].join(', ')}`
  const spread = `SELECT ${[...columns, 'regardless', ...beside].join(', ')} FROM (${grouped})`
  return `SELECT * EXCEPT (regardless) FROM (${spread}) WHERE NOT regardless`
}

/** What a part says of each figure; null for those of other parts. */
function countedSql(
  writing: Writing,
  period: PeriodPlan,
  { figures: own }: Part,
  figures: readonly Figure[],
): (string | null)[] {
  const terms = termsOf(writing, period)
  return figures.map((figure) =>
    own.includes(figure) ? figure.aggregate(countedRows(figure, terms), terms) : null,
  )
}

/** The figures of one table by the dimensions. */
function partSql(
  writing: Writing,
  period: PeriodPlan,
  { table, regardless, figures }: Part,
  counted: readonly (string | null)[],
  prefix = 'f',
): string {
  const { question } = writing.plan
  const scope = scopeOf(writing, period)
  const terms = termsOf(writing, period)
  const { from, where } = sourceOf(writing, period, table)
  const split = question.dimensions.map((dimension, index) => {
    const isLeftOut = regardless && isOfConversions(dimension)
    return `${isLeftOut ? "''" : dimensionColumn(writing, period, dimension, table)} AS d${index}`
  })
  const mark = question.dimensions.some(isOfConversions)
    ? [`toBool(${Number(regardless)}) AS regardless`]
    : []
  const columns = counted.flatMap((column, index) =>
    column === null ? [] : [`${column} AS ${prefix}${index}`],
  )
  const looked = new Set(figures.map((figure) => `(${countedRows(figure, terms)})`))
  const asked = regardless
    ? onlyAbout((name) => !OF_CONVERSIONS_ALONE.has(name), question.conditions, table, scope)
    : conditionsSql(question.conditions, table, scope)
  const groups = columnsOf(question)
  return (
    `SELECT ${[...split, ...mark, ...columns].join(', ')} FROM ${from}\n` +
    `WHERE ${where} AND ${asked} AND (${[...looked].join(' OR ')})` +
    (groups.length === 0 ? '' : `\nGROUP BY ${groups.join(', ')}`)
  )
}

function columnsOf({ dimensions }: Pick<Question, 'dimensions'>): string[] {
  return dimensions.map((_, index) => `d${index}`)
}

function isOfConversions(dimension: Dimension | undefined): boolean {
  return dimension !== undefined && OF_CONVERSIONS_ALONE.has(dimension.name)
}

function dimensionColumn(writing: Writing, period: PeriodPlan, dimension: Dimension, table: Table): string {
  if (dimension.kind === 'time') return `toInt64(${positionSql(writing.plan, period, writing.parameters)})`
  return `toString(${labelSql(dimension, table, scopeOf(writing, period))})`
}

function figureColumn(figures: readonly Figure[], figure: Figure): string {
  const column = `f${figures.indexOf(figure)}`
  return figure.none === null ? column : `ifNull(${column}, 0)`
}

/** A figure of pages, null on the rows of landing pages whose host sent none. */
function whereMeasured(writing: Writing, { pages }: PeriodPlan, metric: Metric, value: string): string {
  if (!pages) return value
  const { plan, parameters } = writing
  if (metric.ofMeasured && pages.hosts.length === 0) return 'NULL'
  const page = plan.question.dimensions.findIndex(({ name }) => name === LANDING_PAGE)
  if (!metric.ofPages || page < 0) return value
  return `if(${hostSql(`d${page}`)} IN ${parameters.bind('Array(String)', pages.hosts)}, ${value}, NULL)`
}
