import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { type LoadRequest, loadRequests, makeLinks, plainRequest } from './redirect-links.ts'

/*
 * How fast the edge redirects, beside servers that do nothing but answer a constant 302: `npm run bench -- redirect`.
 * Each server runs in a process of its own, the same requests are sent to each in interleaved rounds, and what is
 * printed are medians of the rounds and their ratios. Options: --rounds 7 --seconds 4 --connections 50 --links 100000 --skew 3
 */
const ROUNDS = option('rounds', 7)
const SECONDS = option('seconds', 4)
const CONNECTIONS = option('connections', 50)
const LINKS = option('links', 100_000)
const SKEW = option('skew', 3)
/** The servers run as they are shipped: compiled, like this file. */
const SERVER = fileURLToPath(new URL('redirect-server.js', import.meta.url))
const REQUESTS_PER_CONNECTION = 2000

interface Running {
  kind: string
  process: ChildProcess
  port: number
  requests: LoadRequest[][]
}

interface Round {
  perSecond: number
  /** Milliseconds. */
  p99: number
  /** Microseconds of the server's processor time per request. */
  cpu: number
  rss: number
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jejak-bench-redirect-'))
  const started: Running[] = []
  try {
    console.log(`${LINKS} links, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s …`)
    await makeLinks(folder, LINKS)
    const direct = requestSets(false)
    const proxied = requestSets(true)
    for (const kind of ['node', 'hono', 'edge', 'edge-proxied']) {
      started.push(await start(kind, folder, kind === 'edge-proxied' ? proxied : direct))
    }
    const rounds = new Map<string, Round[]>(started.map(({ kind }) => [kind, []]))
    for (const server of started) if (server.kind.startsWith('edge')) await fillCache(server)
    for (const server of started) await load(server, SECONDS)
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of started) rounds.get(server.kind)?.push(await load(server, SECONDS))
    }
    report(rounds)
    for (const server of started) if (server.kind.startsWith('edge')) await checkEdge(server)
  } finally {
    await Promise.all(started.map(stop))
    rmSync(folder, { recursive: true, force: true })
  }
}

function requestSets(proxied: boolean): LoadRequest[][] {
  return Array.from({ length: CONNECTIONS }, (_, connection) =>
    loadRequests(REQUESTS_PER_CONNECTION, LINKS, connection + 1, { proxied, skew: SKEW }),
  )
}

async function start(kind: string, folder: string, requests: LoadRequest[][]): Promise<Running> {
  const child = spawn(process.execPath, [...nodeFlags(kind), SERVER, kind, folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const { port } = await answerOf<{ port: number }>(child)
  return { kind, process: child, port, requests }
}

/** `JEJAK_BENCH_FLAGS="--cpu-prof --cpu-prof-dir=…"` reach the edge only. */
function nodeFlags(kind: string): string[] {
  const flags = process.env.JEJAK_BENCH_FLAGS
  return kind === 'edge' && flags ? flags.split(' ') : []
}

async function load(server: Running, seconds: number): Promise<Round> {
  const before = await usage(server)
  const times: number[] = []
  const { result, bad } = await fire(server, { duration: seconds }, server.requests, (milliseconds) => {
    times.push(milliseconds)
  })
  if (bad > 0 || result.errors > 0)
    throw new Error(`${server.kind}: ${bad} wrong answers, ${result.errors} errors`)
  const after = await usage(server)
  times.sort((a, b) => a - b)
  return {
    perSecond: result.requests.total / result.duration,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    cpu: ((after.cpu - before.cpu) * 1e6) / result.requests.total,
    rss: after.rss,
  }
}

/** Sends each connection its own requests over and over, beginning somewhere else each time. */
function fire(
  server: Running,
  until: { duration: number } | { amount: number },
  requests: LoadRequest[][],
  onTime: (milliseconds: number) => void,
): Promise<{ result: autocannon.Result; bad: number }> {
  let next = 0
  let bad = 0
  return new Promise((resolve, reject) => {
    const instance = autocannon(
      {
        url: `http://127.0.0.1:${server.port}`,
        connections: CONNECTIONS,
        ...until,
        setupClient(client) {
          const own = requests[next++ % requests.length] ?? []
          const from = Math.floor(Math.random() * own.length)
          client.setRequests([...own.slice(from), ...own.slice(0, from)])
        },
      },
      (error, result) => (error ? reject(error) : resolve({ result, bad })),
    )
    instance.on('response', (_, status, __, milliseconds) => {
      onTime(milliseconds)
      if (status !== 302) bad++
    })
  })
}

/** Its end of the channel gone, a server ends by itself and leaves its profile, where one was asked for. */
async function stop(server: Running): Promise<void> {
  if (server.process.exitCode !== null) return
  const ended = once(server.process, 'exit')
  server.process.disconnect()
  await ended
}

/** Every link once, so that what is measured is not the first look-up of each. */
async function fillCache(server: Running): Promise<void> {
  const share = Math.ceil(LINKS / CONNECTIONS)
  const requests = Array.from({ length: CONNECTIONS }, (_, connection) =>
    Array.from({ length: share }, (__, i) => plainRequest(Math.min(connection * share + i, LINKS - 1))),
  )
  await fire(server, { amount: share * CONNECTIONS }, requests, () => {})
}

function report(rounds: Map<string, Round[]>): void {
  const medians = new Map([...rounds].map(([kind, all]) => [kind, medianRound(all)]))
  const base = medians.get('hono')
  const bare = medians.get('node')
  if (!base || !bare) throw new Error('no rounds')
  const rows = [...medians].map(([kind, round]) => ({
    server: kind,
    'requests/s': Math.round(round.perSecond),
    'of hono': ratio(round.perSecond, base.perSecond),
    'of node:http': ratio(round.perSecond, bare.perSecond),
    'p99 ms': round.p99.toFixed(2),
    'p99 of hono': ratio(round.p99, base.p99),
    'cpu µs/request': round.cpu.toFixed(1),
    'per cpu of hono': ratio(base.cpu, round.cpu),
    'RSS MB': Math.round(round.rss / 2 ** 20),
  }))
  console.table(rows)
}

async function checkEdge(server: Running): Promise<void> {
  server.process.send('snapshot')
  const { snapshot, spool } = await answerOf<{
    snapshot: { redirected: number; cachedLinks: number; storeReachable: boolean }
    spool: { written: number }
  }>(server.process)
  if (spool.written !== snapshot.redirected) {
    throw new Error(`${server.kind}: ${snapshot.redirected} redirects, ${spool.written} hits written`)
  }
  console.log(
    `${server.kind}: ${spool.written} redirects, each written; ${snapshot.cachedLinks} links cached`,
  )
}

function usage(server: Running): Promise<{ cpu: number; rss: number }> {
  server.process.send('usage')
  return answerOf(server.process)
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Answer)
    })
  })
}

function medianRound(all: Round[]): Round {
  const of = (key: keyof Round) => median(all.map((round) => round[key]))
  return { perSecond: of('perSecond'), p99: of('p99'), cpu: of('cpu'), rss: of('rss') }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function ratio(value: number, base: number): string {
  return (value / base).toFixed(2)
}

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`)
  const value = at < 0 ? standard : Number(process.argv[at + 1])
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} wants a whole number above 0`)
  return value
}

await main()
