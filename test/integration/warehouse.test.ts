import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'

let directory: string
let warehouse: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-warehouse-'))
  warehouse = await openEmbeddedWarehouse({ path: join(directory, 'engine') })
})

afterAll(async () => {
  await warehouse.close()
  rmSync(directory, { recursive: true, force: true })
})

test('migrations are applied once', async () => {
  expect(await migrate(warehouse)).toContain('0001_hits.sql')
  expect(await migrate(warehouse)).toEqual([])
})

test('values are bound, whatever they hold', async () => {
  const nasty = `'; DROP TABLE hits; -- \\ \n\t "{x:String}" é 漢`
  const rows = await warehouse.query<{ s: string; list: string[] }>(
    'SELECT {s:String} AS s, {list:Array(String)} AS list',
    { s: nasty, list: [nasty, ''] },
  )
  expect(rows).toEqual([{ s: nasty, list: [nasty, ''] }])
})

test('a file sent twice under one token is in once, and a different file under another token is not swallowed', async () => {
  await warehouse.command(
    "CREATE TABLE t (a UInt64, s String, time DateTime64(3, 'UTC')) ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY a SETTINGS non_replicated_deduplication_window = 100",
  )
  const insert = (name: string, token: string) => {
    const path = join(directory, name)
    writeFileSync(path, `1\ta\\tb\t1700000000.123\n2\tc\\\\d\t1500000000.000\n`)
    return warehouse.insert({
      table: 't',
      columns: [
        ['a', 'UInt64'],
        ['s', 'String'],
        ['time', "DateTime64(3, 'UTC')"],
      ],
      path,
      token,
    })
  }
  await insert('one.tsv', 'one')
  await insert('one.tsv', 'one')
  await insert("it's.tsv", 'two')
  const rows = await warehouse.query<{ a: number; s: string; n: number }>(
    'SELECT a, s, count() AS n FROM t GROUP BY a, s ORDER BY a',
  )
  expect(rows).toEqual([
    { a: 1, s: 'a\tb', n: 2 },
    { a: 2, s: 'c\\d', n: 2 },
  ])
})

test('errors say what can be done about them', async () => {
  await expect(warehouse.query('SELECT nonsense FROM')).rejects.toMatchObject({ kind: 'mistake', code: 62 })
  await expect(warehouse.command('SELECT * FROM nowhere')).rejects.toMatchObject({
    kind: 'transient',
    code: 60,
  })
  await expect(
    warehouse.query('SELECT sum(sipHash64(number)) FROM numbers(100000000000)', {}, { maxSeconds: 1 }),
  ).rejects.toMatchObject({ kind: 'limit' })
  const path = join(directory, 'bad.tsv')
  writeFileSync(path, 'not a number\n')
  await expect(
    warehouse.insert({ table: 't', columns: [['a', 'UInt64']], path, token: randomUUID() }),
  ).rejects.toMatchObject({ kind: 'refused' })
})

test('the loader does not wait for reports, however many and heavy they are', async () => {
  const controllers = Array.from({ length: 5 }, () => new AbortController())
  const heavy = controllers.map(({ signal }) =>
    warehouse.query('SELECT sum(sipHash64(number)) FROM numbers(200000000000)', {}, { signal }),
  )
  let ended = 0
  const all = Promise.allSettled(heavy.map((query) => query.finally(() => ended++)))
  expect(await warehouse.query('SELECT 1 AS one', {}, { reserved: true })).toEqual([{ one: 1 }])
  expect(ended).toBe(0)
  for (const controller of controllers) controller.abort()
  await all
})

test('an aborted query ends in the engine, and others go on beside it', async () => {
  const controller = new AbortController()
  const heavy = warehouse.query(
    'SELECT sum(sipHash64(number)) FROM numbers(100000000000)',
    {},
    { signal: controller.signal },
  )
  heavy.catch(() => {})
  await new Promise((done) => setTimeout(done, 100))
  expect(await warehouse.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  controller.abort()
  await expect(heavy).rejects.toMatchObject({ kind: 'aborted' })
  const running = await warehouse.query<{ n: number }>(
    "SELECT count() AS n FROM system.processes WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%system.processes%'",
  )
  expect(running).toEqual([{ n: 0 }])
})
