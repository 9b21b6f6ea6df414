import {
  BURST_AT_LEAST,
  BURST_NEAR_MS,
  BURST_REACH_MS,
  type BurstClick,
  type BurstReason,
  burstClickOf,
  burstsOf,
} from '../domain/bots/burst.ts'
import type { TrafficInput, TrafficVerdict } from '../domain/bots/traffic.ts'
import { decodeHit } from '../spool/record.ts'
import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'

/** A stretch of a site's time, Unix milliseconds, `to` not included. */
export interface SiteStretch {
  siteId: number
  from: number
  to: number
}

/** Time is looked at in slices in which, with one on each side, all of a burst around a click lies. */
const SLICE_MS = BURST_NEAR_MS
/** Clicks are fetched in pieces of this length. */
const PIECE_MS = BURST_REACH_MS
const DAY_MS = 24 * 3_600_000
/** Clicks looked through at once, where they lie on several days: what the engine groups of them takes 300 MB at worst. */
const MAX_SPAN_CLICKS = 2_000_000
/** Clicks fetched at once, some 60 MB; ten minutes of one link are never cut. */
const MAX_CLICKS = 50_000
/** Numbers that go to the engine as one parameter; a stock server takes 131,072 bytes. */
const MAX_NUMBERS = 5_000
/** Of a day of many millions every click's record is read. */
const MAX_SECONDS = 300

const STRETCH = `site = {site:UInt32} AND kind = 'click'
  AND toDate(time) BETWEEN toDate(fromUnixTimestamp64Milli({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
  AND time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`

/**
 * Finds the clicks of a stretch that their neighbours on the same link give away (`burstsOf`), from raw hits alone,
 * its own and those around it: the same whichever loader saw them and however often it is asked. In memory is no more
 * than some 50,000 clicks, or ten minutes of one link, at a time.
 *
 * @returns by hit id; few clicks are in bursts.
 */
export async function findBursts(
  warehouse: Warehouse,
  trafficOf: (input: TrafficInput) => TrafficVerdict,
  { siteId, from, to }: SiteStretch,
  options: QueryOptions = {},
): Promise<Map<string, BurstReason>> {
  const found = new Map<string, BurstReason>()
  const look = { warehouse, siteId, options: { maxSeconds: MAX_SECONDS, ...options } }
  for (const { begin, end } of await spansOf(look, from, to)) {
    const hot = await hotSlices(look, begin, end)
    for (const batch of await batchesOf(look, hot)) {
      const links = new Map<number, BurstClick[]>()
      for (const { link, click } of await clicksOf(look, batch.pieces, trafficOf)) {
        const clicks = links.get(link)
        if (clicks) clicks.push(click)
        else links.set(link, [click])
      }
      for (const [link, clicks] of links) {
        const bursts = burstsOf(clicks)
        for (const { hitId, time } of clicks) {
          const reason = bursts.get(hitId)
          // Of what was fetched only for its neighbours' sake not all neighbours are known.
          const isKnown = time >= begin && time < end && batch.slices.has(key(link, sliceOf(time)))
          if (reason !== undefined && isKnown) found.set(hitId, reason)
        }
      }
    }
  }
  return found
}

interface Look {
  warehouse: Warehouse
  siteId: number
  options: QueryOptions
}

interface Span {
  begin: number
  end: number
}

/** The stretch, or where it is longer than two days those days of it that hold clicks, as many together as may be. */
async function spansOf({ warehouse, siteId, options }: Look, from: number, to: number): Promise<Span[]> {
  if (to - from <= 2 * DAY_MS) return from < to ? [{ begin: from, end: to }] : []
  const days = await warehouse.query<{ place: number; clicks: number }>(
    `SELECT intDiv(toUnixTimestamp64Milli(time), {length:Int64}) AS place, count() AS clicks
     FROM raw_hits WHERE ${STRETCH} AND link_id > 0 GROUP BY place ORDER BY place`,
    { site: siteId, from: Math.max(0, from), to, length: DAY_MS },
    options,
  )
  const spans: (Span & { clicks: number })[] = []
  for (const { place, clicks } of days) {
    const last = spans.at(-1)
    const [begin, end] = [Math.max(from, place * DAY_MS), Math.min(to, (place + 1) * DAY_MS)]
    if (last && last.clicks + clicks <= MAX_SPAN_CLICKS) {
      last.end = end
      last.clicks += clicks
    } else spans.push({ begin, end, clicks })
  }
  return spans
}

/** A slice of time of one link around which are enough requests of the kinds that bursts are made of. */
interface Slice {
  link: number
  slice: number
}

/**
 * Slices that may hold a burst, by link and time. Records are searched as text, at a fifth of what reading them as
 * JSON costs: a header's name stands so nowhere else, since quotes within texts are escaped, and what looks like a
 * HEAD and is none only makes a slice be looked at.
 */
