import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageFile } from '../../server/paths.ts'
import { parseMigration, statementsFor } from '../../server/warehouse/ddl.ts'
import { openEmbeddedWarehouse } from '../../server/warehouse/embedded.ts'
import { insertSettings } from '../../server/warehouse/statements.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'

const WEEK_SECONDS = 7 * 24 * 3_600
/** Three batches a second. */
const WEEK_OF_BATCHES = 3 * WEEK_SECONDS

const files = readdirSync(packageFile('sql')).filter((name) => name.endsWith('.sql'))
const statements = files.flatMap((file) =>
  parseMigration(readFileSync(packageFile('sql', file), 'utf8')).map((statement) => ({
    statement,
    name: `${file}: ${statement.table?.name ?? statement.sql.slice(0, 60)}`,
  })),
)
const marked = statements.flatMap(({ statement, name }) => {
  const { table, sql } = statement
  return table ? [{ statement, sql, table, name }] : []
})
const tables = marked.filter(({ sql }) => sql.startsWith('CREATE'))
const changes = marked.filter(({ sql }) => sql.startsWith('ALTER'))

let directory: string
let engine: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-cluster-'))
  engine = await openEmbeddedWarehouse({ path: directory })
})

afterAll(async () => {
  await engine.close()
  rmSync(directory, { recursive: true, force: true })
})

/** The statement as the engine's own parser understands it, on one line; rejects where it does not. */
async function understood(sql: string): Promise<string> {
  const [row] = await engine.query<{ text: string }>('SELECT formatQuerySingleLine({sql:String}) AS text', {
    sql,
  })
  return row?.text ?? ''
}

async function onCluster(
  statement: (typeof tables)[number]['statement'],
): Promise<[local: string, over: string]> {
  const made = statementsFor(statement, 'main')
  expect(made).toHaveLength(2)
  return [await understood(made[0] ?? ''), await understood(made[1] ?? '')]
}

test('every file of sql/ makes or changes tables, and every one of these is marked', () => {
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const written =
      readFileSync(packageFile('sql', file), 'utf8').match(/^(CREATE|ALTER) TABLE (\w+)/gm) ?? []
    expect(written.length).toBeGreaterThan(0)
    const found = marked.filter(({ name }) => name.startsWith(`${file}:`))
    expect(found.map(({ sql }) => sql.split('\n')[0]?.split(' ').slice(0, 3).join(' '))).toEqual(written)
  }
})

test('the parser would refuse what is wrong', async () => {
  await expect(understood('CREATE TABLE t ON CLUSTER (a UInt8) ENGINE Distributed(')).rejects.toMatchObject({
    code: 62,
  })
})

test('without a cluster the statements run, and run again', async () => {
  for (let round = 0; round < 2; round++) {
    for (const { statement } of statements) {
      for (const sql of statementsFor(statement, undefined)) await engine.command(sql)
    }
  }
  const rows = await engine.query<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = currentDatabase()',
  )
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(tables.map(({ table }) => table.name)))
})

describe.each(tables)('on a cluster, $name', ({ statement, sql, table }) => {
  test('is kept on every host, replicated under a path of its shard and table', async () => {
    const [local] = await onCluster(statement)
    expect(local).toContain(`CREATE TABLE IF NOT EXISTS ${table.name}_local ON CLUSTER main `)
    expect(local).toMatch(
      /ENGINE = Replicated\w*MergeTree\('\/clickhouse\/tables\/\{shard\}\/\{database\}\/\{table\}', '\{replica\}'[,)]/,
    )
    const [, plain, parameters] = /ENGINE = (\w*MergeTree)(?:\((.*)\))?/.exec(sql) ?? []
    expect(local).toContain(`ENGINE = Replicated${plain}(`)
    // What the engine takes on one machine (a version, a mark of deletion) it takes after path and replica.
    expect(local).toContain(`'{replica}'${parameters === undefined ? '' : `, ${parameters}`}) `)
  })

  test('has the columns, the order and the partitions that it has on one machine', async () => {
    const [local] = await onCluster(statement)
    const alone = await understood(statementsFor(statement, undefined)[0] ?? '')
    const body = (text: string) =>
      text
        .replace(/^CREATE TABLE IF NOT EXISTS \w+(?: ON CLUSTER main)? /, '')
        .replace(/ ENGINE = .*?(?= PARTITION BY | ORDER BY )/, '')
        .replace(/ SETTINGS .*$/, '')
    expect(body(local)).toBe(body(alone))
    expect(body(local)).toMatch(/ ORDER BY /)
  })

  test('is read and written through a distributed table', async () => {
    const [, over] = await onCluster(statement)
    const key = await understood(`SELECT ${table.shard}`)
    expect(over).toBe(
      `CREATE TABLE IF NOT EXISTS ${table.name} ON CLUSTER main AS ${table.name}_local ` +
        `ENGINE = Distributed(main, currentDatabase(), ${table.name}_local, ${key.replace('SELECT ', '')})`,
    )
  })
})

