import { mkdirSync } from 'node:fs'
import { Session } from 'chdb'
import { quoteLiteral } from '../../server/warehouse/statements.ts'
import type { Statement } from './clickhouse-request.ts'

export interface EngineAnswer {
  body: Uint8Array
  rowsRead: number
  bytesRead: number
  seconds: number
}

export interface Engine {
  /** Rejects with the engine's own message: `Code: 62. DB::Exception: … (SYNTAX_ERROR)`. */
  run(statement: Statement): Promise<EngineAnswer>
  close(): Promise<void>
}

/** Written before a statement so that KILL finds it: the embedded engine takes no query id from outside. */
const MARKED_ID = `extract(query, '^/\\\\* query_id:(\\\\S+) ')`
const INSERT_HEAD = /^(\s*INSERT\s+INTO\s+(?:TABLE\s+)?[\w.`"]+\s*(?:\((?:[^()]|\([^()]*\))*\))?)([\s\S]*)$/i

/** The embedded engine, with a session for each statement: parameters, settings and database stay with it. */
export function openEngine(path: string, configFile?: string): Engine {
  mkdirSync(path, { recursive: true })
  const options = configFile === undefined ? {} : { connectionArgs: [`--config-file=${configFile}`] }
  // Held all along: without a session the engine would be taken down and set up again for every statement.
  const holder = new Session(path, options)
  const running = new Set<Promise<unknown>>()

  async function run(statement: Statement): Promise<EngineAnswer> {
    const session = new Session(path, options)
    try {
      for (const sql of preparation(statement)) await session.queryAsync(sql)
      const result = await session.queryAsync(executable(statement), { format: statement.format })
      return {
        body: result.bytes(),
        rowsRead: result.rowsRead,
        bytesRead: result.bytesRead,
        seconds: result.elapsed,
      }
    } finally {
      session.close()
    }
  }

  return {
    run(statement) {
      const done = run(statement)
      running.add(done)
      done.catch(() => {}).finally(() => running.delete(done))
      return done
    },
    async close() {
      await Promise.allSettled(running)
      holder.close()
    },
  }
}

function preparation({ database, params, settings }: Statement): string[] {
  const values = [
    ...Object.entries(params).map(([name, value]) => [`param_${name}`, value] as const),
    ...Object.entries(settings),
  ]
  return [
    ...(database ? [`USE ${identifier(database)}`] : []),
    ...values.map(([name, value]) => `SET ${identifier(name)} = ${quoteLiteral(value)}`),
  ]
}

function executable({ text, dataFile, queryId }: Statement): string {
  const mark = queryId === '' ? '' : `/* query_id:${queryId} */ `
  if (/^\s*KILL\s+QUERY\b/i.test(text)) return text.replace(/\bquery_id\b/, MARKED_ID)
  if (dataFile === null) return mark + text
  return (
    mark +
    text.replace(INSERT_HEAD, (_, head, rest) => `${head} FROM INFILE ${quoteLiteral(dataFile)} ${rest}`)
  )
}

function identifier(name: string): string {
  if (!/^\w+$/.test(name)) throw new Error(`Code: 62. DB::Exception: not a name: ${name}. (SYNTAX_ERROR)`)
  return name
}
