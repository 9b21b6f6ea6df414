import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { openControl } from '../server/control/open.ts'
import { BENCH_SITE, type Message, type MessageKind, messages } from './collect-messages.ts'
import { BENCH_HOST, type LoadRequest, loadRequests, makeLinks } from './redirect-links.ts'

/*
 * How fast the edge takes what pages tell, beside its own redirects and beside a bare server that reads the same bodies:
 * `npm run bench -- collect`. One edge process, behind a proxy's header so that each sender has an address of its own;
 * loads in interleaved rounds; medians and ratios. Options: --rounds 5 --seconds 4 --connections 50 --links 1000
 */
const ROUNDS = option('rounds', 5)
const SECONDS = option('seconds', 4)
const CONNECTIONS = option('connections', 50)
const LINKS = option('links', 1_000)
const REQUESTS_PER_CONNECTION = 1000

interface Server {
  process: ChildProcess
  port: number
}

interface Load {
  name: string
  server: Server
  status: number
  /** Hits that one request makes; 0 where nothing is written. */
  hits: number
  requests: (LoadRequest | Message)[][]
}

interface Round {
  perSecond: number
  /** Milliseconds. */
  p99: number
  /** Microseconds of the server's processor time per request. */
  cpu: number
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jejak-bench-collect-'))
  const servers: Server[] = []
  try {
    await makeLinks(folder, LINKS)
    await nameSite(folder)
    const bare = await start('collect-server.js', [])
    servers.push(bare)
    const edge = await start('redirect-server.js', ['edge-proxied', folder])
    servers.push(edge)
    const redirects = sets((seed) =>
      loadRequests(REQUESTS_PER_CONNECTION, LINKS, seed, { proxied: true, skew: 3 }),
    )
    const told = (kind: MessageKind) => sets((seed) => messages(REQUESTS_PER_CONNECTION, kind, seed))
    const [views, batches] = [told('pageview'), told('batch')]
    const loads: Load[] = [
      { name: 'node:http, pageview', server: bare, status: 202, hits: 0, requests: views },
      { name: 'node:http, batch of 3', server: bare, status: 202, hits: 0, requests: batches },
      { name: 'edge, redirect', server: edge, status: 302, hits: 1, requests: redirects },
      { name: 'edge, pageview', server: edge, status: 202, hits: 1, requests: views },
      { name: 'edge, batch of 3', server: edge, status: 202, hits: 3, requests: batches },
    ]
    console.log(`${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s …`)
    const rounds = new Map<Load, Round[]>(loads.map((load) => [load, []]))
    let written = 0
    for (let round = -1; round < ROUNDS; round++) {
      for (const load of loads) {
        const { answered, ...measured } = await run(load)
        written += answered * load.hits
        // The first round warms up.
        if (round >= 0) rounds.get(load)?.push(measured)
      }
    }
    report(rounds)
    await checkEdge(edge, written)
  } finally {
    await Promise.all(servers.map(stop))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function nameSite(folder: string): Promise<void> {
  const control = await openControl(`sqlite:${join(folder, 'control.db')}`, { defaultDomain: BENCH_HOST })
  const site = await control.sites.byName('default')
  await control.sites.update(site?.id ?? 0, { hostnames: [BENCH_SITE.replace('www.', '')] })
  await control.close()
}

function sets<Request>(make: (seed: number) => Request[]): Request[][] {
  return Array.from({ length: CONNECTIONS }, (_, connection) => make(connection + 1))
}

/** The servers run as they are shipped: compiled, like this file. */
async function start(script: string, args: string[]): Promise<Server> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const { port } = await answerOf<{ port: number }>(child)
  return { process: child, port }
}

/** Sends each connection its own requests over and over, beginning somewhere else each time. */
async function run({ name, server, status, requests }: Load): Promise<Round & { answered: number }> {
  const before = await usage(server)
  const times: number[] = []
  let next = 0
  let bad = 0
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: `http://127.0.0.1:${server.port}`,
        connections: CONNECTIONS,
        duration: SECONDS,
        setupClient(client) {
          const own = requests[next++ % requests.length] ?? []
          const from = Math.floor(Math.random() * own.length)
          client.setRequests([...own.slice(from), ...own.slice(0, from)])
        },
      },
      (error, measured) => (error ? reject(error) : resolve(measured)),
    )
    instance.on('response', (_, answered, __, milliseconds) => {
      times.push(milliseconds)
      if (answered !== status) bad++
    })
  })
  if (bad > 0 || result.errors > 0) throw new Error(`${name}: ${bad} wrong answers, ${result.errors} errors`)
  const after = await usage(server)
  times.sort((a, b) => a - b)
  return {
    answered: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    cpu: ((after.cpu - before.cpu) * 1e6) / result.requests.total,
  }
}

function report(rounds: Map<Load, Round[]>): void {
  const medians = [...rounds].map(([load, all]) => ({
    load,
    perSecond: median(all.map((round) => round.perSecond)),
    p99: median(all.map((round) => round.p99)),
    cpu: median(all.map((round) => round.cpu)),
  }))
  const redirect = medians.find(({ load }) => load.status === 302)
  const rows = medians.map(({ load, perSecond, p99, cpu }) => {
    const bare = medians.find((other) => other.load.hits === 0 && other.load.requests === load.requests)
    return {
      load: load.name,
      'requests/s': Math.round(perSecond),
      'hits/s': Math.round(perSecond * load.hits),
      'of node:http': bare ? (perSecond / bare.perSecond).toFixed(2) : '',
      'of the redirect': redirect && load.hits > 0 ? (perSecond / redirect.perSecond).toFixed(2) : '',
      'p99 ms': p99.toFixed(2),
      'cpu µs/request': cpu.toFixed(1),
      'per cpu of node:http': bare ? (bare.cpu / cpu).toFixed(2) : '',
      'per cpu of the redirect': redirect && load.hits > 0 ? (redirect.cpu / cpu).toFixed(2) : '',
    }
  })
  console.table(rows)
}

/** At least: an answer that came when the round was over was not counted. */
async function checkEdge(edge: Server, expected: number): Promise<void> {
  edge.process.send('snapshot')
  const { snapshot, spool } = await answerOf<{
    snapshot: { redirected: number; eventsTaken: number; failed: number }
    spool: { written: number }
  }>(edge.process)
  const acknowledged = snapshot.redirected + snapshot.eventsTaken
  if (snapshot.failed > 0 || spool.written !== acknowledged || spool.written < expected) {
    throw new Error(`${acknowledged} hits acknowledged, ${expected} seen so, ${spool.written} written`)
  }
  console.log(`${spool.written} hits acknowledged, each written`)
}

async function stop(server: Server): Promise<void> {
  if (server.process.exitCode !== null) return
  const ended = once(server.process, 'exit')
  server.process.disconnect()
  await ended
}

function usage(server: Server): Promise<{ cpu: number }> {
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

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function option(name: string, standard: number): number {
  const at = process.argv.indexOf(`--${name}`)
  const value = at < 0 ? standard : Number(process.argv[at + 1])
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} wants a whole number above 0`)
  return value
}

await main()
