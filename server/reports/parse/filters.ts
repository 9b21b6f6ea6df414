import type { FieldProblem } from '../problems.ts'
import { fieldName, shown } from '../problems.ts'
import type { Condition } from '../question.ts'
import { FILTER_DIMENSIONS } from '../registry/dimensions.ts'
import { MAX_VALUE_LENGTH, OPERATORS } from '../registry/operators.ts'

/** A filter that stands in the list itself has depth 1; each group around it adds one. */
export const MAX_FILTER_DEPTH = 8
/** Tests in all filters together. */
export const MAX_TESTS = 100

const GROUPS = ['and', 'or', 'not']
const FORM = 'A filter is [operator, dimension, values], ["and" | "or", filters] or ["not", filter].'

/**
 * Reads `filters` into conditions. Everything that is wrong is added to `problems`, named by its place
 * (`filters[2][1]`); a filter that is wrong is left out of the answer.
 */
export function parseFilters(filters: readonly unknown[], problems: FieldProblem[]): Condition[] {
  const reader = new FilterReader(problems)
  return reader.list(filters, ['filters'], 1)
}

class FilterReader {
  readonly #problems: FieldProblem[]
  #tests = 0

  constructor(problems: FieldProblem[]) {
    this.#problems = problems
  }

  list(filters: readonly unknown[], path: PropertyKey[], depth: number): Condition[] {
    return filters.flatMap((filter, index) => this.#filter(filter, [...path, index], depth) ?? [])
  }

  #filter(filter: unknown, path: PropertyKey[], depth: number): Condition | null {
    if (depth > MAX_FILTER_DEPTH) return this.#wrong(path, `Filters may be nested ${MAX_FILTER_DEPTH} deep.`)
    if (!Array.isArray(filter) || filter.length === 0) return this.#wrong(path, FORM)
    const [operator]: unknown[] = filter
    if (typeof operator === 'string' && GROUPS.includes(operator)) {
      if (filter.length !== 2) return this.#wrong(path, FORM)
      return operator === 'not'
        ? this.#not(filter[1], path, depth)
        : this.#group(operator, filter[1], path, depth)
    }
    return this.#test(filter, path)
  }

  #group(operator: string, parts: unknown, path: PropertyKey[], depth: number): Condition | null {
    const place = [...path, 1]
    if (!Array.isArray(parts) || parts.length === 0)
      return this.#wrong(place, 'A group needs a list of filters.')
    return {
      kind: 'group',
      operator: operator === 'or' ? 'or' : 'and',
      parts: this.list(parts, place, depth + 1),
    }
  }

  #not(part: unknown, path: PropertyKey[], depth: number): Condition | null {
    const condition = this.#filter(part, [...path, 1], depth + 1)
    return condition && { kind: 'not', part: condition }
  }

  #test(filter: readonly unknown[], path: PropertyKey[]): Condition | null {
    const [operatorName, dimensionName, values] = filter
    const operator = OPERATORS.get(String(operatorName))
    if (typeof operatorName !== 'string' || !operator) {
      const allowed = [...OPERATORS.keys(), ...GROUPS]
      return this.#wrong([...path, 0], `There is no operator ${shown(operatorName)}.`, allowed)
    }
    if (filter.length !== 3) return this.#wrong(path, FORM)
    const dimension = FILTER_DIMENSIONS.get(String(dimensionName))
    if (typeof dimensionName !== 'string' || !dimension) {
      const allowed = [...FILTER_DIMENSIONS.keys()]
      return this.#wrong([...path, 1], `There is no dimension ${shown(dimensionName)} to filter by.`, allowed)
    }
    if (++this.#tests > MAX_TESTS) return this.#wrong(path, `At most ${MAX_TESTS} tests may be asked for.`)
    const texts = this.#values(values, [...path, 2], operator.maxValues)
    return texts && { kind: 'test', operator, dimension, values: texts, field: fieldName([...path, 2]) }
  }

  #values(values: unknown, path: PropertyKey[], max: number): string[] | null {
    if (!Array.isArray(values) || values.length === 0)
      return this.#wrong(path, 'The values are a list of at least one text.')
    if (values.length > max) return this.#wrong(path, `This operator takes at most ${max} values.`)
    const texts: string[] = []
    for (const [index, value] of values.entries()) {
      const place = [...path, index]
      if (typeof value !== 'string') return this.#wrong(place, `${shown(value)} is not a text.`)
      if (value === '')
        return this.#wrong(place, 'An empty value finds nothing; what is absent is (none) or (unknown).')
      if (value.length > MAX_VALUE_LENGTH)
        return this.#wrong(place, `The value is longer than ${MAX_VALUE_LENGTH} characters.`)
      texts.push(value)
    }
    return texts
  }

  #wrong(path: PropertyKey[], message: string, allowed?: readonly string[]): null {
    this.#problems.push({ field: fieldName(path), message, ...(allowed && { allowed }) })
    return null
  }
}
