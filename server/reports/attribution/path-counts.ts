import type { Statement } from '../plan/plan.ts'
import { type Writing, writing } from '../plan/scope.ts'
import { pathsSql } from './journeys.ts'
import type { JourneysPlan } from './plan.ts'

/** Rows a chunk: some megabytes of text, read in some milliseconds. */
const CHUNK_ROWS = 20_000

/** Distinct paths with touches: `keys`, `converted` conversions, their `value`, `nulls`, and seconds `age` of the first touch. */
function countsSql(journeys: JourneysPlan, statement: Writing): string {
  return `SELECT keys, sum(converted) AS conversions, sum(value) AS value_sum, countIf(NOT converted) AS nulls,
      avgIf(days[1], converted) * 86400 AS age
    FROM (${pathsSql(journeys, statement)}) WHERE notEmpty(keys) GROUP BY keys`
}

/** A row of `pathChunksStatement`. */
export interface PathChunk {
  chunk: string
  /** Journeys without conversion in it. */
  nulls: number
}

/**
 * Every distinct path as text, in chunks: a row's `chunk` is the JSON of `[[keys, conversions, value, nulls], …]`. Text
 * passes through this process without being looked at, which a million rows as objects would not. Repeats are there
 * whatever the options say: Markov's states are made of the path as it is, and Shapley looks at sets of keys.
 */
export function pathChunksStatement(asked: JourneysPlan): Statement {
  const options = { ...asked.question.options, collapse: false }
  const journeys = { ...asked, question: { ...asked.question, options } }
  const statement = writing(journeys.conversions)
  const row =
    "concat('[', toJSONString(arrayMap(key -> toString(key), keys)), ',', toString(conversions), ',', toString(value_sum), ',', toString(nulls), ']')"
  return {
    sql: `SELECT concat('[', arrayStringConcat(groupArray(row), ','), ']') AS chunk, sum(nulls) AS nulls FROM (
        SELECT ${row} AS row, nulls, intDiv(rowNumberInAllBlocks(), ${CHUNK_ROWS}) AS number FROM (${countsSql(journeys, statement)})
      ) GROUP BY number`,
    parameters: statement.parameters,
  }
}

/** The most frequent paths; with each how many distinct ones there are (`total`), and journeys without conversion in all. */
export interface PathCount {
  keys: number[]
  conversions: number
  value_sum: number
  nulls: number
  age: number | null
  total: number
  all_nulls: number
}

export function topPathsStatement(
  journeys: JourneysPlan,
  { limit, offset }: { limit: number; offset: number },
): Statement {
  const statement = writing(journeys.conversions)
  const { parameters } = statement
  return {
    sql: `SELECT *, count() OVER () AS total, sum(nulls) OVER () AS all_nulls FROM (${countsSql(journeys, statement)})
      ORDER BY conversions DESC, nulls DESC, keys LIMIT ${parameters.bind('UInt32', limit)} OFFSET ${parameters.bind('UInt64', offset)}`,
    parameters,
  }
}
