import type { Warehouse } from '../warehouse/warehouse.ts'

/** A site's local day as rows were judged for it. */
export interface JudgedDay {
  siteId: number
  /** `YYYY-MM-DD` */
  day: string
  generation: number
  rulesVersion: number
}

export function siteDayKey(siteId: number, day: string): string {
  return `${siteId}/${day}`
}

/** Which generation of each (site, day) is the current one; 0 where a day was never judged again. */
export class Generations {
  readonly #warehouse: Warehouse
  #current = new Map<string, number>()

  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse
  }

  of(siteId: number, day: string): number {
    return this.#current.get(siteDayKey(siteId, day)) ?? 0
  }

  /** Reads them all anew: a row for each day that was ever judged again. */
  async refresh(): Promise<void> {
    const rows = await this.#warehouse.query<{ site: number; day: string; generation: number }>(
      'SELECT site, day, max(generation) AS generation FROM turned_days GROUP BY site, day',
    )
    this.#current = new Map(rows.map((row) => [siteDayKey(row.site, row.day), row.generation]))
  }
}

/** A generation of the site that no row, finished or abandoned, was ever written under. */
export async function nextGeneration(warehouse: Warehouse, siteId: number): Promise<number> {
  const [row] = await warehouse.query<{ highest: number }>(
    `SELECT greatest(
       (SELECT max(generation) FROM judged_days WHERE site = {site:UInt32}),
       (SELECT max(generation) FROM turned_days WHERE site = {site:UInt32})) AS highest`,
    { site: siteId },
  )
  return (row?.highest ?? 0) + 1
}

/** Notes which (site, day, generation) hold rows judged by which rules, before the rows are written. */
export class JudgedDaysLog {
  readonly #warehouse: Warehouse
  readonly #noted = new Set<string>()

  constructor(warehouse: Warehouse) {
    this.#warehouse = warehouse
  }

  /** What was noted before is not written again; written twice it would change nothing. */
  async note(days: readonly JudgedDay[]): Promise<void> {
    const fresh = new Map<string, JudgedDay>()
    for (const day of days) {
      const key = `${day.siteId}/${day.day}/${day.generation}/${day.rulesVersion}`
      if (!this.#noted.has(key)) fresh.set(key, day)
    }
    if (fresh.size === 0) return
    const rows = [...fresh.values()]
    await this.#warehouse.command(
      `INSERT INTO judged_days (site, day, generation, rules_version) SELECT r.1, r.2, r.3, r.4 FROM (
         SELECT arrayJoin(arrayZip(
           {sites:Array(UInt32)}, {days:Array(Date)}, {generations:Array(UInt32)}, {rules:Array(UInt32)})) AS r)`,
      {
        sites: rows.map((row) => row.siteId),
        days: rows.map((row) => row.day),
        generations: rows.map((row) => row.generation),
        rules: rows.map((row) => row.rulesVersion),
      },
    )
    for (const key of fresh.keys()) this.#noted.add(key)
  }
}
