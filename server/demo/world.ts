import { emptyHit, type RawHit } from '../domain/hit.ts'
import type { LocalDays } from '../domain/time/local-day.ts'
import type { SignClick } from './click-ids.ts'
import { dayKey, type Person } from './person.ts'
import type { DemoLink } from './plan.ts'
import type { Random } from './random.ts'

/** Where a made-up history takes place. */
export interface World {
  siteId: number
  /** Of the pages: `https://sepoi.example`. */
  origin: string
  /** Of the short links: `localhost:8080`. */
  domain: string
  /** Of the site's zone. */
  days: LocalDays
  signClick: SignClick
  /** Has hits made at a later time, which may lie beyond the end. */
  later(time: number, begin: () => Iterator<RawHit>): void
}

/** What a hit of somebody says of them. */
export type Who = Pick<RawHit, 'visitor' | 'previousVisitor' | 'consent'>

/** For half an hour after midnight the edge also tells the key of the day before. */
const BEFORE_MS = 30 * 60_000

/** Who somebody is who has not consented: known for a day of the site's zone. */
export function byDay({ days }: Pick<World, 'days'>, person: Person, time: number): Who {
  const day = days.dayOf(time)
  const before = days.dayOf(time - BEFORE_MS)
  return {
    visitor: dayKey(person, day),
    previousVisitor: before === day ? '' : dayKey(person, before),
    consent: 'unasked',
  }
}

/** A click on a link; `prefetched` for one that the browser made in advance. */
export function clickHit(
  world: World,
  {
    link,
    time,
    random,
    person,
    referrer,
  }: { link: DemoLink; time: number; random: Random; person: Person; referrer: string },
): RawHit {
  return {
    ...clickBase(world, link, time, random),
    clickId: world.signClick({ time, linkId: link.id, bits: random.bits64() }),
    referrer,
    userAgent: person.agent,
    headers: { ...person.clickHeaders, ...(referrer !== '' && { 'sec-fetch-site': 'cross-site' }) },
    country: person.country,
    ...byDay(world, person, time),
  }
}

/**
 * An id of a hit: 96 random bits, and the site's number, so that a history made for another site is another one to
 * whoever remembers ids.
 */
export function hitIdOf({ siteId }: Pick<World, 'siteId'>, random: Random): string {
  return random.hex(24) + siteId.toString(16).padStart(8, '0')
}

/** What all requests for a link have. */
export function clickBase(world: World, link: DemoLink, time: number, random: Random): RawHit {
  return {
    ...emptyHit(),
    origin: 'demo',
    kind: 'click',
    hitId: hitIdOf(world, random),
    time,
    siteId: world.siteId,
    host: world.domain,
    slug: link.slug,
    linkId: link.id,
    linkVersion: link.version,
    outcome: 'redirected',
    status: 302,
    url: `/${link.slug}`,
    destination: `${world.origin}${link.path}?${utmQuery(link)}`,
    method: 'GET',
    httpVersion: '1.1',
    platform: link.platform,
    placement: link.placement,
    paid: link.paid,
    postId: link.postId,
    campaignId: link.campaignId,
  }
}

export function utmQuery({ utm }: Pick<DemoLink, 'utm'>): string {
  return `utm_source=${utm.source}&utm_medium=${utm.medium}&utm_campaign=${utm.campaign}&utm_content=${utm.content}`
}
