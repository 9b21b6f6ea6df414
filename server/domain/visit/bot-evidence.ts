import { PREFETCH_HEADERS, type TrafficInput, type TrafficVerdict } from '../bots/traffic.ts'

/** One thing that a request says about who sent it. */
export interface BotEvidence {
  /** `method`, `user-agent`, or the header's name. */
  from: string
  value: string
  /** Traffic and reason: `person`, `bot: ai_crawler`, `preview: link_preview for telegram`. */
  says: string
  decided: boolean
}

const GET = { kind: 'click', method: '', headers: {} } as const
const PIECES = [...PREFETCH_HEADERS, 'sec-ch-ua', 'sec-fetch-mode'] as const

/**
 * Everything that a request says about whether a person sent it, each piece judged as if it stood alone beside the
 * user agent of a plain browser. `userAgent` is null where nobody asked about it.
 */
export function botEvidence(
  detect: (input: TrafficInput) => TrafficVerdict,
  input: { userAgent: string | null; method: string; headers: Readonly<Record<string, string>> },
  verdict: TrafficVerdict | null,
): BotEvidence[] {
  const evidence: BotEvidence[] = []
  const add = (from: string, value: string, alone: TrafficVerdict): void => {
    const first = !evidence.some(({ decided }) => decided)
    evidence.push({ from, value, says: said(alone), decided: first && alone.reason === verdict?.reason })
  }
  const plain = (part: Partial<TrafficInput>): TrafficVerdict =>
    detect({ ...GET, userAgent: PLAIN_BROWSER, ...part })

  const { userAgent, method, headers } = input
  if (method === 'HEAD') add('method', method, plain({ method }))
  for (const name of PIECES) {
    const value = headers[name]
    const alone = value === undefined ? null : plain({ headers: { [name]: value } })
    if (value !== undefined && alone && alone.traffic !== 'person') add(name, value, alone)
  }
  if (userAgent !== null) add('user-agent', userAgent, detect({ ...GET, userAgent }))
  return evidence
}

const PLAIN_BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'

function said({ traffic, reason, previewOf }: TrafficVerdict): string {
  return `${traffic}${reason === '' ? '' : `: ${reason}`}${previewOf === '' ? '' : ` for ${previewOf}`}`
}
