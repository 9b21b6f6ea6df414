import { goalNamed } from '../../domain/goals/goal-named.ts'
import { benjaminiHochberg, holm } from '../../domain/stats/adjust.ts'
import type { Rate } from '../../domain/stats/rate.ts'
import { weekdayAligned, weekdayAlignedInstants } from '../../domain/stats/weekdays.ts'
import type { AnswerContext } from '../answer.ts'
import type { QueryMeta } from '../contract.ts'
import { QuestionError, shown } from '../problems.ts'
import type { Condition } from '../question.ts'
import { OF_CONVERSIONS_ALONE } from '../registry/dimensions.ts'
import { type Counted, comparedSides } from './compared.ts'
import type { CountsCompared, SidesCompared, SplitRow } from './contract.ts'
import { type Count, countEach, countSessions, countTogether, largestValues } from './count.ts'
import type { SidesAsked } from './parse.ts'
import type { Subject } from './sentence.ts'
import { namesOf, subjectOf, whereOf } from './subject.ts'

const DAY_LENGTH = 'YYYY-MM-DD'.length

/** Compares figures of the caller's own. */
export function compareCounts(a: Rate, b: Rate): CountsCompared {
  return comparedSides(a, b, { a: 'A', b: 'B', where: '', goal: '' })
}

/**
 * Compares how often two sets of sessions converted: of the same days, or the same set with the period before.
 *
 * @throws {QuestionError} where dates, patterns or the goal cannot be used.
 * @throws {WarehouseError} as `answerQuestion`.
 */
export async function compareSides(asked: SidesAsked, context: AnswerContext): Promise<SidesCompared> {
  const goal = await goalAsked(asked.goal, context)
  const { question } = asked
  const a: Count = { question, goal, conditions: asked.a.conditions }
  // Which days the period before is of hangs on what the range turns out to be; another side need not wait for it.
  const first = countTogether(a, context)
  const baseline = asked.b === null ? periodBefore((await first).meta) : null
  const b: Count = {
    question,
    goal,
    conditions: (asked.b ?? asked.a).conditions,
    ...(baseline && { dateRange: baseline }),
  }
  const [ofA, ofB, onBoth] = await Promise.all([
    first,
    countTogether(b, context),
    baseline || areApart(a.conditions, b.conditions)
      ? 0
      : countSessions({ ...a, conditions: [...a.conditions, ...b.conditions] }, context),
  ])
  const names = namesOf(asked)
  const subject = subjectOf(asked, names, goal, { a: ofA.meta, b: ofB.meta })
  const whole = comparedSides(ofA.counted, ofB.counted, subject)
  const split = asked.split && (await splitRows(asked, asked.split, { a, b }, subject, context))
  return {
    ...whole,
    a: { name: names.a, ...whole.a },
    b: { name: names.b, ...whole.b },
    ...(split && { split: split.rows }),
    meta: {
      ...ofA.meta,
      rulesVersion: Math.max(ofA.meta.rulesVersion, ofB.meta.rulesVersion),
      totalRows: split ? split.total : 1,
      warnings: warnings(ofA.meta, ofB.meta, onBoth, baseline),
      baseline,
    },
  }
}

async function goalAsked(name: string | null, { goals }: AnswerContext): Promise<string | null> {
  if (name === null) return null
  const known = (await goals?.()) ?? []
  const goal = goalNamed(name, known)
  if (goal) return goal.name
  const message = `The site has no goal ${shown(name)}.`
  throw new QuestionError([{ field: 'goal', message, allowed: known.map((one) => one.name) }])
}

function periodBefore({ from, to, timezone }: QueryMeta): [from: string, to: string] {
  const before =
    from.length === DAY_LENGTH ? weekdayAligned({ from, to }) : weekdayAlignedInstants({ from, to }, timezone)
  return [before.from, before.to]
}

/**
 * The comparison for each of the values with most sessions. They are chosen without a look at conversions, so that
 * the list holds what is large, not what differs.
 */
async function splitRows(
  { question, limit }: SidesAsked,
  dimension: NonNullable<SidesAsked['split']>,
  { a, b }: { a: Count; b: Count },
  subject: Subject,
  context: AnswerContext,
): Promise<{ rows: SplitRow[]; total: number }> {
  const either: Condition = { kind: 'group', operator: 'or', parts: [together(a), together(b)] }
  const { values, total } = await largestValues({ ...a, conditions: [either] }, dimension, limit, context)
  if (values.length === 0) return { rows: [], total }
  const [ofA, ofB] = await Promise.all([
    countEach(a, dimension, values, context),
    countEach(b, dimension, values, context),
  ])
  const none: Counted = { k: 0, n: 0 }
  const compare = (key: string, among?: Subject['among']) =>
    comparedSides(ofA.get(key) ?? none, ofB.get(key) ?? none, {
      ...subject,
      where: whereOf([...question.filters, ['is', dimension.name, [key]]]),
      ...(among && { among }),
    })
  const tested = values.flatMap((key) => {
    const { p } = compare(key).test
    return p === null ? [] : [{ key, p }]
  })
  const p = tested.map((one) => one.p)
  const [byHolm, byBenjamini] = [holm(p), benjaminiHochberg(p)]
  const rows = values.map((key) => {
    const place = tested.findIndex((one) => one.key === key)
    const adjusted = { holm: byHolm[place] ?? null, benjaminiHochberg: byBenjamini[place] ?? null }
    const among = adjusted.holm === null ? undefined : { tests: tested.length, holm: adjusted.holm }
    return { key, ...compare(key, among), adjusted }
  })
  return { rows, total }
}

/** Whether no session can meet both, as far as one can see: both ask for other values of the same dimension of sessions. */
function areApart(a: readonly Condition[], b: readonly Condition[]): boolean {
  const named = (conditions: readonly Condition[]) =>
    conditions.flatMap((one) =>
      one.kind === 'test' && one.operator.name === 'is' && !OF_CONVERSIONS_ALONE.has(one.dimension.name)
        ? [one]
        : [],
    )
  return named(a).some((one) =>
    named(b).some(
      (other) =>
        one.dimension === other.dimension && one.values.every((value) => !other.values.includes(value)),
    ),
  )
}

function together({ conditions }: Count): Condition {
  return { kind: 'group', operator: 'and', parts: conditions }
}

function warnings(
  a: QueryMeta,
  b: QueryMeta,
  onBoth: number,
  baseline: SidesCompared['meta']['baseline'],
): string[] {
  const found = [...new Set([...a.warnings, ...b.warnings])]
  const since = a.available?.from
  if (baseline && since !== undefined && baseline[0].slice(0, DAY_LENGTH) < since)
    found.push(`The period before begins on ${baseline[0]}, and the site’s data only on ${since}.`)
  if (onBoth > 0) {
    const sessions = onBoth === 1 ? '1 session stands' : `${onBoth} sessions stand`
    found.push(
      `${sessions} on both sides: interval, test and probability take the sides as different sessions.`,
    )
  }
  if (a.rulesVersion !== b.rulesVersion)
    found.push(
      `The sides were judged by different versions of the rules (${a.rulesVersion} and ${b.rulesVersion}): part of the difference may be theirs.`,
    )
  return found
}
