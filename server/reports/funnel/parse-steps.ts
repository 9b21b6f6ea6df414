import { parsePagePattern } from '../../domain/pages/page-pattern.ts'
import { isRecord } from '../../domain/rules/problems.ts'
import { issueProblems } from '../parse/issues.ts'
import { type FieldProblem, fieldName } from '../problems.ts'
import type { Condition } from '../question.ts'
import { FILTER_DIMENSIONS } from '../registry/dimensions.ts'
import { OPERATORS } from '../registry/operators.ts'
import type { AskedStep } from './funnel.ts'
import { CLICK_KEYS, stepSchemas } from './schema.ts'

const KINDS = ['click', 'page', 'goal'] as const

/** Reads the steps of a way; what is wrong goes to `problems`, and such a step is left out. */
export function parseSteps(steps: readonly unknown[], problems: FieldProblem[]): AskedStep[] {
  return steps.flatMap((step, index) => parseStep(step, ['steps', index], problems) ?? [])
}

function parseStep(input: unknown, place: PropertyKey[], problems: FieldProblem[]): AskedStep | null {
  const kinds = isRecord(input) ? KINDS.filter((kind) => kind in input) : []
  const [kind] = kinds
  if (!kind || kinds.length > 1) {
    const message = 'A step is one of { click: {…} }, { page: pattern } and { goal: name }.'
    problems.push({ field: fieldName(place), message, allowed: KINDS })
    return null
  }
  if (kind === 'click') {
    const step = stepSchemas.click.safeParse(input)
    if (step.success) return clickStep(step.data.click, place)
    problems.push(...step.error.issues.flatMap((issue) => issueProblems(issue, place)))
  } else if (kind === 'page') {
    const step = stepSchemas.page.safeParse(input)
    if (step.success) return pageStep(step.data.page, place, problems)
    problems.push(...step.error.issues.flatMap((issue) => issueProblems(issue, place)))
  } else {
    const step = stepSchemas.goal.safeParse(input)
    if (step.success) return { kind, name: step.data.goal }
    problems.push(...step.error.issues.flatMap((issue) => issueProblems(issue, place)))
  }
  return null
}

function clickStep(
  asked: { [Key in (typeof CLICK_KEYS)[number]]?: string | undefined },
  place: PropertyKey[],
): AskedStep {
  const operator = OPERATORS.get('is')
  const tests: Condition[] = CLICK_KEYS.flatMap((key) => {
    const value = asked[key]
    const dimension = FILTER_DIMENSIONS.get(key)
    if (value === undefined || !dimension || !operator) return []
    return [
      { kind: 'test', operator, dimension, values: [value], field: fieldName([...place, 'click', key]) },
    ]
  })
  const named = CLICK_KEYS.flatMap((key) => (asked[key] === undefined ? [] : [`${key} ${asked[key]}`]))
  return { kind: 'click', name: named.length === 0 ? 'click' : `click: ${named.join(', ')}`, tests }
}

function pageStep(input: string, place: PropertyKey[], problems: FieldProblem[]): AskedStep | null {
  const pattern = parsePagePattern(input)
  if (pattern.ok) return { kind: 'page', name: pattern.value, page: pattern.value }
  problems.push({ field: fieldName([...place, 'page']), message: pattern.message })
  return null
}
