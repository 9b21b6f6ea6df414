/**
 * A hit as the edge saw it: raw facts only, immutable, enough to judge everything again later.
 * The spool holds it, the table `raw_hits` keeps it. What is *judged* from it stands in `judged.ts`.
 *
 * Strings are empty, numbers 0, where a fact is absent. No field ever holds a network address.
 */
export interface RawHit {
  kind: HitKind
  /** 32 lower-case hex digits. A click: edge run id (16) + sequence (16). A page event: the id that the page made. */
  hitId: string
  /** 16 hex digits, random, one per life of an edge process. */
  edgeRun: string
  /** Counts this edge run's hits from 1. With `time` and `edgeRun` it orders hits. */
  sequence: number
  /** Unix milliseconds at which the edge received it; never goes back within a process. */
  receivedAt: number
  /** Unix milliseconds at which it happened: a click's `receivedAt`, a page event's `receivedAt` less its age. */
  time: number
  siteId: number
  /** Short domain (clicks) or page host (page events), lower case, with a port where it is not the default one. */
  host: string
  /** The slug as it was asked for, without the leading slash; empty for page events. */
  slug: string
  linkId: number
  /** Grows with every edit of the link; tells which version was followed. */
  linkVersion: number
  outcome: Outcome
  /** HTTP status answered; 202 for page events. */
  status: number
  /** Path and query asked for (click) or the page's full address (page event), made private by `privateUrl`. */
  url: string
  /** Where the redirect sent the visitor, made private; empty for page events. */
  destination: string
  /** Referrer, made private. */
  referrer: string
  userAgent: string
  method: string
  httpVersion: string
  /** What else the request said, by lower-case header name (`EVIDENCE_HEADERS`); only headers that were there. */
  headers: Record<string, string>
  utm: UtmValues
  /** Kinds of third-party click ids in the address that was asked for (`fbclid`, `gclid`, …), never their values. */
  clickIdKinds: string[]
  country: string
  region: string
  /** GeoNames id of the city, 0 where no city database is given. */
  cityId: number
  climate: string
  /** Autonomous system number, 0 where no such file is given. */
  networkNumber: number
  hosting: boolean
  /** Visitor key: 16 hex digits, or empty. */
  visitor: string
  /** The key under yesterday's salt, only in the first thirty minutes of a day of the site's zone. */
  previousVisitor: string
  consent: Consent
  /** The signed click id: the one sent with a redirect, or the one that a landing page brought back. */
  clickId: string
  /** What the link said when it was clicked. */
  platform: string
  placement: string
  paid: Paid
  postId: string
  campaignId: string
  /** Which variant and which of the link's rules fired; empty for plain links. */
  variant: string
  rule: string
  /** Names of the fields that were longer than their cap and were cut. */
  cut: string[]
  /** How the hit came: `edge`, `api`, or the format of the file it was imported from. */
  origin: string
  /** What the page or a CRM reported; null for clicks and pageviews. */
  event: EventFacts | null
}

/** Facts of an event, an engagement or a conversion told from elsewhere. Absent texts are empty, numbers 0. */
export interface EventFacts {
  type: EventType
  /** A goal call's name, or the goal that a conversion names; empty for what the page script sees by itself. */
  name: string
  /** Id of the pageview on which it happened, 32 hex digits; empty where it is not known. */
  pageId: string
  /** Where an outbound link, a download, a `tel:` or `mailto:` link or a form leads, made private. */
  target: string
  /** A decimal of at most four places; empty where no value was told. */
  value: string
  /** ISO 4217; empty: the site's own. */
  currency: string
  /** The caller's own id of what happened (an order number): the same key counts once, the highest version of it. */
  key: string
  version: number
  cancelled: boolean
  props: Record<string, string>
  /** Milliseconds of attention since the last such report: the page visible and focused. */
  engagedMs: number
  /** Deepest point of the page seen, in per cent of its height. */
  scroll: number
  /** What `identify` or a conversion told, after consent only: a hash of it, never the text itself. */
  externalId: string
}

/** `conversion`: one that another system reported. */
export type HitKind = 'click' | 'pageview' | 'event' | 'engagement' | 'conversion'
/** `custom` is a goal call, `external` a conversion from elsewhere; `engagement` carries attention only. */
export type EventType =
  | 'custom'
  | 'outbound'
  | 'download'
  | 'tel'
  | 'mail'
  | 'form'
  | 'engagement'
  | 'identify'
  | 'consent'
  | 'external'
export type Outcome = 'redirected' | 'unknown' | 'expired' | 'disabled' | 'not_started' | 'over_limit' | ''
export type Consent = 'unasked' | 'granted' | 'denied'
/** Whether the link was made for paid traffic; `''` where the link does not say. */
export type Paid = 'paid' | 'organic' | ''

export interface UtmValues {
  source: string
  medium: string
  campaign: string
  term: string
  content: string
}

/** Caps on stored text, in bytes of UTF-8. What is longer is cut and its field named in `RawHit.cut`. */
export const TEXT_CAPS = { userAgent: 512, referrer: 1024, url: 2048, destination: 2048, slug: 255 } as const

/** Request headers kept as evidence about person or machine, and about the app a visitor came from. */
export const EVIDENCE_HEADERS = [
  'accept',
  'accept-language',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'sec-fetch-user',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'x-requested-with',
  'purpose',
  'x-purpose',
  'sec-purpose',
  'x-moz',
  'sec-gpc',
  'dnt',
] as const

/** A raw hit with every fact absent: the base that makers of hits spread their facts over. */
export function emptyHit(): RawHit {
  return {
    kind: 'click',
    hitId: '',
    edgeRun: '',
    sequence: 0,
    receivedAt: 0,
    time: 0,
    siteId: 0,
    host: '',
    slug: '',
    linkId: 0,
    linkVersion: 0,
    outcome: '',
    status: 0,
    url: '',
    destination: '',
    referrer: '',
    userAgent: '',
    method: '',
    httpVersion: '',
    headers: {},
    utm: { source: '', medium: '', campaign: '', term: '', content: '' },
    clickIdKinds: [],
    country: '',
    region: '',
    cityId: 0,
    climate: '',
    networkNumber: 0,
    hosting: false,
    visitor: '',
    previousVisitor: '',
    consent: 'unasked',
    clickId: '',
    platform: '',
    placement: '',
    paid: '',
    postId: '',
    campaignId: '',
    variant: '',
    rule: '',
    cut: [],
    origin: 'edge',
    event: null,
  }
}

/** An event with every fact absent. */
export function emptyEvent(type: EventType): EventFacts {
  return {
    type,
    name: '',
    pageId: '',
    target: '',
    value: '',
    currency: '',
    key: '',
    version: 0,
    cancelled: false,
    props: {},
    engagedMs: 0,
    scroll: 0,
    externalId: '',
  }
}