describe.each(changes)('on a cluster, $name', ({ statement, sql, table }) => {
  test('is changed where its rows are kept, and then, where it can be seen there, in the distributed table', async () => {
    const made = await Promise.all(statementsFor(statement, 'main').map(understood))
    const alone = await understood(sql)
    const change = (name: string) =>
      alone.replace(`ALTER TABLE ${table.name} `, `ALTER TABLE ${name} ON CLUSTER main `)
    const local = change(`${table.name}_local`)
    expect(made).toEqual(table.localOnly ? [local] : [local, change(table.name)])
  })

  test('can be changed again, and is a table of an earlier statement', () => {
    expect(sql.match(/^ *(?:ALTER TABLE \w+ )?(ADD|MODIFY|DROP) /gm)).toHaveLength(
      sql.match(/ (ADD|DROP) (COLUMN|INDEX) IF (NOT )?EXISTS /g)?.length ?? 0,
    )
    const at = marked.findIndex((one) => one.statement === statement)
    expect(marked.slice(0, at).map((one) => one.sql.split('\n')[0])).toContain(`CREATE TABLE ${table.name}`)
  })

  test('tells only of indexes that they are no matter of the distributed table', () => {
    expect(table.localOnly).toBe(/\bINDEX\b/.test(sql))
  })
})

test('there are changes of both kinds', () => {
  expect(new Set(changes.map(({ table }) => table.localOnly))).toEqual(new Set([true, false]))
})

const ofHits = tables.filter(({ name }) => /: (raw_)?hits$/.test(name))

test('raw and judged hits are kept', () => {
  expect(ofHits.map(({ table }) => table.name).sort()).toEqual(['hits', 'raw_hits'])
})

describe.each(ofHits)('on a cluster, $name', ({ statement, table }) => {
  test('goes to shards by what a hit is, so that a batch sent again goes where it went', async () => {
    expect(table.shard).toBe('cityHash64(site, visitor)')
    expect(await engine.query(`SELECT ${table.shard} AS shard FROM ${table.name} LIMIT 0`)).toEqual([])
  })

  test('remembers a week of batches', async () => {
    const [local] = await onCluster(statement)
    const settings = Object.fromEntries(
      [...local.matchAll(/(\w*deduplication_window\w*) = (\d+)/g)].map(([, name, value]) => [
        name,
        Number(value),
      ]),
    )
    expect(Object.keys(settings).sort()).toEqual([
      'replicated_deduplication_window',
      'replicated_deduplication_window_seconds',
    ])
    expect(settings.replicated_deduplication_window_seconds).toBe(WEEK_SECONDS)
    expect(settings.replicated_deduplication_window).toBeGreaterThanOrEqual(WEEK_OF_BATCHES)
  })
})

test('all rows of a session go to one shard, where the newest of them is told from the others', async () => {
  const sessions = tables.find(({ table }) => table.name === 'sessions')
  expect(sessions?.table.shard).toBe('cityHash64(site, identity)')
  const key = /ORDER BY \(([^)]*)\)/.exec(sessions?.sql ?? '')?.[1]?.split(', ')
  expect(key).toEqual(expect.arrayContaining(['site', 'identity']))
  expect(await engine.query(`SELECT ${sessions?.table.shard} FROM sessions FINAL LIMIT 0`)).toEqual([])
})

test('the engine knows the settings of the tables, on one machine and on a cluster', async () => {
  const wanted = new Set(
    tables.flatMap(({ statement }) =>
      [...statementsFor(statement, undefined), ...statementsFor(statement, 'main')].flatMap((sql) =>
        [...(/\bSETTINGS\s+([\s\S]*)$/.exec(sql)?.[1] ?? '').matchAll(/(\w+) = /g)].map(
          (match) => match[1] ?? '',
        ),
      ),
    ),
  )
  expect(wanted).toContain('replicated_deduplication_window_seconds')
  const known = await engine.query<{ name: string }>(
    'SELECT name FROM system.merge_tree_settings WHERE name IN {wanted:Array(String)}',
    { wanted: [...wanted] },
  )
  expect(new Set(known.map(({ name }) => name))).toEqual(wanted)
})

test('the engine knows the settings of an insert, and none of them is obsolete', async () => {
  const text = insertSettings('token', { maxThreads: 1, maxMemoryBytes: 1 }, true)
  const wanted = [...text.matchAll(/(\w+) = /g)].map((match) => match[1] ?? '')
  expect(wanted).toContain('distributed_foreground_insert')
  const known = await engine.query<{ name: string }>(
    'SELECT name FROM system.settings WHERE name IN {wanted:Array(String)} AND NOT is_obsolete',
    { wanted },
  )
  expect(new Set(known.map(({ name }) => name))).toEqual(new Set(wanted))
})

test('a name that is no cluster is refused before it gets into a statement', () => {
  const [first] = tables
  expect(() => first && statementsFor(first.statement, 'main; DROP TABLE hits')).toThrow(RangeError)
})
