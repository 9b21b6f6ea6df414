import { CLICK_IDS } from '../../facts/click-ids.ts'
import { CHANNELS } from '../judged.ts'
import { prepareTest, type ValueProblems } from './prepare.ts'
import { isRecord, type Problems } from './problems.ts'
import {
  absentValue,
  CLOSED_FIELDS,
  type Condition,
  RULE_FIELDS,
  RULE_LIMITS,
  RULE_OPERATORS,
  type RuleField,
  type RuleOperator,
  type Test,
} from './rule.ts'

/** Tests counted over all rules of a list. */
export interface TestCount {
  count: number
}

const FORM = 'A condition is { field, operator, values }, { and: […] }, { or: […] } or { not: … }.'
const UNFIT = /[\p{Cc}\p{Cs}]/u
const CLOSED_OPERATORS: readonly RuleOperator[] = ['is', 'is_not']
const CLOSED_VALUES: Partial<Record<RuleField, readonly string[]>> = {
  channel: CHANNELS,
  click_id_kind: CLICK_IDS.map(({ name }) => name),
}

/** Reads a condition; null where it is wrong, and then `problems` says where and why. */
export function parseCondition(
  input: unknown,
  place: string,
  depth: number,
  problems: Problems,
  tests: TestCount,
): Condition | null {
  if (depth > RULE_LIMITS.depth)
    return problems.add(place, `Conditions may be nested ${RULE_LIMITS.depth} deep.`)
  if (!isRecord(input)) return problems.add(place, FORM)
  const [key = '', ...others] = Object.keys(input)
  if (others.length === 0 && (key === 'and' || key === 'or')) {
    const parts = parseParts(input[key], `${place}.${key}`, depth, problems, tests)
    if (!parts) return null
    return key === 'and' ? { and: parts } : { or: parts }
  }
  if (others.length === 0 && key === 'not') {
    const not = parseCondition(input.not, `${place}.not`, depth + 1, problems, tests)
    return not && { not }
  }
  if ('and' in input || 'or' in input || 'not' in input) return problems.add(place, FORM)
  tests.count++
  // Said once: a list of thousands would fill the answer.
  if (tests.count === RULE_LIMITS.tests + 1)
    return problems.add(place, `All rules together hold at most ${RULE_LIMITS.tests} tests.`)
  return tests.count > RULE_LIMITS.tests ? null : parseTest(input, place, problems)
}

function parseParts(
  input: unknown,
  place: string,
  depth: number,
  problems: Problems,
  tests: TestCount,
): Condition[] | null {
  if (!Array.isArray(input) || input.length === 0)
    return problems.add(place, 'A group is a list of at least one condition.')
  const parts = input.map((part, index) =>
    parseCondition(part, `${place}[${index}]`, depth + 1, problems, tests),
  )
  return parts.every((part) => part !== null) ? parts : null
}

function parseTest(input: Record<string, unknown>, place: string, problems: Problems): Test | null {
  problems.unknownKeys(input, ['field', 'operator', 'values'], place)
  const field = RULE_FIELDS.find((name) => name === input.field)
  const operator = RULE_OPERATORS.find((name) => name === input.operator)
  if (!field) problems.add(`${place}.field`, 'There is no such field to test.', RULE_FIELDS)
  if (!operator) problems.add(`${place}.operator`, 'There is no such operator.', RULE_OPERATORS)
  if (!field || !operator) return null
  if (CLOSED_FIELDS.has(field) && !CLOSED_OPERATORS.includes(operator))
    return problems.add(`${place}.operator`, `${field} is one of a closed list.`, CLOSED_OPERATORS)
  const values = parseValues(input.values, { field, operator }, `${place}.values`, problems)
  if (!values) return null
  const test: Test = { field, operator, values }
  const wrong: ValueProblems = []
  prepareTest(test, wrong)
  for (const { index, message } of wrong)
    problems.add(
      `${place}.values[${index}]`,
      operator === 'matches' ? `This pattern cannot be used: ${message}.` : message,
    )
  return wrong.length === 0 ? test : null
}

function parseValues(
  input: unknown,
  { field, operator }: Pick<Test, 'field' | 'operator'>,
  place: string,
  problems: Problems,
): string[] | null {
  const isPattern = operator === 'matches'
  const most = isPattern ? RULE_LIMITS.patterns : RULE_LIMITS.values
  const longest = isPattern ? RULE_LIMITS.patternLength : RULE_LIMITS.valueLength
  const closed = CLOSED_VALUES[field]
  if (!Array.isArray(input) || input.length === 0)
    return problems.add(place, 'The values are a list of at least one text.')
  if (input.length > most) return problems.add(place, `${operator} takes at most ${most} values.`)
  const values = input.map((value: unknown, index) => {
    const at = `${place}[${index}]`
    if (typeof value !== 'string') return problems.add(at, 'A value is a text.')
    const text = isPattern ? value : value.trim()
    if (text === '')
      return problems.add(at, `An empty value finds nothing; what is absent is ${absentValue(field)}.`)
    if (text.length > longest) return problems.add(at, `This is longer than ${longest} characters.`)
    if (UNFIT.test(text))
      return problems.add(at, 'Control characters cannot be compared; patterns write \\t and \\n.')
    if (closed && text !== absentValue(field) && !closed.includes(text))
      return problems.add(at, `There is no ${field} of this name.`, closed)
    return text
  })
  return values.every((value) => value !== null) ? values : null
}
