import { hash } from 'node:crypto'
import type { Site } from '../domain/site.ts'
import { type LocalDays, localDays } from '../domain/time/local-day.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }

/** The salts in force at an instant, as hex digits; empty where there is none. */
export interface SaltsNow {
  current: string
  /** Yesterday's, in the first half hour of a day only. */
  previous: string
}

export interface DailySalts {
  /** The salts of a site at an instant (Unix milliseconds). Never waits for the store. */
  at(siteId: number, now: number): SaltsNow
  /**
   * Fetches what will be needed within twelve hours, forgets what no longer is. Rejects while the store is away.
   * Cheap where nothing is to be done.
   */
  maintain(now: number): Promise<void>
  /** Takes in the sites and their zones. */
  setSites(sites: readonly Site[]): void
  /** Visitor keys made with the last known salt because the day's own could not be had. */
  stale(): number
}

const NONE: SaltsNow = { current: '', previous: '' }
const PREVIOUS_MS = limits.previousVisitorMinutes * 60_000
const AHEAD_MS = limits.saltAheadHours * 3_600_000

interface SiteSalts {
  days: LocalDays
  byDay: Map<string, string>
  /** The last salt that was in force. */
  last: string
  /** The local day that `now` falls in, and the bounds within which that stays true. */
  day: string
  start: number
  end: number
}

/** Keeps each site's daily salts at hand: one random salt per site and local day, shared by all edges. */
export function createDailySalts(
  fetchSalt: (siteId: number, day: string, now: number) => Promise<Uint8Array>,
): DailySalts {
  let sites = new Map<number, SiteSalts>()
  let stale = 0

  function turnTo(salts: SiteSalts, now: number): void {
    if (now >= salts.start && now < salts.end) return
    salts.day = salts.days.dayOf(now)
    const bounds = salts.days.bounds(salts.day)
    salts.start = bounds.start
    salts.end = bounds.end
  }

  function needed(salts: SiteSalts, now: number): string[] {
    const days = [salts.day]
    if (salts.end - now <= AHEAD_MS) days.push(salts.days.shift(salts.day, 1))
    if (now - salts.start < PREVIOUS_MS) days.push(salts.days.shift(salts.day, -1))
    return days
  }

  return {
    at(siteId, now) {
      const salts = sites.get(siteId)
      if (!salts) return NONE
      turnTo(salts, now)
      const current = salts.byDay.get(salts.day)
      if (current === undefined) {
        stale++
        return salts.last === '' ? NONE : { current: salts.last, previous: '' }
      }
      salts.last = current
      if (now - salts.start >= PREVIOUS_MS) return { current, previous: '' }
      return { current, previous: salts.byDay.get(salts.days.shift(salts.day, -1)) ?? '' }
    },
    async maintain(now) {
      for (const [siteId, salts] of sites) {
        turnTo(salts, now)
        const days = needed(salts, now)
        for (const day of days) {
          if (!salts.byDay.has(day)) {
            salts.byDay.set(day, Buffer.from(await fetchSalt(siteId, day, now)).toString('hex'))
          }
        }
        for (const day of salts.byDay.keys()) if (!days.includes(day)) salts.byDay.delete(day)
        salts.last = salts.byDay.get(salts.day) ?? salts.last
      }
    },
    setSites(list) {
      const next = new Map<number, SiteSalts>()
      for (const site of list) {
        const known = sites.get(site.id)
        next.set(site.id, {
          days: known?.days.timezone === site.timezone ? known.days : localDays(site.timezone),
          byDay: known?.byDay ?? new Map(),
          last: known?.last ?? '',
          day: '',
          start: 0,
          end: 0,
        })
      }
      sites = next
    },
    stale: () => stale,
  }
}

/**
 * The visitor key: 64 bits, as 16 hex digits, of SHA-256 over a secret salt, the site, the household's address and the
 * user agent. Empty where salt or address is missing. A plain hash with the secret in front will do for a MAC here: it
 * is cut to a quarter, so nobody can extend it.
 */
export function visitorKey(salt: string, siteId: number, household: string, userAgent: string): string {
  if (salt === '' || household === '') return ''
  return hash('sha256', `${salt}\n${siteId}\n${household}\n${userAgent}`, 'hex').slice(0, 16)
}
