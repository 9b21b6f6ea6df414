import limits from '../../facts/bursts.json' with { type: 'json' }
import type { RawHit } from '../hit.ts'
import type { TrafficInput, TrafficVerdict } from './traffic.ts'

/** Why a click that looks like a person's when seen alone is a machine's by its neighbours in time. */
export type BurstReason = 'burst_head' | 'burst_fanout'

/** A click on a link, as far as bursts go. */
export interface BurstClick {
  hitId: string
  /** Unix milliseconds. */
  time: number
  method: string
  userAgent: string
  /** Visitor key, or empty. */
  visitor: string
  /** The request named a referrer. */
  referred: boolean
  /** It sent neither Accept-Language nor Sec-Fetch-Mode, as browsers do. */
  bare: boolean
  /** A person's by all that it says itself; of a HEAD, by all but its method. */
  browser: boolean
}

const {
  headsAtLeast: HEADS_AT_LEAST,
  headWindowMs: HEAD_WINDOW_MS,
  lookBackMs: LOOK_BACK_MS,
  busyFrom: BUSY_FROM,
  fanOutVisitors: FAN_OUT_VISITORS,
  fanOutWindowMs: FAN_OUT_WINDOW_MS,
} = limits

/** No click farther away in time, before or after, has a say in a verdict (milliseconds). */
export const BURST_REACH_MS = LOOK_BACK_MS
/** Of a burst itself no part is farther away than this (milliseconds); beyond it only the quiet before counts. */
export const BURST_NEAR_MS = Math.max(HEAD_WINDOW_MS, FAN_OUT_WINDOW_MS)
/** How many HEADs, or bare GETs, within `BURST_NEAR_MS` of a click a burst around it has at the least. */
export const BURST_AT_LEAST = { heads: HEADS_AT_LEAST, bareGets: FAN_OUT_VISITORS } as const

/** Whether bursts are about a hit at all: not about page views, imports, and slugs that nobody made. */
export function mayBurst({ kind, origin, linkId }: RawHit): boolean {
  return kind === 'click' && origin === 'edge' && linkId > 0
}

/** A hit as bursts see it; null where they are not about it. */
export function burstClickOf(
  hit: RawHit,
  trafficOf: (input: TrafficInput) => TrafficVerdict,
): BurstClick | null {
  if (!mayBurst(hit)) return null
  // Those who look at links do it from data centres: a HEAD's network is not asked for.
  const alone = hit.method === 'HEAD' ? { ...hit, method: 'GET', hosting: false } : hit
  return {
    hitId: hit.hitId,
    time: hit.time,
    method: hit.method,
    userAgent: hit.userAgent,
    visitor: hit.visitor,
    referred: hit.referrer !== '',
    bare: hit.headers['accept-language'] === undefined && hit.headers['sec-fetch-mode'] === undefined,
    browser: trafficOf(alone).traffic === 'person',
  }
}

/**
 * Which clicks on one link are machines' by what came around them; the others are not in the answer. Only clicks
 * that look like people's are ever named. A function of the set of clicks, whatever their order, in which none
 * counts for another farther away than `BURST_REACH_MS`.
 *
 * `burst_head`: browsers' HEADs around it, as X looks at a link just after it is posted. `burst_fanout`: one of many
 * servers' fetches at the same moment, as Mastodon's do. Limits and sources: `facts/bursts.json`.
 */
export function burstsOf(clicks: readonly BurstClick[]): Map<string, BurstReason> {
  const inOrder = [...clicks].sort((a, b) => a.time - b.time)
  const found = new Map<string, BurstReason>()
  for (const { hitId } of fanOuts(inOrder)) found.set(hitId, 'burst_fanout')
  for (const { hitId } of amongHeads(inOrder)) found.set(hitId, 'burst_head')
  return found
}

/**
 * GETs with browsers' HEADs around them. That the very same visitor sent a HEAD too is proof. Whoever came by a link
 * on a page, and says so, is let go otherwise; of the rest those fall that say nothing of a browser's, and those on a
 * calm link that bear a HEAD's user agent or are the burst's one GET. A declared fetcher is such a GET too: where X's
 * own came, somebody else's click beside it is a person's.
 */
function* amongHeads(clicks: readonly BurstClick[]): Iterable<BurstClick> {
  const gets = clicks.filter(({ method }) => method === 'GET')
  const people = gets.filter(({ browser }) => browser)
  const heads = new Window(clicks.filter(({ method, browser }) => method === 'HEAD' && browser))
  const getsNear = new Window(gets)
  const peopleSince = new Window(people)
  for (const click of people) {
    const [begin, end] = [click.time - HEAD_WINDOW_MS, click.time + HEAD_WINDOW_MS]
    heads.move(begin, end)
    getsNear.move(begin, end)
    peopleSince.move(click.time - LOOK_BACK_MS, end)
    if (heads.size < HEADS_AT_LEAST) continue
    const others = peopleSince.size - 1
    const isHead = heads.visitors.has(click.visitor)
    const isAlone = others === 0 && getsNear.size === 1
    const looksLikeHead = others < BUSY_FROM && heads.userAgents.has(click.userAgent)
    if (isHead || (!click.referred && (click.bare || looksLikeHead || isAlone))) yield click
  }
}

/** Bare GETs of nowhere, among as many visitors' bare GETs as make a fan-out. */
function* fanOuts(clicks: readonly BurstClick[]): Iterable<BurstClick> {
  const bare = clicks.filter(({ method, bare }) => method === 'GET' && bare)
  const ahead = new Window(bare)
  let until = Number.NEGATIVE_INFINITY
  for (const click of bare) {
    ahead.move(click.time, click.time + FAN_OUT_WINDOW_MS)
    if (ahead.visitors.size + ahead.nameless >= FAN_OUT_VISITORS) until = click.time + FAN_OUT_WINDOW_MS
    if (click.time <= until && click.browser && !click.referred) yield click
  }
}

/** The clicks between two instants, both included, that move forward over clicks in the order of time. */
class Window {
  readonly #clicks: readonly BurstClick[]
  #from = 0
  #to = 0
  /** Clicks by visitor key, and by user agent. */
  readonly visitors = new Map<string, number>()
  readonly userAgents = new Map<string, number>()
  /** Clicks without a visitor key. */
  nameless = 0

  constructor(clicks: readonly BurstClick[]) {
    this.#clicks = clicks
  }

  get size(): number {
    return this.#to - this.#from
  }

  move(begin: number, end: number): void {
    for (let next = this.#clicks[this.#to]; next && next.time <= end; next = this.#clicks[++this.#to]) {
      this.#count(next, 1)
    }
    for (let last = this.#clicks[this.#from]; last && last.time < begin; last = this.#clicks[++this.#from]) {
      this.#count(last, -1)
    }
  }

  #count({ visitor, userAgent }: BurstClick, by: 1 | -1): void {
    if (visitor === '') this.nameless += by
    else add(this.visitors, visitor, by)
    add(this.userAgents, userAgent, by)
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
