import { describe, expect, test } from 'vitest'
import { decodeHit, encodeHit } from '../../spool/record.ts'
import { conversionFingerprint, conversionHit, conversionId, type ToldConversion } from './conversion.ts'
import { decideConversion } from './decide.ts'

const TOLD: ToldConversion = {
  goal: 'Car sold',
  time: 1_795_000_000_000,
  value: '38450.5',
  currency: 'EUR',
  key: 'order 1',
  version: 2,
  cancelled: false,
  clickId: 'x'.repeat(40),
  visitorId: '00000000000000aa',
  externalId: 'f'.repeat(32),
  props: { dealer: 'A', city: 'Б' },
}
const PLACE = { edgeRun: '0123456789abcdef', sequence: 7, receivedAt: 1_796_000_000_000 }

describe('a conversion', () => {
  test('has one id by site, key and version, whatever else is told of it', () => {
    expect(conversionId(1, 'a', 1)).toMatch(/^[0-9a-f]{32}$/)
    const ids = [
      conversionId(1, 'a', 1),
      conversionId(2, 'a', 1),
      conversionId(1, 'b', 1),
      conversionId(1, 'a', 2),
    ]
    expect(new Set(ids).size).toBe(4)
    const hit = conversionHit(1, { ...TOLD, value: '1' }, PLACE)
    expect(hit.hitId).toBe(conversionHit(1, TOLD, { ...PLACE, sequence: 8 }).hitId)
  })

  test('says the same whatever the order of its properties, and something else with any other fact', () => {
    const same = conversionFingerprint({ ...TOLD, props: { city: 'Б', dealer: 'A' } })
    expect(same).toBe(conversionFingerprint(TOLD))
    const others: Partial<ToldConversion>[] = [
      { goal: 'Test drive' },
      { time: TOLD.time + 1 },
      { value: '' },
      { currency: '' },
      { key: 'order 2' },
      { version: 3 },
      { cancelled: true },
      { clickId: '' },
      { visitorId: '' },
      { externalId: '' },
      { props: { dealer: 'A', city: 'B' } },
      { props: { dealer: 'A' } },
    ]
    for (const other of others) expect(conversionFingerprint({ ...TOLD, ...other })).not.toBe(same)
  })

  test('is a hit that the spool gives back whole', () => {
    const hit = conversionHit(1, TOLD, PLACE)
    expect(decodeHit(encodeHit(hit), PLACE.edgeRun)).toEqual(hit)
    expect(hit).toMatchObject({
      kind: 'conversion',
      origin: 'api',
      time: TOLD.time,
      receivedAt: PLACE.receivedAt,
      visitor: TOLD.visitorId,
      clickId: TOLD.clickId,
      event: { type: 'external', name: 'Car sold', key: 'order 1', version: 2, value: '38450.5' },
    })
  })
})

describe('what is told of a key', () => {
  const known = { version: 2, fingerprint: 'f', receivedAt: 5, pending: false }

  test.each([
    [undefined, { version: 9, fingerprint: 'f' }, { kind: 'new' }],
    [known, { version: 2, fingerprint: 'f' }, { kind: 'same', receivedAt: 5, pending: false }],
    [known, { version: 2, fingerprint: 'g' }, { kind: 'other_body', version: 2 }],
    [known, { version: 3, fingerprint: 'f' }, { kind: 'replaces', version: 2 }],
    [known, { version: 1, fingerprint: 'f' }, { kind: 'older', version: 2 }],
  ])('beside %j, %j, is %j', (before, told, verdict) => {
    expect(decideConversion(before, told)).toEqual(verdict)
  })
})
