import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '../support/service.ts'

export interface CrmLoadOptions {
  service: Service
  /** Begins the keys of this load's conversions; no two loads of a test share one. */
  name: string
  /** Messages under way at a time (default 4), each of one to five conversions. */
  clients?: number
}

/** CRMs that tell of conversions, and tell each again until they are answered that it was taken. */
export interface CrmLoad {
  /** Keys that were answered with a success. */
  readonly acknowledged: ReadonlySet<string>
  /** All that were ever sent. */
  readonly sent: ReadonlySet<string>
  /** Messages that were sent more than once. */
  repeated(): number
  /** Answers that no retry can explain, as text. */
  readonly strange: readonly string[]
  /** Resolves once so many more conversions were acknowledged. */
  moreAnswers(count: number): Promise<void>
  /** Resolves once all clients have given up. */
  stop(): Promise<void>
}

export const SALES_GOAL = 'Car sold'
export const SALE_VALUE = 12.5
const PATIENCE_MS = 60_000
const PAUSE_MS = 10

export function startCrms({ service, name, clients = 4 }: CrmLoadOptions): CrmLoad {
  const acknowledged = new Set<string>()
  const sent = new Set<string>()
  const strange: string[] = []
  let stopping = false
  let made = 0
  let repeated = 0

  function conversions() {
    return Array.from({ length: 1 + (made % 5) }, () => ({
      goal: SALES_GOAL,
      key: `${name}-${++made}`,
      time: new Date(Date.now() - (made % 400) * 86_400_000).toISOString(),
      value: String(SALE_VALUE),
    }))
  }

  async function client(): Promise<void> {
    while (!stopping) {
      const told = conversions()
      const [first] = told
      const body = told.length === 1 ? first : { conversions: told }
      for (const { key } of told) sent.add(key)
      for (let tries = 1; !stopping; tries++) {
        if (tries === 2) repeated++
        if (await tell(body)) {
          for (const { key } of told) acknowledged.add(key)
          break
        }
        await sleep(PAUSE_MS)
      }
      await sleep(PAUSE_MS)
    }
  }

  /** Whether all of it was taken; false where nobody answered, or said to come again. */
  async function tell(body: unknown): Promise<boolean> {
    let answer: Awaited<ReturnType<Service['ask']>>
    try {
      answer = await service.ask('/api/v1/conversions', { body })
    } catch {
      return false
    }
    if (answer.status === 200 || answer.status === 201) return true
    if (answer.status === 207) {
      const { summary } = answer.json()
      if (summary.refused > 0) strange.push(answer.text)
      return summary.refused + summary.delayed === 0
    }
    // The app is being restarted.
    if (answer.status !== 502 && answer.status !== 503) strange.push(`${answer.status} ${answer.text}`)
    return false
  }

  const all = Promise.all(Array.from({ length: clients }, client))
  return {
    acknowledged,
    sent,
    repeated: () => repeated,
    strange,
    async moreAnswers(count) {
      const enough = acknowledged.size + count
      const deadline = Date.now() + PATIENCE_MS
      while (acknowledged.size < enough) {
        if (Date.now() > deadline) throw new Error(`${acknowledged.size} conversions taken, not ${enough}`)
        await sleep(5)
      }
    },
    async stop() {
      stopping = true
      await all
    },
  }
}
