import type { Outcome, UtmValues } from '../domain/hit.ts'
import type { Link } from '../domain/links/link.ts'
import {
  aroundClickId,
  joined,
  linkTarget,
  type MergeRules,
  mergeQuery,
  type Target,
} from '../domain/links/merge.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import type { ClickLink } from './click-record.ts'

export type RouteOutcome = Extract<Outcome, 'redirected' | 'unknown' | 'expired' | 'disabled'>

/** Where one request for a link goes. */
export interface Route {
  outcome: RouteOutcome
  /** HTTP status; 410 where there is nowhere to go. */
  status: number
  /** `Location` without a click id; empty for 410. */
  location: string
  /** `Location` with one is `before + id + after`. */
  before: string
  after: string
  /** `location` as it may be stored. */
  destination: string
  /** The UTM values that are sent. */
  utm: UtmValues
  /** Which variant and which of the link's rules fired; empty for plain links. */
  variant: string
  rule: string
}

/** A link made ready: one function from a request to its route, and what hits say of the link. */
export interface LinkRoute {
  readonly link: RoutedLink
  readonly record: ClickLink
  /**
   * @param query of the request, without `?`
   * @param now Unix milliseconds
   */
  route(query: string, now: number): Route
}

/** What the edge keeps of a link: no title, notes and tags, which would weigh more than all else. */
export type RoutedLink = Pick<
  Link,
  | 'id'
  | 'siteId'
  | 'destination'
  | 'utm'
  | 'status'
  | 'state'
  | 'expiresAt'
  | 'fallbackUrl'
  | 'passThrough'
  | 'clickId'
  | 'platform'
  | 'placement'
  | 'paid'
  | 'postId'
  | 'campaignId'
  | 'version'
>

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

const NO_UTM: UtmValues = { source: '', medium: '', campaign: '', term: '', content: '' }

/** Makes a link ready. A plain request (no query, link in force) costs nothing but the look at the clock. */
export function routeLink(link: RoutedLink, settings: RouteSettings): LinkRoute {
  const target = linkTarget(link.destination, link.utm)
  const plain = redirect(link, target, settings)
  const ended = end(link, settings)
  const { expiresAt, passThrough } = link
  const active = link.state === 'active'
  return {
    link,
    record: {
      siteId: link.siteId,
      host: settings.host,
      linkId: link.id,
      linkVersion: link.version,
      platform: link.platform ?? '',
      placement: link.placement ?? '',
      paid: link.paid ?? '',
      postId: link.postId ?? '',
      campaignId: link.campaignId ?? '',
    },
    route(query, now) {
      if (!active || (expiresAt !== null && expiresAt <= now)) return ended
      if (query === '') return plain
      const merged = mergeQuery(target, query, passThrough, settings.merge)
      return merged === target ? plain : redirect(link, merged, settings)
    },
  }
}

/** The route of a request that no link serves: the domain's fallback, or a page that says so. */
export function nowhere(
  outcome: RouteOutcome,
  statusWithout: 404 | 410,
  fallbackUrl: string | null,
  keptKeys: ReadonlySet<string>,
): Route {
  const location = fallbackUrl ?? ''
  return {
    outcome,
    status: fallbackUrl === null ? statusWithout : 302,
    location,
    before: '',
    after: '',
    destination: privateUrl(location, keptKeys),
    utm: NO_UTM,
    variant: '',
    rule: '',
  }
}

function redirect(link: RoutedLink, target: Target, settings: RouteSettings): Route {
  const location = joined(target)
  const { before, after } = aroundClickId(target, settings.merge.clickIdParameter)
  return {
    outcome: 'redirected',
    status: link.status,
    location,
    before,
    after,
    destination: privateUrl(location, settings.keptKeys),
    utm: target.query === '' ? NO_UTM : readUtm(target.query),
    variant: '',
    rule: '',
  }
}

function end(link: RoutedLink, settings: RouteSettings): Route {
  const outcome = link.state === 'active' ? 'expired' : 'disabled'
  return nowhere(outcome, 410, link.fallbackUrl ?? settings.fallbackUrl, settings.keptKeys)
}
