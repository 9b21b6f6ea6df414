import { hash, randomBytes } from 'node:crypto'

/** Counts what one address does within a minute. */
export interface FloodGate {
  /** Counts one more, or `many`; false once the address has done more than it may within this minute. */
  pass(household: string, now: number, many?: number): boolean
}

const MINUTE_MS = 60_000

/**
 * Addresses are held as keyed hashes under a key of this process, for a minute at most, and never stored.
 *
 * @param perMinute how many an address may do
 * @param maxAddresses how many addresses are watched at once; those beyond pass
 */
export function createFloodGate(perMinute: number, maxAddresses: number): FloodGate {
  const key = randomBytes(16).toString('hex')
  const counts = new Map<string, number>()
  let minute = 0
  return {
    pass(household, now, many = 1) {
      const current = Math.floor(now / MINUTE_MS)
      if (current !== minute) {
        minute = current
        counts.clear()
      }
      const name = hash('sha256', key + household, 'base64url').slice(0, 12)
      const known = counts.get(name)
      const count = (known ?? 0) + many
      if (known !== undefined || counts.size < maxAddresses) counts.set(name, count)
      return count <= perMinute
    },
  }
}
