import { setTimeout as sleep } from 'node:timers/promises'
import { rulesVersionOf } from '../domain/judge.ts'
import type { Site } from '../domain/site.ts'
import { localDays } from '../domain/time/local-day.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Enricher } from './enrich.ts'
import type { Loader } from './loader.ts'
import { type DayTrial, tryDay } from './trial.ts'
import type { TurnSummary } from './turn.ts'

/** How a site's days stand judged. */
export interface SiteDays {
  /** Of today's rules. */
  rulesVersion: number
  /** Days that hold judged hits, ascending. */
  days: StandingDay[]
}

export interface StandingDay {
  /** `YYYY-MM-DD`, of the site's zone. */
  day: string
  hits: number
  /** All of them were judged by today's rules. */
  isCurrent: boolean
}

/** Which days of a site to judge again, and how. */
export interface DayRequest {
  siteId: number
  day: string
  /** Leaves alone a day that stands under today's rules as a whole. */
  unlessCurrent?: boolean
}

/**
 * Judging history again, in the process that loads: for commands of this machine. Trials and turns that are asked for
 * here run one after the other, so that what a command that died has left behind is done before the next one looks.
 * While a site's days are being made anew in another time zone, all three wait. They reject with `RangeError` for what is no
 * day, and with a `WarehouseError`; a day whose turn failed stands as before.
 */
export interface Judging {
  /** @param from first day, `to` the last one. */
  days(siteId: number, from: string, to: string): Promise<SiteDays>
  /** What judging the day again would move; null where it was left alone. Writes nothing. */
  tryDay(request: DayRequest): Promise<DayTrial | null>
  /** Judges the day again; null where it was left alone. */
  judgeDay(request: DayRequest): Promise<TurnSummary | null>
  /** Ends trials under way; to be called before the loader and the warehouse are stopped. */
  stop(): Promise<void>
}

export interface JudgingDeps {
  warehouse: Warehouse
  enricher: Enricher
  loader: Pick<Loader, 'judgeAgain'>
  sites: { byId(id: number): Promise<Site | null> }
  rules: { of(siteId: number): Promise<{ revision: number }> }
  /** The zone in whose days a site's hits stand; null for a site not met before. */
  judgedZone(siteId: number): string | null
  /** The loader was not started: nobody makes days anew in another zone. */
  idle?: boolean
}

const LOOK_AGAIN_MS = 250

export function createJudging(deps: JudgingDeps): Judging {
  const { enricher, loader, warehouse } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  let last: Promise<unknown> = Promise.resolve()
  let trial: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(() => {
      signal.throwIfAborted()
      return work()
    })
    last = mine.catch(() => {})
    return mine
  }

  /** The site, once all its days stand in its zone. */
  async function settledSite(siteId: number): Promise<Site> {
    for (;;) {
      const site = await deps.sites.byId(siteId)
      if (!site) throw new Error(`there is no site ${siteId}`)
      const zone = deps.judgedZone(siteId)
      if (zone === null || zone === site.timezone) return site
      if (deps.idle) {
        throw new Error(
          `site ${site.name} has a new time zone, in which its days are made anew once the service is started`,
        )
      }
      await sleep(LOOK_AGAIN_MS, undefined, { signal })
    }
  }

  async function standingDays(siteId: number, from: string, to: string): Promise<SiteDays> {
    const rulesVersion = rulesVersionOf((await deps.rules.of(siteId)).revision)
    return { rulesVersion, days: await readDays(warehouse, { siteId, from, to, rulesVersion }) }
  }

  /** The day's bounds, or null where it is to be left alone. */
  async function due({ siteId, day, unlessCurrent = false }: DayRequest) {
    const { timezone } = await settledSite(siteId)
    if (unlessCurrent) {
      const { days } = await standingDays(siteId, day, day)
      if (days.every(({ isCurrent }) => isCurrent)) return null
    }
    const { start, end } = localDays(timezone).bounds(day)
    return { siteId, from: start, to: end }
  }

  return {
    async days(siteId, from, to) {
      await settledSite(siteId)
      return standingDays(siteId, from, to)
    },

    tryDay: (request) =>
      inTurn(async () => {
        const range = await due(request)
        if (!range) return null
        const mine = tryDay({ ...range, day: request.day }, { warehouse, enricher, signal })
        trial = mine.catch(() => {})
        return mine
      }),

    judgeDay: (request) =>
      inTurn(async () => {
        const range = await due(request)
        // A loader that has been stopped would never answer.
        signal.throwIfAborted()
        return range && loader.judgeAgain({ ...range, days: [request.day] })
      }),

    async stop() {
      stopping.abort(new Error('the app is stopping'))
      await trial
    },
  }
}

/**
 * Days that hold judged hits. `judged_days` names every rules version that may have made rows of a generation, since
 * it is written before them; so a day for whose current generation it names today's version alone holds no other row,
 * and one for which it names more is taken for mixed. What it says of other generations (replaced ones, those of a
 * turn that died) does not count.
 */
async function readDays(
  warehouse: Warehouse,
  { siteId, from, to, rulesVersion }: { siteId: number; from: string; to: string; rulesVersion: number },
): Promise<StandingDay[]> {
  const read = <Row>(what: string, how: string) =>
    warehouse.query<Row>(
      `SELECT ${what} WHERE site = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date} ${how}`,
      { site: siteId, from: clamped(from), to: clamped(to) },
      { maxSeconds: LIST_SECONDS },
    )
  const turned = await read<{ day: string; latest: number }>(
    'day, max(generation) AS latest FROM turned_days',
    'GROUP BY day',
  )
  const noted = await read<{ day: string; generation: number; version: number }>(
    'DISTINCT day, generation, rules_version AS version FROM judged_days',
    '',
  )
  const counted = await read<{ day: string; generation: number; hits: number }>(
    'day, generation, count() AS hits FROM hits',
    'GROUP BY day, generation ORDER BY day',
  )
  const generations = new Map(turned.map(({ day, latest }) => [day, latest]))
  const stands = ({ day, generation }: { day: string; generation: number }) =>
    generation === (generations.get(day) ?? 0)
  const older = new Set(
    noted.filter((row) => stands(row) && row.version !== rulesVersion).map(({ day }) => day),
  )
  return counted.filter(stands).map(({ day, hits }) => ({ day, hits, isCurrent: !older.has(day) }))
}

/** Counting the hits of many years may take a while. */
const LIST_SECONDS = 300
/** What the type Date can hold, without the day under which turns note their generations. */
const FIRST_DAY = '1970-01-02'
const LAST_DAY = '2149-06-06'

function clamped(day: string): string {
  if (day < FIRST_DAY) return FIRST_DAY
  return day > LAST_DAY ? LAST_DAY : day
}
