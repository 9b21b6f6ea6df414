import { hash } from 'node:crypto'
import { emptyEvent, emptyHit, type RawHit } from '../hit.ts'

/** A conversion as another system has told it, found good. Absent texts are empty. */
export interface ToldConversion {
  /** Name of a goal of the site. */
  goal: string
  /** Unix milliseconds at which it happened. */
  time: number
  /** A decimal of at most four places (`parseValue`); empty where none was told. */
  value: string
  /** ISO 4217; empty: the site's own. */
  currency: string
  /** The caller's own id of what happened, unique within the site. */
  key: string
  /** From 1; of one key the highest version counts. */
  version: number
  cancelled: boolean
  /** As the landing page had it; whether it is genuine is found when the hit is judged. */
  clickId: string
  /** 16 hex digits. */
  visitorId: string
  /** A hash (`hashedExternalId`), never the text itself. */
  externalId: string
  props: Record<string, string>
}

/** Where and when a hit was written. */
export interface HitPlace {
  edgeRun: string
  sequence: number
  /** Unix milliseconds. */
  receivedAt: number
}

/**
 * The hit of a conversion: 32 hex digits that follow from site, key and version, so that one told or written again is
 * known to be the same.
 */
export function conversionId(siteId: number, key: string, version: number): string {
  return hash('sha256', `conversion\n${siteId}\n${version}\n${key}`, 'hex').slice(0, 32)
}

/** Equal for conversions that say the same, however they were written: 32 hex digits. */
export function conversionFingerprint(told: ToldConversion): string {
  const { goal, time, value, currency, key, version, cancelled, clickId, visitorId, externalId } = told
  const props = Object.entries(told.props).sort(([a], [b]) => (a < b ? -1 : 1))
  const facts = [goal, time, value, currency, key, version, cancelled, clickId, visitorId, externalId, props]
  return hash('sha256', JSON.stringify(facts), 'hex').slice(0, 32)
}

/** A conversion as the raw hit that the spool keeps. */
export function conversionHit(siteId: number, told: ToldConversion, place: HitPlace): RawHit {
  const { goal, time, value, currency, key, version, cancelled, externalId, props } = told
  return {
    ...emptyHit(),
    ...place,
    kind: 'conversion',
    hitId: conversionId(siteId, key, version),
    siteId,
    time,
    status: 201,
    method: 'POST',
    visitor: told.visitorId,
    clickId: told.clickId,
    origin: 'api',
    event: {
      ...emptyEvent('external'),
      name: goal,
      value,
      currency,
      key,
      version,
      cancelled,
      externalId,
      props,
    },
  }
}
