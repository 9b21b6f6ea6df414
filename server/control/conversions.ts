import type { Transaction } from 'kysely'
import type { ToldConversion } from '../domain/conversions/conversion.ts'
import { decideConversion, type KnownConversion } from '../domain/conversions/decide.ts'
import type { ConversionEntry, ConversionLedger } from './control.ts'
import type { Database, Schema } from './schema.ts'

/** Keys of one statement: SQLite takes 32,766 values, PostgreSQL 65,535. */
const AT_ONCE = 1000

export function conversionLedger(database: Database): ConversionLedger {
  return {
    enter(siteId, entries, now) {
      return oneAtATime(database, async (transaction) => {
        const known = await read(
          transaction,
          siteId,
          entries.map(({ told }) => told.key),
        )
        const changed = new Map<string, ConversionEntry>()
        const verdicts = entries.map((entry) => {
          const { key, version } = entry.told
          const { fingerprint } = entry
          const verdict = decideConversion(known.get(key), { version, fingerprint })
          if (verdict.kind === 'new' || verdict.kind === 'replaces') {
            known.set(key, { version, fingerprint, receivedAt: now, pending: true })
            changed.set(key, entry)
          }
          return verdict
        })
        await write(transaction, siteId, [...changed.values()], now)
        return verdicts
      })
    },

    find: (siteId, keys) => read(database, siteId, keys),

    async spooled(siteId, told) {
      const versions = new Map<number, string[]>()
      for (const { key, version } of told) {
        const keys = versions.get(version)
        if (keys) keys.push(key)
        else versions.set(version, [key])
      }
      for (const [version, keys] of versions) {
        for (const some of slices(keys)) {
          await database
            .updateTable('conversions')
            .set({ pending: null })
            .where('site_id', '=', siteId)
            .where('version', '=', version)
            .where('key', 'in', some)
            .execute()
        }
      }
    },

    async pending(before, limit) {
      const rows = await database
        .selectFrom('conversions')
        .select(['site_id', 'pending'])
        .where('pending', 'is not', null)
        .where('received_at', '<', before)
        .orderBy('received_at')
        .limit(limit)
        .execute()
      return rows.flatMap(({ site_id, pending }) => {
        if (pending === null) return []
        const told: ToldConversion = JSON.parse(pending)
        return [{ siteId: site_id, told }]
      })
    },
  }
}

/**
 * Transactions that decide on conversions come one after another on both engines: the first statement takes a row that
 * stays locked until the commit, so what is read is still true when it is written.
 */
function oneAtATime<Outcome>(
  database: Database,
  change: (transaction: Transaction<Schema>) => Promise<Outcome>,
): Promise<Outcome> {
  return database.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('revisions')
      .set((row) => ({ value: row('value', '+', 1) }))
      .where('name', '=', 'conversions')
      .execute()
    return change(transaction)
  })
}

async function read(
  from: Database,
  siteId: number,
  keys: readonly string[],
): Promise<Map<string, KnownConversion>> {
  const known = new Map<string, KnownConversion>()
  for (const some of slices([...new Set(keys)])) {
    const rows = await from
      .selectFrom('conversions')
      .select(['key', 'version', 'fingerprint', 'received_at', 'pending'])
      .where('site_id', '=', siteId)
      .where('key', 'in', some)
      .execute()
    for (const { key, version, fingerprint, received_at, pending } of rows) {
      known.set(key, { version, fingerprint, receivedAt: received_at, pending: pending !== null })
    }
  }
  return known
}

async function write(
  transaction: Transaction<Schema>,
  siteId: number,
  entries: readonly ConversionEntry[],
  now: number,
): Promise<void> {
  for (const some of slices(entries)) {
    await transaction
      .insertInto('conversions')
      .values(
        some.map(({ told, fingerprint }) => ({
          site_id: siteId,
          key: told.key,
          version: told.version,
          fingerprint,
          received_at: now,
          pending: JSON.stringify(told),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['site_id', 'key']).doUpdateSet((row) => ({
          version: row.ref('excluded.version'),
          fingerprint: row.ref('excluded.fingerprint'),
          received_at: row.ref('excluded.received_at'),
          pending: row.ref('excluded.pending'),
        })),
      )
      .execute()
  }
}

function* slices<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += AT_ONCE) yield items.slice(from, from + AT_ONCE)
}