async function hotSlices({ warehouse, siteId, options }: Look, from: number, to: number): Promise<Slice[]> {
  return warehouse.query<Slice>(
    `SELECT link_id AS link,
       intDiv(toUnixTimestamp64Milli(time), {length:Int64}) + arrayJoin([-1, 0, 1]) AS slice
     FROM raw_hits
     WHERE ${STRETCH} AND link_id > 0
       AND (position(record, ',"HEAD",') > 0
         OR (position(record, '"accept-language":') = 0 AND position(record, '"sec-fetch-mode":') = 0))
     GROUP BY link, slice
     HAVING countIf(position(record, ',"HEAD",') > 0) >= {heads:UInt32}
       OR countIf(position(record, '"accept-language":') = 0) >= {bareGets:UInt32}
     ORDER BY link, slice`,
    {
      site: siteId,
      from: Math.max(0, from - 2 * SLICE_MS),
      to: to + 2 * SLICE_MS,
      length: SLICE_MS,
      ...BURST_AT_LEAST,
    },
    options,
  )
}

/** Pieces of links to fetch together, and the slices whose clicks have all their neighbours among them. */
interface Batch {
  pieces: Map<string, Piece>
  slices: Set<string>
}

interface Piece {
  link: number
  piece: number
}

async function batchesOf(look: Look, hot: readonly Slice[]): Promise<Batch[]> {
  if (hot.length === 0) return []
  const counts = await countClicks(look, hot)
  const batches: Batch[] = []
  let clicks = Number.POSITIVE_INFINITY
  for (const { link, slice } of hot) {
    const needed = piecesAround(link, slice)
    const isFull = clicks >= MAX_CLICKS || (batches.at(-1)?.pieces.size ?? 0) >= MAX_NUMBERS / 2
    const begins = needed.some((piece) => !batches.at(-1)?.pieces.has(key(link, piece.piece)))
    if (begins && isFull) {
      batches.push({ pieces: new Map(), slices: new Set() })
      clicks = 0
    }
    const batch = batches.at(-1)
    if (!batch) continue
    batch.slices.add(key(link, slice))
    for (const piece of needed) {
      const name = key(link, piece.piece)
      if (batch.pieces.has(name)) continue
      batch.pieces.set(name, piece)
      clicks += counts.get(name) ?? 0
    }
  }
  return batches
}

/** From a reach before the slice's begin to all that is near its end. */
function piecesAround(link: number, slice: number): Piece[] {
  const pieces: Piece[] = []
  const last = Math.floor(((slice + 2) * SLICE_MS - 1) / PIECE_MS)
  for (let piece = Math.floor((slice * SLICE_MS - BURST_REACH_MS) / PIECE_MS); piece <= last; piece++) {
    pieces.push({ link, piece })
  }
  return pieces
}

/** Clicks by piece, of the links of these slices and about their time. */
async function countClicks(
  { warehouse, siteId, options }: Look,
  slices: readonly Slice[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const links = [...new Set(slices.map(({ link }) => link))]
  const times = slices.map(({ slice }) => slice * SLICE_MS)
  const first = times.reduce((a, b) => Math.min(a, b))
  const last = times.reduce((a, b) => Math.max(a, b))
  for (let begin = 0; begin < links.length; begin += MAX_NUMBERS) {
    const rows = await warehouse.query<Piece & { clicks: number }>(
      `SELECT link_id AS link, intDiv(toUnixTimestamp64Milli(time), {length:Int64}) AS piece, count() AS clicks
       FROM raw_hits WHERE ${STRETCH} AND link_id IN {links:Array(UInt64)} GROUP BY link, piece`,
      {
        site: siteId,
        from: Math.max(0, first - 2 * PIECE_MS),
        to: last + 2 * PIECE_MS,
        length: PIECE_MS,
        links: links.slice(begin, begin + MAX_NUMBERS),
      },
      options,
    )
    for (const { link, piece, clicks } of rows) counts.set(key(link, piece), clicks)
  }
  return counts
}

async function clicksOf(
  { warehouse, siteId, options }: Look,
  wanted: ReadonlyMap<string, Piece>,
  trafficOf: (input: TrafficInput) => TrafficVerdict,
): Promise<{ link: number; click: BurstClick }[]> {
  const links = [...wanted.values()].map(({ link }) => link)
  const pieces = [...wanted.values()].map(({ piece }) => piece)
  const rows = await warehouse.query<{ record: string; edge_run: string }>(
    `SELECT record, edge_run FROM raw_hits
     WHERE ${STRETCH} AND (link_id, intDiv(toUnixTimestamp64Milli(time), {length:Int64}))
       IN arrayZip({links:Array(UInt64)}, {pieces:Array(Int64)})`,
    {
      site: siteId,
      from: Math.max(0, pieces.reduce((a, b) => Math.min(a, b)) * PIECE_MS),
      to: (pieces.reduce((a, b) => Math.max(a, b)) + 1) * PIECE_MS,
      length: PIECE_MS,
      links,
      pieces,
    },
    options,
  )
  return rows.flatMap(({ record, edge_run }) => {
    const hit = decodeHit(record, edge_run)
    const click = burstClickOf(hit, trafficOf)
    return click ? [{ link: hit.linkId, click }] : []
  })
}

function sliceOf(time: number): number {
  return Math.floor(time / SLICE_MS)
}

function key(link: number, place: number): string {
  return `${link}/${place}`
}
