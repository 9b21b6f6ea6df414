import type { Condition } from '../question.ts'
import { dimensionSql, type SqlScope, type TextDimension } from '../registry/dimensions.ts'
import type { Table } from '../registry/metric.ts'

/** A dimension as answers show it: `(none)` or `(unknown)` where it is absent. */
export function labelSql(dimension: TextDimension, table: Table, scope: SqlScope): string {
  const text = dimensionSql(dimension, table, scope)
  return `if(${text} = '', '${dimension.absent}', ${text})`
}

/** One SQL condition for AND-ed conditions; `1` for none. */
export function conditionsSql(conditions: readonly Condition[], table: Table, scope: SqlScope): string {
  return join(
    conditions.map((condition) => conditionSql(condition, table, scope)),
    'and',
  )
}

function conditionSql(condition: Condition, table: Table, scope: SqlScope): string {
  if (condition.kind === 'not') return `NOT ${conditionSql(condition.part, table, scope)}`
  if (condition.kind === 'group') {
    return join(
      condition.parts.map((part) => conditionSql(part, table, scope)),
      condition.operator,
    )
  }
  return testSql(condition, table, scope)
}

function testSql(test: Extract<Condition, { kind: 'test' }>, table: Table, scope: SqlScope): string {
  const { dimension, operator, values } = test
  const text = dimensionSql(dimension, table, scope)
  const label = labelSql(dimension, table, scope)
  return `(${operator.sql({ text, label, values, parameters: scope.parameters })})`
}

/**
 * The widest condition on some dimensions alone that conditions leave: what they ask of any other dimension may or may
 * not hold. Under `not` the narrowest one is wanted instead, hence `unknown`.
 */
export function onlyAbout(
  isAbout: (dimension: string) => boolean,
  conditions: readonly Condition[],
  table: Table,
  scope: SqlScope,
): string {
  const reduce = (condition: Condition, unknown: '0' | '1'): string => {
    if (condition.kind === 'not') return `NOT ${reduce(condition.part, unknown === '1' ? '0' : '1')}`
    if (condition.kind === 'group') {
      return join(
        condition.parts.map((part) => reduce(part, unknown)),
        condition.operator,
      )
    }
    return isAbout(condition.dimension.name) ? testSql(condition, table, scope) : unknown
  }
  return join(
    conditions.map((condition) => reduce(condition, '1')),
    'and',
  )
}

function join(parts: readonly string[], operator: 'and' | 'or'): string {
  return parts.length === 0 ? '1' : `(${parts.join(operator === 'and' ? ' AND ' : ' OR ')})`
}
