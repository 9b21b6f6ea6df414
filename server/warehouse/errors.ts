import { readFileSync } from 'node:fs'
import { packageFile } from '../paths.ts'
import { WarehouseError, type WarehouseErrorKind } from './warehouse.ts'

const kindByCode = readKinds()

/**
 * Any error of the client as a `WarehouseError`: by ClickHouse's code where it has one, else the engine did not
 * answer. An unlisted code counts as transient: a batch waits for an operator rather than being given up.
 */
export function toWarehouseError(error: unknown): WarehouseError {
  if (error instanceof WarehouseError) return error
  const code = engineCode(error)
  if (error instanceof Error && code > 0) {
    return new WarehouseError(kindByCode.get(code) ?? 'transient', error.message, { code, cause: error })
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new WarehouseError('aborted', 'the query was given up by its caller', { cause: error })
  }
  const message = error instanceof Error ? error.message : String(error)
  return new WarehouseError('unreachable', `the warehouse did not answer: ${message}`, { cause: error })
}

/** By its shape, not its class: the embedded engine brings a copy of the client's error class of its own. */
function engineCode(error: unknown): number {
  if (!(error instanceof Error) || !('code' in error) || !('type' in error)) return 0
  return Number(error.code) || 0
}

function readKinds(): Map<number, WarehouseErrorKind> {
  const facts: Record<string, unknown> = JSON.parse(
    readFileSync(packageFile('server', 'facts', 'clickhouse-errors.json'), 'utf8'),
  )
  const kinds = new Map<number, WarehouseErrorKind>()
  for (const kind of ['refused', 'mistake', 'limit', 'aborted'] as const) {
    for (const code of Object.keys(facts[kind] ?? {})) kinds.set(Number(code), kind)
  }
  return kinds
}
