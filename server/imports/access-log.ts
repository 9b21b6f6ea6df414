import { emptyHit } from '../domain/hit.ts'
import type { Site } from '../domain/site.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { clickIdKinds, queryOf, readUtm } from '../domain/urls/query-values.ts'
import { type ClientAddress, createAddressReader, normalAddress } from '../edge/address.ts'
import type { Geo } from '../edge/geo.ts'
import { readLogLine } from './access-log-line.ts'
import { setTexts } from './capped.ts'
import { isTimeInRange, type LineParser, rejected, skipped } from './import-line.ts'
import { keptKeys } from './kept-keys.ts'
import { pageKind } from './pages.ts'
import { throwawayVisitors } from './throwaway-visitors.ts'

/** 200 and 304 show a page, 206 a part of one; every other status shows none, or an error page. */
const PAGE_STATUSES = new Set([200, 206, 304])
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i

export interface AccessLogOptions {
  /** Host whose log it is, lower case, with a port where it is not the default one. The log itself does not say. */
  host: string
  site: Site
  now: () => number
  /** Says where addresses are; today's database, so for an old log only roughly. */
  geo?: Geo
}

/**
 * Reads pageviews from a web server's access log in Apache's common or combined format: GETs answered 200, 206 or 304
 * whose address is a page by `pageKind`. Crawlers stay in; they are judged like live hits. The client's address gives
 * country and visitor key and is not kept. The log does not say the scheme: addresses get `https`, which no figure
 * depends on.
 */
export function accessLogParser({ host, site, now, geo }: AccessLogOptions): LineParser {
  const kept = keptKeys(site)
  const clientOf = clientReader()
  const visitorOf = throwawayVisitors(site.timezone)
  return (bytes) => {
    const line = readLogLine(bytes)
    if (line === null) return rejected('not_a_log_line')
    if (Number.isNaN(line.time)) return rejected('bad_time')
    if (!isTimeInRange(line.time, now())) return rejected('time_out_of_range')
    if (line.method !== 'GET') return skipped('not_get')
    if (!PAGE_STATUSES.has(line.status)) return skipped('status')
    // A request to a proxy names the host; one for another host was an attempt to use the server as an open proxy.
    const [, otherHost, rest = ''] = ABSOLUTE.exec(line.target) ?? []
    if (otherHost !== undefined && otherHost.toLowerCase().replace(/:(?:80|443)$/, '') !== host)
      return skipped('other_host')
    const asked = otherHost === undefined ? line.target : rest
    const target = asked.startsWith('/') ? asked : `/${asked}`
    const kind = pageKind(target)
    if (kind !== 'page') return skipped(kind)

    const hit = emptyHit()
    hit.kind = 'pageview'
    hit.origin = 'access-log'
    hit.method = 'GET'
    hit.siteId = site.id
    hit.time = line.time
    hit.host = host
    hit.status = line.status
    hit.httpVersion = line.httpVersion
    const query = queryOf(target)
    hit.utm = readUtm(query)
    hit.clickIdKinds = clickIdKinds(query)
    setTexts(hit, {
      url: privateUrl(`https://${host}${target}`, kept),
      referrer: line.referrer === '' ? '' : privateUrl(line.referrer, kept),
      userAgent: line.userAgent,
    })
    const client = clientOf(line.address)
    if (geo && client.address !== '') {
      const place = geo.placeOf(client.address)
      hit.country = place.country
      hit.region = place.region
      hit.cityId = place.cityId
      hit.networkNumber = place.networkNumber
      hit.hosting = place.hosting
    }
    const { visitor, previousVisitor } = visitorOf(line.time, client.household, line.userAgent)
    hit.visitor = visitor
    hit.previousVisitor = previousVisitor
    return { kind: 'hit', hit }
  }
}

const MAX_CLIENTS_KNOWN = 10_000

/** Reads the first field of lines. Clients come in runs, and an address costs as much to read as the rest of a line. */
function clientReader(): (text: string) => ClientAddress {
  const addresses = createAddressReader([])
  const known = new Map<string, ClientAddress>()
  return (text) => {
    let client = known.get(text)
    if (client === undefined) {
      client = addresses.read(normalAddress(text), { forwardedFor: '', forwarded: '' })
      // A server that looks names up writes a host name, which then stands for its household.
      if (client.address === '' && text !== '-') client = { address: '', household: text }
      if (known.size >= MAX_CLIENTS_KNOWN) known.clear()
      known.set(text, client)
    }
    return client
  }
}
