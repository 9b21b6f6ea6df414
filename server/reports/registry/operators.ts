import type { Parameters } from '../parameters.ts'

/** A way to test a dimension's text against the values of a filter, which are OR-ed. */
export interface Operator {
  name: OperatorName
  description: string
  /** More values would make a statement that no longer fits a request to the engine. */
  maxValues: number
  /** `text` is empty where the value is absent; `label` is what answers show, `(none)` or `(unknown)` included. */
  sql(operands: { text: string; label: string; values: readonly string[]; parameters: Parameters }): string
}

export type OperatorName = 'is' | 'is_not' | 'contains' | 'matches'

/** One value's length, in UTF-16 units: the longest stored text is a URL of 2,048 bytes. */
export const MAX_VALUE_LENGTH = 2048

const OPERATOR_LIST: readonly Operator[] = [
  {
    name: 'is',
    description:
      'One of the values exactly, as answers show them; `(none)` and `(unknown)` find what is absent.',
    maxValues: 1000,
    sql: ({ label, values, parameters }) => `${label} IN ${parameters.bind('Array(String)', values)}`,
  },
  {
    name: 'is_not',
    description: 'None of the values, as answers show them.',
    maxValues: 1000,
    sql: ({ label, values, parameters }) => `${label} NOT IN ${parameters.bind('Array(String)', values)}`,
  },
  {
    name: 'contains',
    description: 'Holds one of the values, whatever their case. What is absent holds nothing.',
    // The engine searches for at most 255 texts at once.
    maxValues: 200,
    sql: ({ text, values, parameters }) =>
      `multiSearchAnyCaseInsensitiveUTF8(${text}, ${parameters.bind('Array(String)', values)})`,
  },
  {
    name: 'matches',
    description: 'Matches one of the RE2 patterns somewhere in the text. What is absent matches nothing.',
    maxValues: 20,
    sql: ({ text, values, parameters }) => {
      const tests = values.map((pattern) => `match(${text}, ${parameters.bind('String', pattern)})`)
      return `(${text} != '' AND (${tests.join(' OR ')}))`
    },
  },
]

export const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  OPERATOR_LIST.map((operator) => [operator.name, operator]),
)
