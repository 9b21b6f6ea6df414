import type { Sides } from '../contract.ts'
import type { FieldProblem } from '../problems.ts'

/** Names of a list that stand in it before. */
export function repeated(names: readonly string[], field: string): FieldProblem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) < index ? [{ field: `${field}[${index}]`, message: `${name} is named twice.` }] : [],
  )
}

/** Channels of sides of the analyst's own that are named twice. */
export function onBothSides(sides: Sides): FieldProblem[] {
  if (typeof sides === 'string') return []
  return [
    ...repeated(sides.search, 'sides.search'),
    ...repeated(sides.social, 'sides.social'),
    ...sides.social.flatMap((channel, index) =>
      sides.search.includes(channel)
        ? [{ field: `sides.social[${index}]`, message: `${channel} stands on both sides.` }]
        : [],
    ),
  ]
}
