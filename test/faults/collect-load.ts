import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface PageLoadOptions {
  port: number
  /** Address of the site's pages. */
  origin: string
  /** Begins the marks of this load's pageviews; no two loads of a test share one. */
  name: string
  /** Messages a second (default 100), of three events each. */
  rate?: number
  /** Pages at a time, each on a connection of its own (default 6). */
  pages?: number
}

/** Pages that tell what happens on them, and tell it again under the same ids until they are answered. */
export interface PageLoad {
  /** Ids of events in messages that were answered 202, and the marks of the pageviews among them. */
  readonly acknowledged: ReadonlySet<string>
  readonly acknowledgedMarks: ReadonlySet<string>
  /** All that was ever sent. */
  readonly sent: ReadonlySet<string>
  readonly sentMarks: ReadonlySet<string>
  /** Messages that were sent more than once. */
  repeated(): number
  /** Answers other than 202, by status. */
  readonly refused: ReadonlyMap<number, number>
  /** Resolves once so many more messages were acknowledged. */
  moreAnswers(count: number): Promise<void>
  /** Resolves once all pages have given up. */
  stop(): Promise<void>
}

const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const PATIENCE_MS = 60_000
const TRY_AGAIN_MS = 20

export function startPages(options: PageLoadOptions): PageLoad {
  const { port, origin, name, rate = 100, pages = 6 } = options
  const acknowledged = new Set<string>()
  const acknowledgedMarks = new Set<string>()
  const sent = new Set<string>()
  const sentMarks = new Set<string>()
  const refused = new Map<number, number>()
  const interval = (1000 * pages) / rate
  let stopping = false
  let made = 0
  let repeated = 0

  async function page(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    let due = performance.now() + interval * Math.random()
    while (!stopping) {
      const now = performance.now()
      if (due > now) await sleep(due - now)
      due = Math.max(due, now) + interval
      const mark = `${name}.${++made}`
      const url = `${origin}/?utm_content=${mark}`
      const view = newId()
      const ids = [view, newId(), newId()]
      const events = [
        { kind: 'pageview', id: view, url },
        { kind: 'event', id: ids[1], url, page: view, type: 'custom', name: 'test drive booked', value: 1.5 },
        { kind: 'engagement', id: ids[2], url, page: view, engaged: 900, scroll: 40 },
      ]
      for (const id of ids) sent.add(id)
      sentMarks.add(mark)
      const began = performance.now()
      // Each from an address of its own: a flood from one would be refused.
      const client = `10.${made >> 16}.${(made >> 8) & 255}.${made & 255}`
      for (let tries = 1; !stopping; tries++) {
        const aged = events.map((event) => ({ ...event, age: performance.now() - began }))
        if (tries === 2) repeated++
        try {
          const status = await post(agent, port, origin, client, JSON.stringify({ events: aged }))
          if (status === 202) {
            for (const id of ids) acknowledged.add(id)
            acknowledgedMarks.add(mark)
            break
          }
          refused.set(status, (refused.get(status) ?? 0) + 1)
        } catch {
          // No answer: the events may be there or not.
        }
        await sleep(TRY_AGAIN_MS)
      }
    }
    agent.destroy()
  }

  const all = Promise.all(Array.from({ length: pages }, page))
  return {
    acknowledged,
    acknowledgedMarks,
    sent,
    sentMarks,
    repeated: () => repeated,
    refused,
    async moreAnswers(count) {
      const enough = acknowledgedMarks.size + count
      const deadline = Date.now() + PATIENCE_MS
      while (acknowledgedMarks.size < enough) {
        if (Date.now() > deadline) throw new Error(`${acknowledgedMarks.size} messages taken, not ${enough}`)
        await sleep(5)
      }
    },
    async stop() {
      stopping = true
      await all
    },
  }
}

function newId(): string {
  return randomBytes(16).toString('hex')
}

function post(agent: Agent, port: number, origin: string, client: string, body: string): Promise<number> {
  return new Promise((done, fail) => {
    const headers = {
      'user-agent': BROWSER,
      origin,
      'content-type': 'text/plain;charset=UTF-8',
      'content-length': Buffer.byteLength(body),
      'x-forwarded-for': client,
    }
    const asking = request(
      { host: '127.0.0.1', port, path: '/e', method: 'POST', agent, headers },
      (answer) => {
        answer.on('error', fail)
        answer.on('end', () => done(answer.statusCode ?? 0))
        answer.resume()
      },
    )
    asking.on('error', fail)
    asking.end(body)
  })
}
