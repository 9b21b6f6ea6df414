/**
 * The stand-in as a process of its own: `node --import tsx test/support/clickhouse-server-process.ts --path DIR --port 0`.
 * Prints `{"port":…,"url":…}`, then takes orders as JSON lines on standard input, `{"inject":{"kind":"hang"}}` or
 * `{"clear":true}`, each answered by a line `{"ok":true}`. Ends when its input does.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Fault } from './clickhouse-faults.ts'
import { startClickHouseStandIn } from './clickhouse-stand-in.ts'

export type Order = { inject: Fault } | { clear: true }

const { values } = parseArgs({
  options: { path: { type: 'string' }, port: { type: 'string', default: '0' } },
})
if (values.path === undefined) throw new Error('--path DIR: the data directory of the engine')

const standIn = await startClickHouseStandIn({ path: values.path, port: Number(values.port) })
say({ port: standIn.port, url: standIn.url })

const orders = createInterface({ input: process.stdin })
for await (const line of orders) {
  try {
    const order: Order = JSON.parse(line)
    if ('inject' in order) await standIn.inject(order.inject)
    else await standIn.clear()
    say({ ok: true })
  } catch (error) {
    say({ ok: false, error: String(error) })
  }
}
await standIn.close()

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
