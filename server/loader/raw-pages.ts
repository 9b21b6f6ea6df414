import type { RawHit } from '../domain/hit.ts'
import { decodeHit } from '../spool/record.ts'
import type { QueryOptions, Warehouse } from '../warehouse/warehouse.ts'
import { uuid } from './duplicates.ts'

/** A place in the order of (time, id), in which pages follow each other. */
export interface Place {
  /** Unix milliseconds. */
  time: number
  /** As the engine writes a UUID. */
  id: string
}

/** Raw hits that stand together in the order of (time, id): behind `after`, up to and with `until`. */
export interface RawPage {
  hits: RawHit[]
  after: Place
  until: Place
}

export interface RawRange {
  siteId: number
  /** Unix milliseconds, `to` not included. */
  from: number
  to: number
}

/** No id lies behind it, whichever half of a UUID the engine compares first. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * A site's raw hits of a stretch of time, each once, in pages of at most `pageRows`: no more than one of them is in
 * memory. What is loaded into the stretch meanwhile may be missing.
 */
export async function* rawPages(
  warehouse: Warehouse,
  { siteId, from, to }: RawRange,
  pageRows: number,
  options: QueryOptions = {},
): AsyncGenerator<RawPage, undefined> {
  let after: Place = { time: from - 1, id: LAST_ID }
  for (;;) {
    const rows = await warehouse.query<{ record: string; edge_run: string }>(
      `SELECT record, edge_run FROM raw_hits
       WHERE site = {site:UInt32} AND toDate(time) BETWEEN toDate(fromUnixTimestamp64Milli({from:Int64}, 'UTC')) AND toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
         AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
         AND (time, hit_id) > (fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC'), {afterId:UUID})
       ORDER BY time, hit_id LIMIT {rows:UInt32}`,
      {
        site: siteId,
        from: Math.max(from, after.time),
        to,
        afterTime: after.time,
        afterId: after.id,
        rows: pageRows,
      },
      options,
    )
    const hits = rows.map(({ record, edge_run }) => decodeHit(record, edge_run))
    const last = hits.at(-1)
    if (!last) return
    const until = { time: last.time, id: uuid(last.hitId) }
    yield { hits, after, until }
    if (hits.length < pageRows) return
    after = until
  }
}
