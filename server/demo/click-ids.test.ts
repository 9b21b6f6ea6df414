import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clickKey, createClickIdSigner } from '../domain/links/click-id.ts'
import { demoClickIds } from './click-ids.ts'

test('the product’s own signer takes them for genuine, and reads what they say', () => {
  const key = randomBytes(32)
  const sign = demoClickIds(key)
  const signer = createClickIdSigner({ current: key, previous: null })
  fc.assert(
    fc.property(
      fc.nat(2 ** 48 - 1),
      fc.nat(2 ** 40 - 1),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.boolean(),
      (time, linkId, bits, prefetched) => {
        const id = sign({ time, linkId, bits, prefetched })
        expect(signer.read(id)).toEqual({ verdict: 'valid', kind: 'visit', time, linkId, prefetched })
        expect(clickKey(id)).toBe(String(bits))
        expect(sign({ time, linkId, bits, prefetched })).toBe(id)
      },
    ),
  )
})

test('under another key they are forged', () => {
  const signer = createClickIdSigner({ current: randomBytes(32), previous: null })
  const id = demoClickIds(randomBytes(32))({ time: Date.now(), linkId: 7, bits: 5n })
  expect(signer.read(id)).toEqual({ verdict: 'forged' })
})
