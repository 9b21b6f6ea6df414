import { type Outcome, TEXT_CAPS } from '../domain/hit.ts'
import {
  addedPairs,
  aroundClickId,
  joined,
  linkTarget,
  type MergeRules,
  mergeQuery,
  namesOf,
  type Target,
} from '../domain/links/merge.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import { capBytes } from './cap.ts'
import { choiceJson, siteJson, utmJson } from './click-record.ts'
import type { ClickSubject } from './click-recorder.ts'
import type { LinkTerms } from './link-terms.ts'
import { jsonText } from './request-headers.ts'

export type RouteOutcome = Extract<Outcome, 'redirected' | 'unknown' | 'expired' | 'disabled'>

/** Where one request goes. */
export interface Route {
  outcome: RouteOutcome
  /** HTTP status. */
  status: number
  /** `Location` without a click id; empty where there is nowhere to go. */
  location: string
  /** `Location` with a click id is `before + id + after`. */
  before: string
  after: string
  /** `location` made private and capped, as JSON. */
  destinationJson: string
  destinationCut: boolean
  /** The query that was asked for, made private, where that came about on the way; null where it did not. */
  privateQuery: string | null
  /** Pieces of the click's record: the UTM values that are sent; which variant and rule of the link fired. */
  utmJson: string
  choiceJson: string
}

/** The part of a link that is its own. */
export interface LinkAtHand {
  readonly id: number
  readonly version: number
  readonly destination: string
  readonly shape: DestinationShape
  readonly terms: LinkTerms
  /** `destination` made private, and the keys it was made private with: worked out at the first request. */
  privateDestination: string
  privateBy: ReadonlySet<string> | null
}

/** The terms of links made ready: one function from link and request to a route, and what hits say of the links. */
export interface TermsRoute extends ClickSubject {
  /**
   * @param query of the request, without `?`
   * @param now Unix milliseconds
   */
  route(link: LinkAtHand, query: string, now: number): Route
}

/** What a route depends on beside the link. */
export interface RouteSettings {
  /** Where the domain sends requests that nothing serves; null for none. */
  fallbackUrl: string | null
  /** Query keys whose values may be stored. */
  keptKeys: ReadonlySet<string>
  merge: MergeRules
}

/**
 * What pairs behind a destination need, worked out when the link is cached: a `?`, a `&`, or the long way of `merge.ts`
 * (a fragment, a query that ends oddly, UTM names in it that the link's own values replace, what JSON would escape).
 */
export type DestinationShape = '?' | '&' | 'complex'

const MAY_NAME_UTM = /utm|%/i
/** Enough for what `addedPairs` gives: there no name is escaped. */
const NAMES_UTM = /utm_/i
const NO_UTM_JSON = utmJson({ source: '', medium: '', campaign: '', term: '', content: '' })
const NO_CHOICE_JSON = choiceJson('', '')

