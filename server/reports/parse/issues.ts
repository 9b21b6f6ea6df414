import type { z } from 'zod'
import { type FieldProblem, fieldName, shown } from '../problems.ts'

type Issue = z.core.$ZodIssue

/** What zod found, each by its field; of a union, what is wrong within the branch that was meant. */
export function issueProblems(issue: Issue, place: readonly PropertyKey[] = []): FieldProblem[] {
  const path = [...place, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldName([...path, key]),
      message: `There is no field ${shown(key)}.`,
    }))
  }
  if (issue.code === 'invalid_union') {
    const inside = issue.errors.find((issues) =>
      issues.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
    )
    if (inside) return inside.flatMap((inner) => issueProblems(inner, path))
    const allowed = issue.errors
      .flat()
      .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []))
    return [{ field: fieldName(path), message: issue.message, allowed }]
  }
  const allowed = issue.code === 'invalid_value' ? issue.values.map(String) : null
  return [{ field: fieldName(path), message: issue.message, ...(allowed && { allowed }) }]
}
