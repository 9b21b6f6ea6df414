import type { Condition, RuleField, RuleOperator, Test } from '../../../../server/domain/rules/rule.ts'

export type Join = 'and' | 'or'

/** A test as its controls hold it: lines of values, empty ones included. */
export interface TestRow {
  kind: 'test'
  key: string
  field: RuleField
  operator: RuleOperator
  values: string[]
}

/** A group of tests within the condition. */
export interface GroupRow {
  kind: 'group'
  key: string
  join: Join
  tests: TestRow[]
}

/** What the API takes and this form does not edit (`not`, deeper groups): kept as it is. */
export interface FixedRow {
  kind: 'fixed'
  key: string
  condition: Condition
}

export type ConditionRow = TestRow | GroupRow | FixedRow

/** A condition as the form shows it: a list, any of whose rows may be one group of tests. */
export interface ConditionForm {
  join: Join
  rows: ConditionRow[]
}

let made = 0
const newKey = () => `row-${++made}`

export function emptyTest(): TestRow {
  return { kind: 'test', key: newKey(), field: 'referrer_host', operator: 'is', values: [''] }
}

export function emptyGroup(): GroupRow {
  return { kind: 'group', key: newKey(), join: 'or', tests: [emptyTest(), emptyTest()] }
}

export function formOf(condition: Condition): ConditionForm {
  const group = groupOf(condition)
  return group === null
    ? { join: 'and', rows: [rowOf(condition)] }
    : { join: group.join, rows: group.parts.map(rowOf) }
}

function rowOf(condition: Condition): ConditionRow {
  const key = newKey()
  if ('field' in condition) return testRow(condition)
  const group = groupOf(condition)
  const tests = group?.parts.filter((part) => 'field' in part) ?? []
  return group !== null && tests.length === group.parts.length
    ? { kind: 'group', key, join: group.join, tests: tests.map(testRow) }
    : { kind: 'fixed', key, condition }
}

function testRow({ field, operator, values }: Test): TestRow {
  return { kind: 'test', key: newKey(), field, operator, values: [...values] }
}

/** The parts of a group; null for a test and for `not`. */
export function groupOf(condition: Condition): { join: Join; parts: Condition[] } | null {
  if ('and' in condition) return { join: 'and', parts: condition.and }
  return 'or' in condition ? { join: 'or', parts: condition.or } : null
}

/** The condition that the form stands for; a single row stands by itself, without a group around it. */
export function conditionOf({ join, rows }: ConditionForm): Condition {
  const parts = rows.map((row): Condition => {
    if (row.kind === 'fixed') return row.condition
    return row.kind === 'test' ? testOf(row) : joined(row.join, row.tests.map(testOf))
  })
  const [first, ...others] = parts
  return first !== undefined && others.length === 0 ? first : joined(join, parts)
}

function joined(join: Join, parts: Condition[]): Condition {
  return join === 'and' ? { and: parts } : { or: parts }
}

function testOf({ field, operator, values }: TestRow): Test {
  const given = values.filter((value) => value.trim() !== '')
  // An empty value rather than none: what the API says of it tells how to write what is absent.
  return { field, operator, values: given.length === 0 ? [''] : given }
}

/** Where each row's test or group stands in the condition, by the row's key: `when.and[1].or[0]`. */
export function placesOf({ join, rows }: ConditionForm, place: string): Map<string, string> {
  const places = new Map<string, string>()
  for (const [index, row] of rows.entries()) {
    const own = rows.length === 1 ? place : `${place}.${join}[${index}]`
    places.set(row.key, own)
    if (row.kind !== 'group') continue
    for (const [at, test] of row.tests.entries()) places.set(test.key, `${own}.${row.join}[${at}]`)
  }
  return places
}
