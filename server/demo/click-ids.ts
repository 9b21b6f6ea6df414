import { createHmac } from 'node:crypto'

/** Bytes 0 to 19 of a visit's click id are signed, ten of the signature stand behind them: `domain/links/click-id.ts`. */
const VISIT = 0x10
const PREFETCHED = 0x01
const SIGNED = 20
const BYTES = 30

/** Makes a click id whose random bits are given: genuine by the key, and the same each time. */
export type SignClick = (click: {
  /** Unix milliseconds. */
  time: number
  linkId: number
  bits: bigint
  prefetched?: boolean
}) => string

/** The store's signer draws its random bits itself; a history that a seed determines has to give them. */
export function demoClickIds(key: Uint8Array): SignClick {
  return ({ time, linkId, bits, prefetched = false }) => {
    const id = Buffer.alloc(BYTES)
    id[0] = prefetched ? VISIT | PREFETCHED : VISIT
    id.writeUIntBE(time, 1, 6)
    id.writeUIntBE(linkId, 7, 5)
    id.writeBigUInt64BE(bits, 12)
    createHmac('sha256', key)
      .update(id.subarray(0, SIGNED))
      .digest()
      .copy(id, SIGNED, 0, BYTES - SIGNED)
    return id.toString('base64url')
  }
}
