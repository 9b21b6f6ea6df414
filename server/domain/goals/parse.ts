import { isRecord, Problems, type RuleProblem } from '../rules/problems.ts'
import { textOf, uniqueIds, wholeId } from '../site-list.ts'
import { GOAL_COUNTS, GOAL_LIMITS, type GoalDraft, type GoalValue } from './goal.ts'
import { parseMatch } from './parse-match.ts'

export type ParsedGoals =
  | { ok: true; items: GoalDraft[] }
  /** Everything that is wrong, each by its place: `goals[2].match.page`. */
  | { ok: false; problems: readonly RuleProblem[] }

const GOAL_KEYS = ['id', 'name', 'template', 'match', 'value', 'count']
const VALUE_TYPES = ['none', 'fixed', 'event'] as const
const DECIMALS = 4

/**
 * Reads a list of goals. Where they are left out, `value` is none, `count` is `session` and `template` null.
 *
 * @param place the list's own name
 * @param templates ids of the templates that there are
 */
export function parseGoals(input: unknown, place: string, templates: readonly string[]): ParsedGoals {
  const problems = new Problems()
  if (!Array.isArray(input)) {
    problems.add(place, 'The goals are a list.')
    return { ok: false, problems: problems.all }
  }
  if (input.length > GOAL_LIMITS.goals) problems.add(place, `A site has at most ${GOAL_LIMITS.goals} goals.`)
  const items = input
    .slice(0, GOAL_LIMITS.goals)
    .flatMap((goal, index) => parseGoal(goal, `${place}[${index}]`, templates, problems) ?? [])
  if (problems.all.length === 0) {
    uniqueIds(items, place, problems)
    uniqueNames(items, place, problems)
    if (JSON.stringify(items).length > GOAL_LIMITS.listLength)
      problems.add(place, `All goals together are longer than ${GOAL_LIMITS.listLength / 1024} kB.`)
  }
  return problems.all.length === 0 ? { ok: true, items } : { ok: false, problems: problems.all }
}

function parseGoal(
  input: unknown,
  place: string,
  templates: readonly string[],
  problems: Problems,
): GoalDraft | null {
  if (!isRecord(input)) return problems.add(place, 'A goal is { name, match }, perhaps with value and count.')
  problems.unknownKeys(input, GOAL_KEYS, place)
  const id = wholeId(input.id, `${place}.id`, problems)
  const name = textOf(input.name, GOAL_LIMITS.nameLength, `${place}.name`, problems)
  // Answers show what is absent in brackets.
  if (name === '(none)') problems.add(`${place}.name`, 'This is how reports show that there is no goal.')
  const template = input.template ?? null
  const known = template === null ? null : templates.find((one) => one === template)
  if (known === undefined) problems.add(`${place}.template`, 'There is no such template.', templates)
  const count = GOAL_COUNTS.find((one) => one === (input.count ?? 'session'))
  if (!count) problems.add(`${place}.count`, 'Goals are counted once a session, or every time.', GOAL_COUNTS)
  const value = parseValue(input.value, `${place}.value`, problems)
  const match = parseMatch(input.match, `${place}.match`, problems)
  if (id === undefined || name === null || known === undefined || !count || !value || !match) return null
  return { id, name, template: known, match, value, count }
}

function parseValue(input: unknown, place: string, problems: Problems): GoalValue | null {
  if (input === undefined || input === null) return { type: 'none' }
  if (!isRecord(input)) return problems.add(place, 'A value is { type, amount }.')
  problems.unknownKeys(input, ['type', 'amount'], place)
  const type = VALUE_TYPES.find((one) => one === input.type)
  if (!type) return problems.add(`${place}.type`, 'There is no such kind of value.', VALUE_TYPES)
  const { amount } = input
  if (type !== 'fixed') {
    if (amount !== undefined) return problems.add(`${place}.amount`, 'An amount goes with the type fixed.')
    return { type }
  }
  const fits =
    typeof amount === 'number' &&
    amount >= 0 &&
    amount <= GOAL_LIMITS.amount &&
    Number(amount.toFixed(DECIMALS)) === amount
  if (!fits)
    return problems.add(`${place}.amount`, `This is a number of at most ${DECIMALS} decimals, 0 or more.`)
  return { type, amount }
}

function uniqueNames(goals: readonly GoalDraft[], place: string, problems: Problems): void {
  const names = new Set<string>()
  for (const [index, { name }] of goals.entries()) {
    const key = name.toLowerCase()
    if (names.has(key)) problems.add(`${place}[${index}].name`, `Another goal is named "${name}".`)
    names.add(key)
  }
}
