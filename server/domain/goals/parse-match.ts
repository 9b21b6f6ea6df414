import { MAX_PATTERN_LENGTH, parsePagePattern, targetPattern } from '../pages/page-pattern.ts'
import { PatternError } from '../rules/pattern.ts'
import { prepareTest, type ValueProblems } from '../rules/prepare.ts'
import { isRecord, type Problems } from '../rules/problems.ts'
import { textOf } from '../site-list.ts'
import {
  GOAL_LIMITS,
  type GoalMatch,
  MATCH_TYPES,
  PROP_OPERATORS,
  type PropTest,
  type SingleMatch,
  type TARGET_TYPES,
} from './goal.ts'

const UNFIT = /[\p{Cc}\p{Cs}]/u
const SINGLE_TYPES = MATCH_TYPES.filter((type) => type !== 'any' && type !== 'external')

/** Reads what reaches a goal; null where it is wrong, and then `problems` says where and why. */
export function parseMatch(input: unknown, place: string, problems: Problems): GoalMatch | null {
  if (!isRecord(input)) return problems.add(place, 'Say what reaches the goal: { type, … }.')
  const type = MATCH_TYPES.find((one) => one === input.type)
  if (type === 'external') {
    problems.unknownKeys(input, ['type'], place)
    return { type }
  }
  if (type !== 'any') return parseSingle(input, place, MATCH_TYPES, problems)
  problems.unknownKeys(input, ['type', 'of'], place)
  const { of: ways } = input
  if (!Array.isArray(ways) || ways.length === 0 || ways.length > GOAL_LIMITS.ways)
    return problems.add(`${place}.of`, `This is a list of 1 to ${GOAL_LIMITS.ways} ways to reach the goal.`)
  const read = ways.map((way, index) => {
    const at = `${place}.of[${index}]`
    return isRecord(way)
      ? parseSingle(way, at, SINGLE_TYPES, problems)
      : problems.add(at, 'This is { type, … }.')
  })
  return read.every((way) => way !== null) ? { type, of: read } : null
}

function parseSingle(
  input: Record<string, unknown>,
  place: string,
  allowed: readonly string[],
  problems: Problems,
): SingleMatch | null {
  const type = SINGLE_TYPES.find((one) => one === input.type)
  if (!type) return problems.add(`${place}.type`, 'There is no such kind of goal.', allowed)
  if (type === 'page') {
    problems.unknownKeys(input, ['type', 'page'], place)
    const page = pageOf(input.page ?? '', `${place}.page`, problems)
    return page === null ? null : { type, page }
  }
  const page = input.page === undefined ? undefined : pageOf(input.page, `${place}.page`, problems)
  if (type === 'event') {
    problems.unknownKeys(input, ['type', 'name', 'page', 'props'], place)
    const name = textOf(input.name, GOAL_LIMITS.nameLength, `${place}.name`, problems)
    const props = input.props === undefined ? undefined : propsOf(input.props, `${place}.props`, problems)
    if (name === null || page === null || props === null) return null
    return { type, name, ...(page !== undefined && { page }), ...(props?.length && { props }) }
  }
  problems.unknownKeys(input, ['type', 'target', 'page'], place)
  const target =
    input.target === undefined ? undefined : targetOf(type, input.target, `${place}.target`, problems)
  if (target === null || page === null) return null
  return { type, ...(target !== undefined && { target }), ...(page !== undefined && { page }) }
}

function pageOf(input: unknown, place: string, problems: Problems): string | null {
  const pattern = parsePagePattern(typeof input === 'string' ? input : '')
  return pattern.ok ? pattern.value : problems.add(place, pattern.message)
}

function targetOf(
  type: (typeof TARGET_TYPES)[number],
  input: unknown,
  place: string,
  problems: Problems,
): string | null {
  if (type === 'mail')
    return problems.add(place, 'E-mail addresses are not kept, so they cannot be told apart.')
  const text = textOf(input, MAX_PATTERN_LENGTH, place, problems)
  if (text === null) return null
  // Telephone numbers are kept as they are dialled.
  const pattern = type === 'tel' ? text.replace(/^tel:/i, '').replace(/[\s()./-]/g, '') : text
  try {
    targetPattern(pattern)
    return pattern
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return problems.add(place, `This pattern cannot be used: ${error.message}.`)
  }
}

function propsOf(input: unknown, place: string, problems: Problems): PropTest[] | null {
  if (!Array.isArray(input) || input.length > GOAL_LIMITS.props)
    return problems.add(place, `This is a list of at most ${GOAL_LIMITS.props} conditions.`)
  const read = input.map((one, index) => propOf(one, `${place}[${index}]`, problems))
  return read.every((test) => test !== null) ? read : null
}

function propOf(input: unknown, place: string, problems: Problems): PropTest | null {
  if (!isRecord(input)) return problems.add(place, 'A condition is { key, operator, values }.')
  problems.unknownKeys(input, ['key', 'operator', 'values'], place)
  const key = textOf(input.key, GOAL_LIMITS.propKeyLength, `${place}.key`, problems)
  const operator = PROP_OPERATORS.find((one) => one === input.operator)
  if (!operator) problems.add(`${place}.operator`, 'There is no such operator.', PROP_OPERATORS)
  const values = valuesOf(input.values, `${place}.values`, problems)
  if (key === null || !operator || !values) return null
  const wrong: ValueProblems = []
  prepareTest({ field: 'source', operator, values }, wrong)
  for (const { index, message } of wrong)
    problems.add(`${place}.values[${index}]`, `This pattern cannot be used: ${message}.`)
  return wrong.length === 0 ? { key, operator, values } : null
}

function valuesOf(input: unknown, place: string, problems: Problems): string[] | null {
  if (!Array.isArray(input) || input.length === 0 || input.length > GOAL_LIMITS.propValues)
    return problems.add(place, `The values are a list of 1 to ${GOAL_LIMITS.propValues} texts.`)
  const values = input.map((value: unknown, index) => {
    const at = `${place}[${index}]`
    if (typeof value !== 'string' || value === '')
      return problems.add(at, 'A value is a text, and not empty.')
    if (value.length > GOAL_LIMITS.propValueLength)
      return problems.add(at, `This is longer than ${GOAL_LIMITS.propValueLength} characters.`)
    return UNFIT.test(value) ? problems.add(at, 'Control characters cannot be compared.') : value
  })
  return values.every((value) => value !== null) ? values : null
}
