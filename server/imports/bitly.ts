import { isUtf8 } from 'node:buffer'
import { emptyHit } from '../domain/hit.ts'
import type { Site } from '../domain/site.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import { setAcceptLanguage, setTexts } from './capped.ts'
import { isTimeInRange, type LineParser, type ParsedLine, rejected, skipped } from './import-line.ts'
import { keptKeys } from './kept-keys.ts'

const MAX_HOST_LENGTH = 259
const HOST = /^[^\s/?#@\\]+$/
const COUNTRY = /^[A-Z]{2}$/
const REGION = /^[A-Z]{2}$/

/**
 * Reads clicks as bitly's feed of 1.USA.gov links wrote them: one JSON object a line
 * (data dictionary: usa.gov/About/developer-resources/1usagov.shtml, 2013).
 *
 * - The link is `hh`/`h`: the hash of whoever shortened, not `g`, which all who shortened that address share. Where a
 *   custom slug `kw` was asked for it stands in `url`; the link stays `h`, so that it is one row in reports.
 * - `status` stays 0: the feed does not say which redirect was answered.
 * - `gr` is kept for the US and Canada, where it is the ISO 3166-2 code; elsewhere it is FIPS 10-4, another list.
 * - Not kept: `nk` (whether bitly's cookie was there: it tells no one apart and no figure uses it), `ll`, `tz` and `cy`
 *   (closer to the person than any report needs, and a name is no GeoNames id), `l`, `hc` and `g` (about the link).
 * - The feed has neither address nor visitor, and user agent with city would lump people together, so the visitor
 *   stays empty: such clicks count as clicks, and reports say how many they left out of visitors.
 */
export function bitlyParser(site: Site, now: () => number): LineParser {
  const kept = keptKeys(site)
  return (line) => {
    if (!isUtf8(line)) return rejected('not_utf8')
    let parsed: unknown
    try {
      parsed = JSON.parse(line.toString('utf8'))
    } catch {
      return rejected('not_json')
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      return rejected('not_an_object')
    return readClick(parsed as Record<string, unknown>, site.id, kept, now())
  }
}

function readClick(
  click: Record<string, unknown>,
  siteId: number,
  kept: ReadonlySet<string>,
  now: number,
): ParsedLine {
  if ('_heartbeat_' in click) return skipped('heartbeat')
  const slug = text(click.h)
  if (slug === '') return rejected('bad_slug')
  const host = text(click.hh).toLowerCase()
  if (!HOST.test(host) || host.length > MAX_HOST_LENGTH) return rejected('bad_host')
  const destination = webAddress(text(click.u))
  if (destination === null) return rejected('bad_destination')
  if (typeof click.t !== 'number' || !Number.isFinite(click.t)) return rejected('bad_time')
  const time = Math.round(click.t * 1000)
  if (!isTimeInRange(time, now)) return rejected('time_out_of_range')

  const hit = emptyHit()
  hit.kind = 'click'
  hit.origin = 'bitly'
  hit.outcome = 'redirected'
  hit.method = 'GET'
  hit.siteId = siteId
  hit.time = time
  hit.host = host
  hit.utm = readUtm(destination.search)
  const referrer = text(click.r)
  setTexts(hit, {
    slug,
    url: `/${text(click.kw) || slug}`,
    destination: privateUrl(destination.href, kept),
    referrer: referrer === 'direct' ? '' : privateUrl(referrer, kept),
    userAgent: text(click.a),
  })
  setAcceptLanguage(hit, text(click.al))
  const country = text(click.c)
  hit.country = COUNTRY.test(country) ? country : ''
  const region = text(click.gr)
  hit.region = (country === 'US' || country === 'CA') && REGION.test(region) ? region : ''
  return { kind: 'hit', hit }
}

/** Optional facts of another type than the feed's are taken as absent (`c` is null where the country is unknown). */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function webAddress(value: string): URL | null {
  const url = URL.canParse(value) ? new URL(value) : null
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : null
}
