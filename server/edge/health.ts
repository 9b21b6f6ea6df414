import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SpoolStats } from '../spool/spool.ts'
import { answerText } from './answers.ts'

/** What the process around the edge says of itself. */
export interface Readiness {
  phase: 'starting' | 'ready' | 'draining'
  /** What ails (spool, engine, control store), in words; redirects go on all the same. */
  reasons: string[]
}

export interface HealthOptions {
  readiness(): Readiness
  /** Whether the control store has been heard of at all. */
  started(): boolean
  reachable(): boolean
  spool(): SpoolStats
  forwarding(): { ignored: number; contradictory: number }
}

export interface Health {
  /** `/healthz`: the process is there. */
  alive(req: IncomingMessage, res: ServerResponse): void
  /** `/readyz`: 200 whenever redirects work, `degraded` with reasons where something ails; 503 while not serving. */
  ready(req: IncomingMessage, res: ServerResponse): void
}

const HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'] as const

export function createHealth(options: HealthOptions): Health {
  return {
    alive: (req, res) => answerText(req, res, 200, '{"status":"ok"}', HEADERS),
    ready(req, res) {
      const { phase, reasons: told } = options.readiness()
      const serving = phase === 'ready' && options.started()
      const reasons = [...told, ...ownReasons(options)]
      const status =
        phase === 'draining' ? 'draining' : !serving ? 'starting' : reasons.length > 0 ? 'degraded' : 'ok'
      const warnings = forwardingWarnings(options)
      answerText(req, res, serving ? 200 : 503, JSON.stringify({ status, reasons, warnings }), HEADERS)
    },
  }
}

function ownReasons(options: HealthOptions): string[] {
  const reasons: string[] = []
  const { failing } = options.spool()
  if (!options.reachable()) reasons.push('control store: does not answer; known links go on')
  if (failing) reasons.push(`spool: hits are being lost (${failing})`)
  return reasons
}

function forwardingWarnings(options: HealthOptions): string[] {
  const { ignored, contradictory } = options.forwarding()
  const warnings: string[] = []
  if (ignored > 0) warnings.push('forwarding headers of peers that are no trusted proxies were ignored')
  if (contradictory > 0)
    warnings.push('X-Forwarded-For and Forwarded named different clients; neither was believed')
  return warnings
}
