import type { Checkpoint } from './checkpoint.ts'
import type { Enricher } from './enrich.ts'
import type { LoaderLog } from './loader.ts'
import type { TurnRequest, TurnSummary } from './turn.ts'

const LOOK_MS = 5_000
/** Beyond every hit there can be. */
const END_OF_TIME = Date.UTC(2100, 0, 1)

/**
 * Watches the sites' time zones. A site that changes its zone has other days, so everything it has is judged again
 * into them; its zone is noted as judged only when that is done, so that a loader that dies begins it anew.
 */
export class ZoneWatch {
  readonly #enricher: Enricher
  readonly #checkpoint: Checkpoint
  readonly #judgeAgain: (request: TurnRequest) => Promise<TurnSummary>
  readonly #log: LoaderLog
  readonly #underWay = new Set<number>()
  #lookAt = 0

  constructor(
    enricher: Enricher,
    checkpoint: Checkpoint,
    judgeAgain: (request: TurnRequest) => Promise<TurnSummary>,
    log: LoaderLog,
  ) {
    this.#enricher = enricher
    this.#checkpoint = checkpoint
    this.#judgeAgain = judgeAgain
    this.#log = log
  }

  /** Looks now and then; queues what has to be judged again. */
  async look(): Promise<void> {
    if (Date.now() < this.#lookAt) return
    this.#lookAt = Date.now() + LOOK_MS
    for (const { id, timezone } of await this.#enricher.refresh()) {
      const judged = this.#checkpoint.zoneOf(id)
      if (judged === null) this.#checkpoint.setZone(id, timezone)
      else if (judged !== timezone && !this.#underWay.has(id)) this.#turn(id, timezone)
    }
  }

  #turn(siteId: number, timezone: string): void {
    this.#underWay.add(siteId)
    this.#log.info({ siteId, timezone }, 'the site has a new time zone; its days are judged again')
    this.#judgeAgain({ siteId, from: 0, to: END_OF_TIME, days: null })
      .then(({ days, hits }) => {
        this.#checkpoint.setZone(siteId, timezone)
        this.#log.info({ siteId, timezone, days: days.length, hits }, 'the days stand in the new time zone')
      })
      .catch((error) =>
        this.#log.warn({ siteId, error: String(error) }, 'days could not be judged again; trying later'),
      )
      .finally(() => this.#underWay.delete(siteId))
  }
}
