import type { RawHit } from '../domain/hit.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/**
 * Ids go to the engine as a parameter, of which a stock server takes 131,072 bytes (`http_max_field_value_size`): 3,000
 * ids make 117,000.
 */
export const IDS_PER_QUERY = 3_000
const REMEMBERED_IDS = 500_000
const DAY_MS = 24 * 3_600_000

/**
 * Finds hits whose id is in the warehouse already. Only page events and imports can come twice: a click's id is made
 * with its spool record. Recent ids are remembered, so that most repeats are found in memory; an id not remembered is
 * looked up on the days around its time (a retried event tells nearly the same time again).
 */
export interface DuplicateFinder {
  /** A batch is read, perhaps again: rows of its own that are in the warehouse are no duplicates. */
  begin(batch: string): void
  /** The positions in `hits` of those that were there before, or came before in this batch. */
  find(hits: readonly RawHit[]): Promise<Set<number>>
  /** The batch is in: its ids are remembered. */
  commit(): void
}

export function createDuplicateFinder(warehouse: Warehouse): DuplicateFinder {
  let remembered = new Map<string, string>()
  let batch = ''
  let pending = new Set<string>()

  return {
    begin(name) {
      batch = name
      pending = new Set()
    },

    async find(hits) {
      const duplicates = new Set<number>()
      const unsure = new Map<string, number>()
      for (const [index, hit] of hits.entries()) {
        if (!mayRepeat(hit)) continue
        const home = remembered.get(hit.hitId)
        if (pending.has(hit.hitId) || (home !== undefined && home !== batch)) duplicates.add(index)
        else {
          pending.add(hit.hitId)
          unsure.set(hit.hitId, index)
        }
      }
      const ids = [...unsure.keys()]
      for (let from = 0; from < ids.length; from += IDS_PER_QUERY) {
        const some = ids.slice(from, from + IDS_PER_QUERY)
        const days = daysAround(some.map((id) => hits[unsure.get(id) ?? 0]))
        for (const id of await lookUp(warehouse, some, days, batch)) {
          const index = unsure.get(id)
          if (index !== undefined) duplicates.add(index)
        }
      }
      return duplicates
    },

    commit() {
      for (const id of pending) remembered.set(id, batch)
      pending = new Set()
      if (remembered.size > REMEMBERED_IDS) remembered = new Map([...remembered].slice(-REMEMBERED_IDS / 2))
    },
  }
}

function mayRepeat(hit: RawHit): boolean {
  return hit.kind !== 'click' || hit.origin !== 'edge'
}

async function lookUp(
  warehouse: Warehouse,
  ids: readonly string[],
  days: readonly string[],
  batch: string,
): Promise<string[]> {
  const rows = await warehouse.query<{ id: string }>(
    `SELECT DISTINCT replaceAll(toString(hit_id), '-', '') AS id FROM raw_hits
     WHERE toDate(time) IN {days:Array(Date)} AND hit_id IN {ids:Array(UUID)} AND batch != {batch:String}`,
    { days, ids: ids.map(uuid), batch },
  )
  return rows.map((row) => row.id)
}

function daysAround(hits: readonly (RawHit | undefined)[]): string[] {
  const days = new Set<string>()
  for (const hit of hits) {
    if (!hit) continue
    for (const shift of [-DAY_MS, 0, DAY_MS]) days.add(new Date(hit.time + shift).toISOString().slice(0, 10))
  }
  return [...days]
}

/** 32 hex digits as the engine writes a UUID. */
export function uuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
