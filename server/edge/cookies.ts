import { hash, randomBytes } from 'node:crypto'
import limits from '../facts/edge-limits.json' with { type: 'json' }

/*
 * The one cookie there is on a site: 128 random bits, given to visitors who have consented. It is kept nowhere but in
 * the visitor's browser; a hit holds a hash of it. Its name says the site, since several may share an endpoint's host
 * and consent is given to one.
 */
const named = (siteId: number) => `${limits.cookieName}_${siteId}=`
/** 16 bytes of base64url: of the last character two bits count. */
const ID = /^[\w-]{21}[AQgw]$/
const ID_BYTES = 16
const MAX_AGE = `Max-Age=${limits.cookieDays * 86_400}`

/** The id that a `Cookie` header holds for a site; empty where there is none, or nothing that was ever given out. */
export function readCookieId(header: string, siteId: number): string {
  if (!header.includes(limits.cookieName)) return ''
  const name = named(siteId)
  for (const pair of header.split(';')) {
    const text = pair.trim()
    if (text.startsWith(name) && ID.test(text.slice(name.length))) return text.slice(name.length)
  }
  return ''
}

export function newCookieId(): string {
  return randomBytes(ID_BYTES).toString('base64url')
}

/**
 * A `Set-Cookie` value that gives a visitor an id. Scripts cannot read it, other sites' pages do not make it sent, a
 * link followed to the same host does (`Lax`). Of this host alone, since no `Domain` is said.
 *
 * @param secure whether the page came over https
 */
export function idCookie(siteId: number, id: string, secure: boolean): string {
  return `${named(siteId)}${id}; Path=/; ${MAX_AGE}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

/** A `Set-Cookie` value that takes the id away again. */
export function deletedIdCookie(siteId: number, secure: boolean): string {
  return `${named(siteId)}; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

/**
 * The visitor key of a cookie's id on one site: 64 bits of SHA-256, as 16 hex digits. Sites that share a host cannot be
 * put together by it. No secret is needed: nobody can try all of 128 random bits.
 */
export function persistentKey(siteId: number, cookieId: string): string {
  return hash('sha256', `${siteId}\n${cookieId}`, 'hex').slice(0, 16)
}
