import { createHash, randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RawHit } from '../domain/hit.ts'
import type { JudgedHit } from '../domain/judged.ts'
import { encodeHit } from '../spool/record.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { JUDGED_COLUMNS, judgedRow, RAW_COLUMNS, rawRow } from './columns.ts'
import { IDS_PER_QUERY, uuid } from './duplicates.ts'

/**
 * The careful way in, for hits of which some may be there already under another token (halves of a refused batch), were
 * meant for a generation that has been replaced, or whose token may be known to the engine without their rows: only
 * what is missing, found by id, is inserted, and looked for again.
 */
export interface CarefulInserter {
  /** @param root the batch whose rows these are. */
  insertMissing(
    hits: readonly RawHit[],
    judged: readonly JudgedHit[],
    root: string,
    generationOf: (hit: JudgedHit) => number,
  ): Promise<void>
  /** Judged rows alone, under a generation and a token of their own. */
  insertJudged(judged: readonly JudgedHit[], generation: number, token: string): Promise<void>
}

/** @param directory where the rows are written to a file for as long as their insert takes. */
export function createCarefulInserter(warehouse: Warehouse, directory: string): CarefulInserter {
  const own = randomBytes(8).toString('hex')

  async function insertRows(
    table: string,
    columns: typeof RAW_COLUMNS,
    token: string,
    rows: string,
  ): Promise<void> {
    const path = join(directory, `${digest(`${table} ${token}`)}.tsv`)
    writeFileSync(path, rows)
    try {
      await warehouse.insert({ table, columns, path, token })
    } finally {
      rmSync(path, { force: true })
    }
  }

  async function missingRaw(hits: readonly RawHit[]): Promise<RawHit[]> {
    const present = await presentIds(hits, utcDay, (ids, days) =>
      warehouse.query<{ id: string }>(
        `SELECT DISTINCT toString(hit_id) AS id FROM raw_hits
         WHERE toDate(time) IN {days:Array(Date)} AND hit_id IN {ids:Array(UUID)}`,
        { days, ids },
      ),
    )
    return hits.filter((hit) => !present.has(uuid(hit.hitId)))
  }

  async function missingJudged(
    judged: readonly JudgedHit[],
    generationOf: (hit: JudgedHit) => number,
  ): Promise<JudgedHit[]> {
    const missing: JudgedHit[] = []
    for (const generation of new Set(judged.map(generationOf))) {
      const ofIt = judged.filter((hit) => generationOf(hit) === generation)
      const present = await presentIds(
        ofIt,
        ({ day }) => day,
        (ids, days) =>
          warehouse.query<{ id: string }>(
            `SELECT DISTINCT toString(hit_id) AS id FROM hits
             WHERE day IN {days:Array(Date)} AND generation = {generation:UInt32} AND hit_id IN {ids:Array(UUID)}`,
            { days, ids, generation },
          ),
      )
      missing.push(...ofIt.filter((hit) => !present.has(uuid(hit.hitId))))
    }
    return missing
  }

  /**
   * The engine notes a token just before the rows take their place. One that is killed in between knows the token and
   * has not the rows (two of 150 kills of a process that did nothing but insert): what it takes for a repetition then
   * goes in under another token, which no process before this one has used.
   */
  async function bringIn<Row extends { hitId: string }>(
    missing: () => Promise<Row[]>,
    insert: (rows: Row[], token: string) => Promise<void>,
    root: string,
  ): Promise<void> {
    for (const name of [root, `${root}:${own}:1`, `${root}:${own}:2`]) {
      const rows = await missing()
      if (rows.length === 0) return
      await insert(rows, tokenOf(name, rows))
    }
    if ((await missing()).length > 0) throw new Error('the warehouse takes rows and does not have them')
  }

  return {
    async insertMissing(hits, judged, root, generationOf) {
      await bringIn(
        () => missingRaw(hits),
        (raw, token) => {
          const rows = raw.map((hit) => rawRow(hit, root, encodeHit(hit))).join('')
          return insertRows('raw_hits', RAW_COLUMNS, token, rows)
        },
        root,
      )
      await bringIn(
        () => missingJudged(judged, generationOf),
        (fresh, token) => {
          const rows = fresh.map((hit) => judgedRow(hit, generationOf(hit))).join('')
          return insertRows('hits', JUDGED_COLUMNS, token, rows)
        },
        root,
      )
    },

    async insertJudged(judged, generation, token) {
      if (judged.length === 0) return
      await insertRows(
        'hits',
        JUDGED_COLUMNS,
        token,
        judged.map((hit) => judgedRow(hit, generation)).join(''),
      )
    },
  }
}

/** The same rows under the same token: what is found missing twice, because an answer was lost, goes in once. */
function tokenOf(root: string, rows: readonly { hitId: string }[]): string {
  return `${root}:missing:${digest(rows.map((row) => row.hitId).join())}`
}

async function presentIds<T extends { hitId: string }>(
  rows: readonly T[],
  dayOf: (row: T) => string,
  look: (ids: string[], days: string[]) => Promise<{ id: string }[]>,
): Promise<Set<string>> {
  const present = new Set<string>()
  for (let from = 0; from < rows.length; from += IDS_PER_QUERY) {
    const some = rows.slice(from, from + IDS_PER_QUERY)
    const ids = some.map((row) => uuid(row.hitId))
    for (const { id } of await look(ids, [...new Set(some.map(dayOf))])) present.add(id)
  }
  return present
}

function utcDay(hit: RawHit): string {
  return new Date(hit.time).toISOString().slice(0, 10)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
