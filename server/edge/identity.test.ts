import { describe, expect, it } from 'vitest'
import { hashedExternalId } from '../domain/external-id.ts'
import type { Site } from '../domain/site.ts'
import { isOwnDomain } from './consented-key.ts'
import { newCookieId, persistentKey, readCookieId } from './cookies.ts'
import { type IdentityEvidence, identityOf } from './identity.ts'

const site: Site = {
  id: 7,
  name: 'shop',
  hostnames: ['shop.example'],
  timezone: 'UTC',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}
const day = { key: 'aaaaaaaaaaaaaaaa', previousKey: 'bbbbbbbbbbbbbbbb' }
const ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const COOKIE = `a=b; jejak_id_7=${ID}; c=d`
const BY_DAY = { visitor: day.key, previousVisitor: day.previousKey }

function identity(fields: Partial<IdentityEvidence>) {
  const signals = { gpc: false, dnt: false }
  return identityOf(
    { site, told: undefined, cookie: '', signals, crossSite: false, secure: true, ...fields },
    day,
  )
}

describe('whoever sends a message', () => {
  it('is known by the day’s key alone until the page reports consent', () => {
    expect(identity({})).toEqual({ ...BY_DAY, consent: 'unasked', setCookie: '', change: 'none' })
  })

  it('is given an id with consent, and known by it from then on', () => {
    const granted = identity({ told: true })
    expect(granted).toMatchObject({ previousVisitor: day.key, consent: 'granted', change: 'granted' })
    expect(granted.setCookie).toMatch(
      /^jejak_id_7=[\w-]{22}; Path=\/; Max-Age=33955200; HttpOnly; SameSite=Lax; Secure$/,
    )
    const cookie = granted.setCookie.split(';')[0] ?? ''
    for (const told of [undefined, true]) {
      const again = identity({ told, cookie })
      expect(again).toEqual({ ...granted, setCookie: '', change: 'none' })
    }
    expect(identity({ told: true, secure: false }).setCookie).not.toContain('Secure')
  })

  it('loses it on withdrawal', () => {
    const gone = identity({ told: false, cookie: COOKIE })
    expect(gone).toMatchObject({ ...BY_DAY, consent: 'denied', change: 'withdrawn' })
    expect(gone.setCookie).toContain('jejak_id_7=; Path=/; Max-Age=0;')
  })

  it('gets none where the browser would not take it', () => {
    const granted = identity({ told: true, crossSite: true })
    expect(granted).toEqual({ ...BY_DAY, consent: 'granted', setCookie: '', change: 'none' })
  })

  it('gets none, and loses the one at hand, where the site heeds the browser’s signal', () => {
    const gpc = { gpc: true, dnt: false }
    const dnt = { gpc: false, dnt: true }
    expect(identity({ told: true, signals: gpc })).toMatchObject({
      ...BY_DAY,
      consent: 'denied',
      setCookie: '',
    })
    expect(identity({ signals: gpc })).toMatchObject({ ...BY_DAY, consent: 'unasked', setCookie: '' })
    const known = identity({ signals: gpc, cookie: COOKIE })
    expect(known).toMatchObject({ ...BY_DAY, consent: 'denied' })
    expect(known.setCookie).toContain('Max-Age=0')
    expect(identity({ told: true, signals: dnt })).toMatchObject({ consent: 'granted' })
    const other = { ...site, respectGpc: false, respectDnt: true }
    expect(identity({ site: other, told: true, signals: gpc })).toMatchObject({ consent: 'granted' })
    expect(identity({ site: other, told: true, signals: dnt })).toMatchObject({
      ...BY_DAY,
      consent: 'denied',
    })
  })
})

describe('the cookie', () => {
  it('is found among others, and only where it could be ours', () => {
    expect(readCookieId(COOKIE, 7)).toBe(ID)
    expect(readCookieId(`jejak_id_7=short;jejak_id_7=${ID}`, 7)).toBe(ID)
    for (const header of [
      '',
      'jejak_id_7=',
      `jejak_id=${ID}`,
      `jejak_id_77=${ID}`,
      `xjejak_id_7=${ID}`,
      `jejak_id_7=${ID}A`,
      `jejak_id_7=${ID.slice(1)}B`,
    ]) {
      expect(readCookieId(header, 7)).toBe('')
    }
  })

  it('holds a new id each time, and gives another key on each site', () => {
    const ids = Array.from({ length: 100 }, newCookieId)
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(readCookieId(`jejak_id_7=${id}`, 7)).toBe(id)
    expect(persistentKey(1, ID)).toMatch(/^[0-9a-f]{16}$/)
    expect(persistentKey(1, ID)).not.toBe(persistentKey(2, ID))
  })
})

it('an external id becomes 32 hex digits that differ by site', () => {
  expect(hashedExternalId(1, 'customer 7')).toMatch(/^[0-9a-f]{32}$/)
  expect(hashedExternalId(1, 'customer 7')).not.toBe(hashedExternalId(2, 'customer 7'))
})

it.each([
  ['go.shop.example', true],
  ['GO.Shop.Example.:8443', true],
  ['shop.example', true],
  ['notshop.example', false],
  ['shop.example.evil.test', false],
  ['localhost:8080', false],
  ['', false],
])('%s is under the site’s own domain: %s', (host, own) => {
  expect(isOwnDomain(host, ['www.other.test', 'shop.example'])).toBe(own)
})

it('a host without a registrable domain is its own', () => {
  expect(isOwnDomain('localhost:8080', ['localhost:3000'])).toBe(true)
  expect(isOwnDomain('127.0.0.1', ['127.0.0.2'])).toBe(false)
  expect(isOwnDomain('a.github.io', ['b.github.io'])).toBe(false)
})
