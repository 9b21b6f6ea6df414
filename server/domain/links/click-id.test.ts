import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLICK_ID_CHARACTERS, createClickIdSigner } from './click-id.ts'

const key = (length = 32) => fc.uint8Array({ minLength: length, maxLength: length })
const times = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const linkIds = fc.integer({ min: 0, max: 2 ** 40 - 1 })
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('a click id of a visit', () => {
  it('is at most 40 URL-safe characters and says back what went in', () => {
    fc.assert(
      fc.property(key(), times, linkIds, fc.boolean(), (current, time, linkId, prefetched) => {
        const signer = createClickIdSigner({ current, previous: null })
        const id = signer.sign(time, linkId, prefetched)
        expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
        expect(id.length).toBeLessThanOrEqual(CLICK_ID_CHARACTERS)
        expect(signer.read(id)).toEqual({ verdict: 'valid', kind: 'visit', time, linkId, prefetched })
      }),
    )
  })

  it('carries 80 bits of the HMAC-SHA256 that node:crypto computes, for keys of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), times, linkIds, (current, time, linkId) => {
        const id = createClickIdSigner({ current, previous: null }).sign(time, linkId, false)
        const bytes = Buffer.from(id, 'base64url')
        const mac = createHmac('sha256', current).update(bytes.subarray(0, 20)).digest()
        expect(bytes.subarray(20).toString('hex')).toBe(mac.subarray(0, 10).toString('hex'))
      }),
    )
  })

  it('is another one each time', () => {
    const signer = createClickIdSigner({ current: randomBytes(32), previous: null })
    const ids = new Set(Array.from({ length: 5000 }, () => signer.sign(1_700_000_000_000, 7, false)))
    expect(ids.size).toBe(5000)
  })

  it('is forged as soon as any one character is another', () => {
    const signer = createClickIdSigner({ current: randomBytes(32), previous: null })
    const id = signer.sign(1_700_000_000_000, 4711, true)
    for (let at = 0; at < id.length; at++) {
      for (const other of BASE64URL) {
        if (other === id[at]) continue
        const changed = id.slice(0, at) + other + id.slice(at + 1)
        expect(signer.read(changed)).toEqual({ verdict: 'forged' })
      }
    }
  })

  it('refuses numbers that do not fit', () => {
    const signer = createClickIdSigner({ current: randomBytes(32), previous: null })
    for (const linkId of [-1, 0.5, 2 ** 40, Number.NaN]) {
      expect(() => signer.sign(0, linkId, false)).toThrow(RangeError)
      expect(() => signer.signLink(linkId)).toThrow(RangeError)
    }
    for (const time of [-1, 0.5, 2 ** 48]) expect(() => signer.sign(time, 1, false)).toThrow(RangeError)
  })
})

describe('a click id that names only the link', () => {
  it('is the same for everybody and says which link', () => {
    fc.assert(
      fc.property(key(), linkIds, (current, linkId) => {
        const signer = createClickIdSigner({ current, previous: null })
        const id = signer.signLink(linkId)
        expect(signer.signLink(linkId)).toBe(id)
        expect(id).toMatch(/^[A-Za-z0-9_-]{20}$/)
        expect(signer.read(id)).toEqual({
          verdict: 'valid',
          kind: 'link',
          time: 0,
          linkId,
          prefetched: false,
        })
      }),
    )
  })

  it('carries 72 bits of HMAC-SHA256', () => {
    const current = randomBytes(32)
    const bytes = Buffer.from(createClickIdSigner({ current, previous: null }).signLink(99), 'base64url')
    const mac = createHmac('sha256', current).update(bytes.subarray(0, 6)).digest()
    expect(bytes.subarray(6).toString('hex')).toBe(mac.subarray(0, 9).toString('hex'))
  })
})

describe('reading', () => {
  it('believes the previous key and no other', () => {
    const [old, now, next] = [randomBytes(32), randomBytes(32), randomBytes(32)]
    const id = createClickIdSigner({ current: old, previous: null }).sign(5, 6, false)
    const linkId = createClickIdSigner({ current: old, previous: null }).signLink(6)
    for (const text of [id, linkId]) {
      expect(createClickIdSigner({ current: now, previous: old }).read(text).verdict).toBe('valid')
      expect(createClickIdSigner({ current: next, previous: now }).read(text).verdict).toBe('forged')
      expect(createClickIdSigner({ current: next, previous: null }).read(text).verdict).toBe('forged')
    }
  })

  it('calls any other text forged and never throws', () => {
    const signer = createClickIdSigner({ current: randomBytes(32), previous: null })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom(...BASE64URL), minLength: 40, maxLength: 40 }),
          fc.string({ unit: fc.constantFrom(...BASE64URL), minLength: 20, maxLength: 20 }),
        ),
        (text) => {
          expect(signer.read(text)).toEqual({ verdict: 'forged' })
        },
      ),
    )
  })
})
