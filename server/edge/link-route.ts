import { type Outcome, TEXT_CAPS } from '../domain/hit.ts'
import {
  addedPairs,
  aroundClickId,
  glueOf,
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
import { choiceJson, linkJson, siteJson, utmJson } from './click-record.ts'
import type { ClickSubject } from './click-recorder.ts'
import type { CachedLink } from './link-cache.ts'

export type RouteOutcome = Extract<Outcome, 'redirected' | 'unknown' | 'expired' | 'disabled'>

/** Where one request goes. */
export interface Route {
  outcome: RouteOutcome
  /** HTTP status. */
  status: number
  /** Null where there is nowhere to go. */
  target: Target | null
  /** `Location` with a click id is `before + id + after`. */
  before: string
  after: string
  /** Where it goes, made private, capped. */
  destination: string
  destinationCut: boolean
  /** The query that was asked for, made private, where that came about on the way; null where it did not. */
  privateQuery: string | null
  /** Pieces of the click's record: the UTM values that are sent; which variant and rule of the link fired. */
  utmJson: string
  choiceJson: string
}

/** A link made ready: one function from a request to its route, and what hits say of the link. */
export interface LinkRoute extends ClickSubject {
  readonly link: CachedLink
  /**
   * @param query of the request, without `?`
   * @param now Unix milliseconds
   */
  route(query: string, now: number): Route
}

/** What a link's route depends on beside the link. */
export interface RouteSettings {
  /** The short domain's host. */
  host: string
  /** Where the domain sends requests that nothing serves; null for none. */
  fallbackUrl: string | null
  /** Query keys whose values may be stored. */
  keptKeys: ReadonlySet<string>
  merge: MergeRules
}

const NO_UTM_JSON = utmJson({ source: '', medium: '', campaign: '', term: '', content: '' })
const NO_CHOICE_JSON = choiceJson('', '')
const MAY_NAME_UTM = /utm|%/i

/** Makes a link ready. A plain request (no query, link in force) costs nothing but the look at the clock. */
export function routeLink(link: CachedLink, settings: RouteSettings): LinkRoute {
  const { terms } = link
  const { keptKeys, merge } = settings
  const { expiresAt, passThrough } = terms
  const target = linkTarget(link.destination, terms.utmPairs)
  const ownUtm = MAY_NAME_UTM.test(link.destination)
  const plain = redirect(target, ownUtm ? utmJson(readUtm(target.query)) : terms.utmJson)
  const active = terms.state === 'active'
  let names: ReadonlySet<string> | null = null

  function redirect(to: Target, utm: string): Route {
    const { before, after } = aroundClickId(to, merge.clickIdParameter)
    const whole = privateUrl(joined(to), keptKeys)
    const destination = capBytes(whole, TEXT_CAPS.destination)
    return {
      outcome: 'redirected',
      status: terms.status,
      target: to,
      before,
      after,
      destination,
      destinationCut: destination !== whole,
      privateQuery: null,
      utmJson: utm,
      choiceJson: NO_CHOICE_JSON,
    }
  }

  /** The plain route with pairs behind its query. */
  function adding(added: string, all: boolean): Route {
    const glue = glueOf(target.query)
    const privateAdded = privateUrl(`?${added}`, keptKeys).slice(1)
    const to = { base: target.base, query: target.query + glue + added, fragment: target.fragment }
    const whole = plain.destination + glue + privateAdded
    const destination = capBytes(whole, TEXT_CAPS.destination)
    const { before, after } = aroundClickId(to, merge.clickIdParameter)
    return {
      outcome: 'redirected',
      status: terms.status,
      target: to,
      before,
      after,
      destination,
      destinationCut: destination !== whole,
      privateQuery: all ? privateAdded : null,
      utmJson: MAY_NAME_UTM.test(added) ? utmJson(readUtm(to.query)) : plain.utmJson,
      choiceJson: NO_CHOICE_JSON,
    }
  }

  function withQuery(query: string): Route {
    names ??= namesOf(target, merge)
    const added = plain.destinationCut ? null : addedPairs(target, names, query, passThrough, merge)
    if (added === '') return plain
    if (added !== null) return adding(added, added === query)
    const merged = mergeQuery(target, query, passThrough, merge)
    return redirect(merged, utmJson(readUtm(merged.query)))
  }

  return {
    link,
    siteId: terms.siteId,
    siteJson: siteJson(terms.siteId, settings.host),
    linkJson: linkJson(link.id, link.version),
    termsJson: terms.termsJson,
    keptKeys,
    route(query, now) {
      if (!active || (expiresAt !== null && expiresAt <= now)) {
        const fallbackUrl = terms.fallbackUrl ?? settings.fallbackUrl
        return nowhere(active ? 'expired' : 'disabled', 410, fallbackUrl, keptKeys)
      }
      return query === '' ? plain : withQuery(query)
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
  const whole = privateUrl(fallbackUrl ?? '', keptKeys)
  const destination = capBytes(whole, TEXT_CAPS.destination)
  return {
    outcome,
    status: fallbackUrl === null ? statusWithout : 302,
    target: fallbackUrl === null ? null : { base: fallbackUrl, query: '', fragment: '' },
    before: '',
    after: '',
    destination,
    destinationCut: destination !== whole,
    privateQuery: null,
    utmJson: NO_UTM_JSON,
    choiceJson: NO_CHOICE_JSON,
  }
}
