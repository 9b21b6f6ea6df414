import { hash, randomFillSync, timingSafeEqual } from 'node:crypto'

/*
 * A click id of a visit is 30 bytes, 40 characters of base64url without padding:
 *   0      kind and flags: 0x10 a visit's id, + 0x01 made for a prefetched request
 *   1–6    Unix milliseconds, big endian
 *   7–11   link number, big endian
 *   12–19  64 random bits
 *   20–29  HMAC-SHA256 of bytes 0–19, its first 80 bits
 * A click id that names only the link is 15 bytes, 20 characters: 0x20, link number (1–5), 72 bits of HMAC (6–14).
 * Both lengths are multiples of three, so that no other text decodes to the same bytes.
 */
const VISIT = 0x10
const PREFETCHED = 0x01
const LINK = 0x20
const VISIT_BYTES = 30
const VISIT_SIGNED = 20
const LINK_BYTES = 15
const LINK_SIGNED = 6
const MAX_LINK_ID = 2 ** 40 - 1
const MAX_TIME = 2 ** 48 - 1

/** Longest click id, in characters. */
export const CLICK_ID_CHARACTERS = 40

/** The 64 random bits of a visit's click id as a decimal number; `0` for an id of the link alone, or none. */
export function clickKey(clickId: string): string {
  if (clickId.length !== CLICK_ID_CHARACTERS) return '0'
  // Bytes 12 to 20 of the id are its characters 16 to 27.
  return Buffer.from(clickId.slice(16, 28), 'base64url').readBigUInt64BE(0).toString()
}

/** What a click id says of the redirect that made it. */
export interface ClickIdFacts {
  /** Unix milliseconds of the redirect. */
  time: number
  linkId: number
  /** The redirect was prefetched: it becomes a click only when its landing arrives. */
  prefetched: boolean
}

export type ClickIdReading =
  | ({ verdict: 'valid'; kind: 'visit' } & ClickIdFacts)
  /** Names only the link and is the same for everybody: `time` is 0. */
  | ({ verdict: 'valid'; kind: 'link' } & ClickIdFacts)
  | { verdict: 'forged' }

export interface ClickIdKeys {
  /** Signs, and is believed; any length, 32 random bytes by habit. */
  current: Uint8Array
  /** Is still believed; null where there was no key before. */
  previous: Uint8Array | null
}

export interface ClickIdSigner {
  /**
   * A new id for one redirect: 40 URL-safe characters.
   * @throws {RangeError} for a link number above 2^40 - 1 or a time that is no 48-bit count of milliseconds.
   */
  sign(time: number, linkId: number, prefetched: boolean): string
  /** The id that names only the link: 20 URL-safe characters, always the same under one key. */
  signLink(linkId: number): string
  /** What an id says, if it was signed with the current or the previous key. Anything else is `forged`. */
  read(text: string): ClickIdReading
}

/**
 * Signs and reads click ids. One signature costs two calls of `crypto.hash` with the pads of HMAC (RFC 2104) laid out
 * beforehand: 0.6 µs where `createHmac` takes 1.9 µs. Random bits come from a pool, for the same reason.
 */
export function createClickIdSigner(keys: ClickIdKeys): ClickIdSigner {
  const current = createMac(keys.current)
  const previous = keys.previous ? createMac(keys.previous) : null
  const random = createRandomPool()
  const visit = Buffer.alloc(VISIT_BYTES)
  const link = Buffer.alloc(LINK_BYTES)

  function signed(bytes: Buffer, end: number): boolean {
    if (current.verify(bytes, end)) return true
    return previous?.verify(bytes, end) ?? false
  }

  return {
    sign(time, linkId, prefetched) {
      checkLinkId(linkId)
      if (!Number.isInteger(time) || time < 0 || time > MAX_TIME)
        throw new RangeError(`click id: time ${time}`)
      visit[0] = prefetched ? VISIT | PREFETCHED : VISIT
      visit.writeUIntBE(time, 1, 6)
      visit.writeUIntBE(linkId, 7, 5)
      random.take(visit, 12)
      current.write(visit, VISIT_SIGNED)
      return visit.toString('base64url')
    },
    signLink(linkId) {
      checkLinkId(linkId)
      link[0] = LINK
      link.writeUIntBE(linkId, 1, 5)
      current.write(link, LINK_SIGNED)
      return link.toString('base64url')
    },
    read(text) {
      if (!/^(?:[\w-]{40}|[\w-]{20})$/.test(text)) return { verdict: 'forged' }
      const bytes = Buffer.from(text, 'base64url')
      const kind = bytes[0]
      if (bytes.length === LINK_BYTES && kind === LINK && signed(bytes, LINK_SIGNED)) {
        return { verdict: 'valid', kind: 'link', time: 0, linkId: bytes.readUIntBE(1, 5), prefetched: false }
      }
      const isVisit = kind === VISIT || kind === (VISIT | PREFETCHED)
      if (bytes.length === VISIT_BYTES && isVisit && signed(bytes, VISIT_SIGNED)) {
        return {
          verdict: 'valid',
          kind: 'visit',
          time: bytes.readUIntBE(1, 6),
          linkId: bytes.readUIntBE(7, 5),
          prefetched: kind !== VISIT,
        }
      }
      return { verdict: 'forged' }
    },
  }
}

interface Mac {
  /** Signs `bytes[0, end)` and writes as much of the signature as fits behind it. */
  write(bytes: Buffer, end: number): void
  /** Whether what stands behind `bytes[0, end)` is its signature; takes the same time either way. */
  verify(bytes: Buffer, end: number): boolean
}

const BLOCK = 64
const DIGEST = 32

function createMac(key: Uint8Array): Mac {
  const block = Buffer.alloc(BLOCK)
  block.set(key.length > BLOCK ? hash('sha256', key, 'buffer') : key)
  const inner = {
    visit: Buffer.alloc(BLOCK + VISIT_SIGNED),
    link: Buffer.alloc(BLOCK + LINK_SIGNED),
  }
  const outer = Buffer.alloc(BLOCK + DIGEST)
  for (let i = 0; i < BLOCK; i++) {
    const byte = block[i] ?? 0
    inner.visit[i] = byte ^ 0x36
    inner.link[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  const expected = Buffer.alloc(VISIT_BYTES - VISIT_SIGNED)

  function digest(bytes: Buffer, end: number): string {
    const message = end === VISIT_SIGNED ? inner.visit : inner.link
    bytes.copy(message, BLOCK, 0, end)
    outer.write(hash('sha256', message, 'binary'), BLOCK, DIGEST, 'latin1')
    return hash('sha256', outer, 'binary')
  }

  return {
    write(bytes, end) {
      bytes.write(digest(bytes, end), end, bytes.length - end, 'latin1')
    },
    verify(bytes, end) {
      const size = bytes.length - end
      expected.write(digest(bytes, end), 0, size, 'latin1')
      return timingSafeEqual(expected.subarray(0, size), bytes.subarray(end))
    },
  }
}

function createRandomPool(): { take(into: Buffer, at: number): void } {
  const pool = Buffer.alloc(8192)
  let used = pool.length
  return {
    take(into, at) {
      if (used === pool.length) {
        randomFillSync(pool)
        used = 0
      }
      pool.copy(into, at, used, used + 8)
      used += 8
    },
  }
}

function checkLinkId(linkId: number): void {
  if (!Number.isInteger(linkId) || linkId < 0 || linkId > MAX_LINK_ID) {
    throw new RangeError(`click id: link number ${linkId} is not between 0 and 2^40 - 1`)
  }
}