export function shapeOf(destination: string, terms: LinkTerms): DestinationShape {
  if (/[#@"\\]/.test(destination) || destination.length + terms.utmPairs.length >= TEXT_CAPS.destination)
    return 'complex'
  const mark = destination.indexOf('?')
  if (mark < 0) return '?'
  const query = destination.slice(mark + 1)
  return query === '' || query.endsWith('&') || MAY_NAME_UTM.test(query) ? 'complex' : '&'
}

/** Makes terms ready. */
export function routeTerms(terms: LinkTerms, settings: RouteSettings): TermsRoute {
  const { keptKeys, merge } = settings
  const { expiresAt, passThrough, utmPairs } = terms
  const active = terms.state === 'active'
  const privatePairs = privateUrl(`?${utmPairs}`, keptKeys).slice(1)
  const ownNames = namesOf(linkTarget('', utmPairs), merge)

  /** For destinations of a simple shape: texts are put together, nothing is taken apart. */
  function simple(link: LinkAtHand, added: string, privateAdded: string, all: boolean): Route {
    const { destination, shape } = link
    const glue = shape === '&' ? '&' : '?'
    const pairs = both(utmPairs, added)
    const location = pairs === '' ? destination : destination + glue + pairs
    const privatePart = both(privatePairs, privateAdded)
    if (link.privateBy !== keptKeys) {
      link.privateDestination = shape === '&' ? flat(privateUrl(destination, keptKeys)) : destination
      link.privateBy = keptKeys
    }
    const whole = privatePart === '' ? link.privateDestination : link.privateDestination + glue + privatePart
    // What nothing was added to is shorter than its cap and needs no escaping in JSON: `shapeOf` saw to both.
    const stored = added === '' ? whole : capBytes(whole, TEXT_CAPS.destination)
    const id = `${merge.clickIdParameter}=`
    return {
      outcome: 'redirected',
      status: terms.status,
      location,
      before: location + (pairs === '' ? glue : '&') + id,
      after: '',
      destinationJson: added === '' ? `"${stored}"` : jsonText(stored),
      destinationCut: stored !== whole,
      privateQuery: all ? privateAdded : null,
      utmJson: NAMES_UTM.test(added) ? utmJson(readUtm(pairs)) : terms.utmJson,
      choiceJson: NO_CHOICE_JSON,
    }
  }

  function complex(target: Target): Route {
    const location = joined(target)
    const { before, after } = aroundClickId(target, merge.clickIdParameter)
    const whole = privateUrl(location, keptKeys)
    const stored = capBytes(whole, TEXT_CAPS.destination)
    return {
      outcome: 'redirected',
      status: terms.status,
      location,
      before,
      after,
      destinationJson: jsonText(stored),
      destinationCut: stored !== whole,
      privateQuery: null,
      utmJson: utmJson(readUtm(target.query)),
      choiceJson: NO_CHOICE_JSON,
    }
  }

  function redirect(link: LinkAtHand, query: string): Route {
    if (query === '' && link.shape !== 'complex') return simple(link, '', '', false)
    const target = linkTarget(link.destination, utmPairs)
    if (query === '') return complex(target)
    if (link.shape !== 'complex') {
      const names = link.shape === '?' ? ownNames : namesOf(target, merge)
      const added = addedPairs(target, names, query, passThrough, merge)
      if (added !== null) {
        return simple(link, added, privateUrl(`?${added}`, keptKeys).slice(1), added === query)
      }
    }
    return complex(mergeQuery(target, query, passThrough, merge))
  }

  return {
    siteId: terms.siteId,
    siteJson: siteJson(terms.siteId, terms.host),
    termsJson: terms.termsJson,
    keptKeys,
    route(link, query, now) {
      if (active && (expiresAt === null || expiresAt > now)) return redirect(link, query)
      const outcome = active ? 'expired' : 'disabled'
      return nowhere(outcome, 410, terms.fallbackUrl ?? settings.fallbackUrl, keptKeys)
    },
  }
}

/** The route of a request that no link serves: to a fallback, or nowhere. */
export function nowhere(
  outcome: RouteOutcome,
  statusWithout: 404 | 410,
  fallbackUrl: string | null,
  keptKeys: ReadonlySet<string>,
): Route {
  const location = fallbackUrl ?? ''
  const whole = privateUrl(location, keptKeys)
  const stored = capBytes(whole, TEXT_CAPS.destination)
  return {
    outcome,
    status: fallbackUrl === null ? statusWithout : 302,
    location,
    before: '',
    after: '',
    destinationJson: jsonText(stored),
    destinationCut: stored !== whole,
    privateQuery: null,
    utmJson: NO_UTM_JSON,
    choiceJson: NO_CHOICE_JSON,
  }
}

/** A copy in one piece: as it came it would hold on to all the texts that it was put together from, 0.5 kB a link. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function both(first: string, second: string): string {
  return first === '' ? second : second === '' ? first : `${first}&${second}`
}
