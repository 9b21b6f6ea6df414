import type { Consent } from '../domain/hit.ts'
import { type PrivacySignals, refusesBySignal, type Site } from '../domain/site.ts'
import { deletedIdCookie, idCookie, newCookieId, persistentKey, readCookieId } from './cookies.ts'
import type { Visitor } from './visit.ts'

/** By which key a page's events are told, and what its visitor has said to that. */
export interface Identity {
  /** 16 hex digits, or empty. */
  visitor: string
  previousVisitor: string
  consent: Consent
  /** What the visitor's browser is to do with the cookie; empty for nothing. */
  setCookie: string
  /** The visitor has just been given the id, or has just said no: an event of its own. */
  change: 'granted' | 'withdrawn' | 'none'
}

export interface IdentityEvidence {
  site: Site
  /** What the page says: consent, refusal, or that it does not know. */
  told: boolean | undefined
  /** The request's `Cookie`. */
  cookie: string
  signals: PrivacySignals
  /** The browser says that page and endpoint are of different sites: it would take no `Lax` cookie. */
  crossSite: boolean
  /** The page came over https. */
  secure: boolean
}

/**
 * Decides who has sent a message. Without consent, and against a refusal (the page's or, where the site heeds it, the
 * browser's), the visitor is known by the key of the day alone. With it, by the id in the cookie; the day's key goes
 * along, so that a session goes on that began before the page told of the consent, as each page does anew.
 *
 * Where no cookie can be set there is consent and no id: a new one for each message would make many visitors of one.
 */
export function identityOf(evidence: IdentityEvidence, day: Pick<Visitor, 'key' | 'previousKey'>): Identity {
  const { site, told, cookie, signals, crossSite, secure } = evidence
  const byDay = (consent: Consent): Identity => ({
    visitor: day.key,
    previousVisitor: day.previousKey,
    consent,
    setCookie: '',
    change: 'none',
  })
  if (told === false) {
    return { ...byDay('denied'), setCookie: deletedIdCookie(site.id, secure), change: 'withdrawn' }
  }
  const known = readCookieId(cookie, site.id)
  if (refusesBySignal(site, signals)) {
    if (known !== '') return { ...byDay('denied'), setCookie: deletedIdCookie(site.id, secure) }
    return byDay(told ? 'denied' : 'unasked')
  }
  if (known === '' && !told) return byDay('unasked')
  if (known === '' && crossSite) return byDay('granted')
  const id = known || newCookieId()
  return {
    visitor: persistentKey(site.id, id),
    previousVisitor: day.key,
    consent: 'granted',
    setCookie: known === '' ? idCookie(site.id, id, secure) : '',
    change: known === '' ? 'granted' : 'none',
  }
}
