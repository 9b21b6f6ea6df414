/**
 * `npm run bench -- beside [HITS]`: the redirect's p99 while the loader drains a backlog and four heavy reports run,
 * beside the same load on an idle service. The product as it is shipped, one service, rounds in turn: idle, then busy.
 * A fixed number of redirects a second is sent on a schedule, so that a slow answer does not thin out the load.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../server/paths.ts'
import { encodeHit } from '../server/spool/record.ts'
import { openSpoolWriter } from '../server/spool/writer.ts'
import { clicks, referrer, seeded, userAgent } from './support/traffic.ts'

const BACKLOG = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = 3
const SECONDS = 10
const PER_SECOND = 300
const REPORTS = [
  { metrics: ['clicks', 'unique_clicks', 'visitors'], dimensions: ['landing_page', 'side'] },
  { metrics: ['clicks', 'visitors'], dimensions: ['time:hour', 'channel', 'source'] },
  { metrics: ['unique_clicks', 'bot_hits'], dimensions: ['link', 'country', 'device'] },
  { metrics: ['visitors', 'clicks'], dimensions: ['campaign', 'browser', 'os'] },
]

const root = mkdtempSync(join(tmpdir(), 'jejak-beside-'))
const dataDir = join(root, 'data')
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

async function main(): Promise<void> {
  const port = await freePort()
  const service = startService(port)
  try {
    await ready(port)
    await makeLinks(port)
    await redirects(port, 3)
    const idle: number[] = []
    const busy: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      idle.push(p99(await redirects(port, SECONDS)))
      await dropBacklog(round, Math.ceil(BACKLOG / ROUNDS))
      const reports = new AbortController()
      const reporting = REPORTS.map((report) => ask(port, report, reports.signal))
      busy.push(p99(await redirects(port, SECONDS)))
      const left = await pendingBytes(port)
      reports.abort()
      const asked = (await Promise.all(reporting)).reduce((sum, n) => sum + n, 0)
      console.log(
        `round ${round + 1}: idle p99 ${idle.at(-1)?.toFixed(2)} ms, busy p99 ${busy.at(-1)?.toFixed(2)} ms; ${asked} reports answered, ${Math.round(left / 1e6)} MB still to load at the end`,
      )
      while ((await pendingBytes(port)) > 0) await sleep(250)
    }
    console.log(
      `${PER_SECOND} redirects a second, backlog of ${BACKLOG} hits in ${ROUNDS} rounds, ${REPORTS.length} reports at a time`,
    )
    console.log(
      `p99: idle ${median(idle).toFixed(2)} ms, busy ${median(busy).toFixed(2)} ms; ratio ${(median(busy) / median(idle)).toFixed(2)} (required: within 3)`,
    )
  } finally {
    service.kill('SIGTERM')
    await new Promise((done) => service.once('exit', done))
    agent.destroy()
    rmSync(root, { recursive: true, force: true })
  }
}

function startService(port: number): ChildProcess {
  return spawn(process.execPath, [packageFile('bin', 'jejak'), 'start'], {
    env: { ...process.env, PORT: String(port), JEJAK_DATA_DIR: dataDir, JEJAK_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

async function ready(port: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const answer = await call(port, 'GET', '/readyz').catch(() => null)
    if (answer?.status === 200 && answer.body.includes('"ok"')) return
    await sleep(200)
  }
  throw new Error('the service did not get ready')
}

async function makeLinks(port: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const destination = `https://cars.example/dealers/${i}`
    await call(port, 'POST', '/api/v1/links', { destination, slug: `post-${i}`, utm_source: 'facebook' })
  }
}

/** Latencies in milliseconds. */
async function redirects(port: number, seconds: number): Promise<number[]> {
  const random = seeded(11)
  const latencies: number[] = []
  const all: Promise<void>[] = []
  const began = performance.now()
  for (let i = 0; i < seconds * PER_SECOND; i++) {
    const due = began + (i * 1000) / PER_SECOND
    const wait = due - performance.now()
    if (wait > 1) await sleep(wait)
    const sent = performance.now()
    const headers = { 'user-agent': userAgent(random), referer: referrer(random) }
    const slug = `/post-${Math.floor(random() * 100)}?fbclid=abc${i}`
    all.push(
      call(port, 'GET', slug, undefined, headers).then(({ status }) => {
        if (status !== 302) throw new Error(`a redirect was answered ${status}`)
        latencies.push(performance.now() - sent)
      }),
    )
  }
  await Promise.all(all)
  return latencies
}

/** Puts a directory full of segments into the spool at once, as an edge that was cut off would bring them. */
async function dropBacklog(round: number, hits: number): Promise<void> {
  const made = join(root, `backlog-${round}`)
  const writer = await openSpoolWriter({ directory: made, durability: 'write', maxBytes: 1e11 })
  let last: Promise<unknown> = Promise.resolve()
  let n = 0
  for (const hit of clicks(hits, 100_000, writer.edgeRun, Date.now() - 86_400_000)) {
    last = new Promise((done) => writer.append(encodeHit(hit), done))
    if (++n % 2_000 === 0) await last
  }
  await last
  await writer.close()
  mkdirSync(join(dataDir, 'spool'), { recursive: true })
  renameSync(made, join(dataDir, 'spool', `backlog-${round}`))
}

/** Asks one report over and over; how many were answered. */
async function ask(port: number, report: object, signal: AbortSignal): Promise<number> {
  let answered = 0
  while (!signal.aborted) {
    const { status } = await call(port, 'POST', '/api/v1/query', {
      ...report,
      date_range: '7d',
      limit: 10_000,
    })
    if (status === 200) answered++
  }
  return answered
}

async function pendingBytes(port: number): Promise<number> {
  const { body } = await call(port, 'GET', '/metrics')
  return Number(/^jejak_loader_pending_bytes (\d+)/m.exec(body)?.[1] ?? 0)
}

function call(
  port: number,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const sent = body === undefined ? '' : JSON.stringify(body)
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent,
        headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => {
          text += part
        })
        answer.on('end', () => done({ status: answer.statusCode ?? 0, body: text }))
        answer.on('error', fail)
      },
    )
    asking.on('error', fail)
    asking.end(sent)
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function p99(latencies: number[]): number {
  const sorted = [...latencies].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0
}

function median(list: number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds))
}

await main()
