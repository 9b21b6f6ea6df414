import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LoadOptions {
  port: number
  slug: string
  /** Begins the marks of this load's requests; no two loads of a test share one. */
  name: string
  /** Requests a second (default 500). */
  rate?: number
  /** Visitors at a time, each on a connection of its own (default 8). */
  visitors?: number
}

/** Visitors who follow one short link, each time with a mark of its own. */
export interface Load {
  /** Marks of requests that got their redirect. */
  readonly answered: ReadonlySet<string>
  /** Marks of requests that got no answer: the hit may be there or not. */
  readonly unanswered: ReadonlySet<string>
  /** Answers other than the redirect, by status. */
  readonly refused: ReadonlyMap<number, number>
  /** Milliseconds from request to redirect. */
  readonly latencies: readonly number[]
  /** Resolves once so many more redirects were answered. */
  moreAnswers(count: number): Promise<void>
  /** Resolves once all requests under way have ended. */
  stop(): Promise<void>
}

const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const PATIENCE_MS = 60_000
/** A visitor whom nobody answers tries again after this long. */
const TRY_AGAIN_MS = 20

export function startLoad(options: LoadOptions): Load {
  const { port, slug, name, rate = 500, visitors = 8 } = options
  const answered = new Set<string>()
  const unanswered = new Set<string>()
  const refused = new Map<number, number>()
  const latencies: number[] = []
  const interval = (1000 * visitors) / rate
  let stopping = false
  let sent = 0

  async function visitor(place: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    let due = performance.now() + (interval * place) / visitors
    while (!stopping) {
      const now = performance.now()
      if (due > now) await sleep(due - now)
      // One who was held up goes on at the usual pace.
      due = Math.max(due, now) + interval
      const mark = `${name}.${++sent}`
      const began = performance.now()
      try {
        const status = await follow(agent, port, `/${slug}?utm_content=${mark}`)
        if (status === 302) {
          answered.add(mark)
          latencies.push(performance.now() - began)
        } else {
          refused.set(status, (refused.get(status) ?? 0) + 1)
        }
      } catch {
        unanswered.add(mark)
        await sleep(TRY_AGAIN_MS)
      }
    }
    agent.destroy()
  }

  const all = Promise.all(Array.from({ length: visitors }, (_, place) => visitor(place)))
  return {
    answered,
    unanswered,
    refused,
    latencies,
    async moreAnswers(count) {
      const enough = answered.size + count
      const deadline = Date.now() + PATIENCE_MS
      while (answered.size < enough) {
        if (Date.now() > deadline) throw new Error(`${answered.size} redirects were answered, not ${enough}`)
        await sleep(5)
      }
    },
    async stop() {
      stopping = true
      await all
    },
  }
}

/** The value below which 99 of 100 lie; NaN of nothing. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN
}

function follow(agent: Agent, port: number, path: string): Promise<number> {
  return new Promise((done, fail) => {
    const asking = get(
      { host: '127.0.0.1', port, path, agent, headers: { 'user-agent': BROWSER } },
      (answer) => {
        answer.on('error', fail)
        answer.on('end', () => done(answer.statusCode ?? 0))
        answer.resume()
      },
    )
    asking.on('error', fail)
  })
}
