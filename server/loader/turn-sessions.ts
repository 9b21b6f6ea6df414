import { SESSION_GAP_MS } from '../domain/sessions/limits.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Generations } from './generations.ts'
import { type GenerationOf, shiftDay } from './session-scope.ts'
import type { Sessions } from './sessions.ts'
import type { TouchedVisitors } from './touched.ts'

/** The days of a turn, under their generation to be. */
export interface TurningDays {
  siteId: number
  /** Unix milliseconds; `to` is exclusive. */
  from: number
  to: number
  /** Null: all the site has. */
  days: readonly string[] | null
  generation: number
}

/** Sees to the sessions of days that turn. Days are given ascending, all between the first and the last that hold hits. */
export interface TurnSessions {
  /** Works out some of them under the new generation; true when all are done. */
  build(days: readonly string[]): Promise<boolean>
  /** Takes in, before the days turn, what has been loaded since: onto them, and onto the days beside them. */
  finish(days: readonly string[], late: TouchedVisitors): Promise<void>
  /** After the days have turned: sessions of the days beside them that reach over midnight. */
  beside(days: readonly string[]): Promise<void>
}

export interface TurnSessionsDeps {
  warehouse: Warehouse
  generations: Generations
  sessions: Sessions
}

export function turnSessions(
  { siteId, from, to, days: asked, generation }: TurningDays,
  { warehouse, generations, sessions }: TurnSessionsDeps,
): TurnSessions {
  let turning = new Set<string>()
  let steps: AsyncGenerator<void> | null = null
  const under: GenerationOf = (site, day) => (turning.has(day) ? generation : generations.of(site, day))
  /** The nights before the first and after the last of the days; a site that turns as a whole has none. */
  const nights = asked === null ? [] : [from, to]

  async function aroundNight(at: number, day: string, generationOf: GenerationOf): Promise<void> {
    const stretch = { since: at - SESSION_GAP_MS, until: at + SESSION_GAP_MS }
    const rows = await warehouse.query<{ visitor: string }>(
      `SELECT DISTINCT visitor FROM raw_hits
       WHERE site = {site:UInt32} AND toDate(time) BETWEEN toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Milli({until:Int64}, 'UTC'))
         AND time BETWEEN fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND fromUnixTimestamp64Milli({until:Int64}, 'UTC')
         AND visitor != '' AND kind IN ('pageview', 'event', 'engagement')`,
      { site: siteId, ...stretch },
    )
    const visitors = rows.map(({ visitor }) => visitor)
    await sessions.around({ siteId, from: day, to: day }, stretch, visitors, generationOf)
  }

  return {
    async build(days) {
      const [first, last] = [days[0], days.at(-1)]
      if (first === undefined || last === undefined) return true
      await generations.refresh()
      turning = new Set(days)
      steps ??= sessions.rebuild({ siteId, from: first, to: last }, under)
      return (await steps.next()).done === true
    },

    async finish(days, late) {
      const [first, last] = [days[0], days.at(-1)]
      if (first === undefined || last === undefined) return
      await generations.refresh()
      turning = new Set(days)
      await sessions.update(late, under, { from: first, to: last })
      for (const at of nights) await aroundNight(at, at === from ? first : last, under)
    },

    async beside(days) {
      const [first, last] = [days[0], days.at(-1)]
      if (first === undefined || last === undefined) return
      await generations.refresh()
      try {
        for (const at of nights) {
          const day = at === from ? shiftDay(first, -1) : shiftDay(last, 1)
          await aroundNight(at, day, (site, other) => generations.of(site, other))
        }
      } catch (cause) {
        throw new Error(
          'the days have turned; judge them again, for sessions over midnight were not reached',
          {
            cause,
          },
        )
      }
    },
  }
}
