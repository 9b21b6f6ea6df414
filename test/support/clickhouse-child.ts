import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Fault } from './clickhouse-faults.ts'
import type { Order } from './clickhouse-server-process.ts'

export interface ClickHouseChild {
  /** For `JEJAK_CLICKHOUSE_URL`. */
  readonly url: string
  readonly port: number
  readonly pid: number
  inject(fault: Fault): Promise<void>
  clear(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
  /** Ends it as a crash does. */
  kill(): Promise<void>
}

/**
 * The stand-in in a process of its own, so that it and what is tested each have their engine, and can be killed.
 *
 * @param port to come back where it was before it was killed.
 */
export async function spawnClickHouseStandIn(path: string, port = 0): Promise<ClickHouseChild> {
  const script = fileURLToPath(new URL('./clickhouse-server-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, '--path', path, '--port', String(port)],
    // Statements run on libuv's threads; with the usual four, as many hanging queries would hold up everything.
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, UV_THREADPOOL_SIZE: '16' } },
  )
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let last = Promise.resolve()

  async function hear(): Promise<Record<string, unknown>> {
    const line = await lines.next()
    if (line.done) throw new Error('the stand-in has ended')
    return JSON.parse(line.value)
  }

  /** One order at a time, so that each gets its own answer. */
  function give(order: Order): Promise<void> {
    const given = last.then(async () => {
      child.stdin.write(`${JSON.stringify(order)}\n`)
      const answer = await hear()
      if (answer.ok !== true)
        throw new Error(`the stand-in refuses ${JSON.stringify(order)}: ${answer.error}`)
    })
    last = given.catch(() => {})
    return given
  }

  const first = await hear()
  return {
    url: String(first.url),
    port: Number(first.port),
    pid: child.pid ?? 0,
    inject: (fault) => give({ inject: fault }),
    clear: () => give({ clear: true }),
    async stop() {
      child.stdin.end()
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
