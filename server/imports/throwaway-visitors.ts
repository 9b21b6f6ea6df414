import { hash, randomBytes } from 'node:crypto'
import { localDays } from '../domain/time/local-day.ts'

const OLD_KEY_MS = 30 * 60 * 1000

export interface VisitorKeys {
  /** 16 hex digits, empty without a household. */
  visitor: string
  /** The key of the day before, only in the first thirty minutes of a day: it joins a session over midnight. */
  previousVisitor: string
}

/**
 * Visitor keys for one import: SHA-256, cut to 16 hex digits, of a random salt that only this closure holds, the local
 * day of the site's zone, household (`ClientAddress.household`) and user agent. As with live hits a person is one visitor a day and another the next
 * day. Nobody can make the key again once the import is over, this program included; a day that two imports share
 * counts a person in each of them.
 */
export function throwawayVisitors(
  timezone: string,
): (time: number, household: string, userAgent: string) => VisitorKeys {
  const salt = randomBytes(32).toString('base64')
  const days = localDays(timezone)
  let today = { day: '', start: 0, before: '' }

  return (time, household, userAgent) => {
    if (household === '') return { visitor: '', previousVisitor: '' }
    const day = days.dayOf(time)
    if (day !== today.day) today = { day, start: days.bounds(day).start, before: days.shift(day, -1) }
    const person = `${household}\n${userAgent}`
    const keyOn = (onDay: string): string =>
      hash('sha256', `${salt}\n${onDay}\n${person}`, 'hex').slice(0, 16)
    return {
      visitor: keyOn(day),
      previousVisitor: time - today.start < OLD_KEY_MS ? keyOn(today.before) : '',
    }
  }
}
