import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { IDS_PER_QUERY } from '../../server/loader/duplicates.ts'
import { migrate } from '../../server/warehouse/migrate.ts'
import { openServerWarehouse } from '../../server/warehouse/server.ts'
import type { InsertFile, Warehouse } from '../../server/warehouse/warehouse.ts'
import { spawnClickHouseStandIn } from '../support/clickhouse-child.ts'
import { type ClickHouseStandIn, startClickHouseStandIn } from '../support/clickhouse-stand-in.ts'

const HEAVY = 'SELECT sum(sipHash64(number)) FROM numbers(100000000000)'
const REQUEST_TIMEOUT = 1_500

let directory: string
let standIn: ClickHouseStandIn
let warehouse: Warehouse
/** With a timeout that a fault test can wait for. */
let hasty: Warehouse

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-server-'))
  standIn = await startClickHouseStandIn({ path: join(directory, 'engine') })
  warehouse = openServerWarehouse({ url: standIn.url })
  hasty = openServerWarehouse({ url: standIn.url, requestTimeout: REQUEST_TIMEOUT })
  await warehouse.command(
    'CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100',
  )
})

afterEach(() => standIn.clear())

afterAll(async () => {
  await Promise.all([warehouse.close(), hasty.close()])
  await standIn.close()
  rmSync(directory, { recursive: true, force: true })
})

let files = 0
/** Two rows of their own values, so that a test can count its own. */
function twoRows(first: number): InsertFile {
  const path = join(directory, `it's ${++files}.tsv`)
  writeFileSync(path, `${first}\ta\\tb\n${first + 1}\tc\\\\d\n`)
  return insertOf(path, `${first}-${files}`)
}

function insertOf(path: string, token: string): InsertFile {
  return {
    table: 't',
    columns: [
      ['a', 'UInt64'],
      ['s', 'String'],
    ],
    path,
    token,
  }
}

async function rowsFrom(first: number, through: Warehouse = warehouse): Promise<{ a: number; s: string }[]> {
  return through.query('SELECT a, s FROM t WHERE a BETWEEN {from:UInt64} AND {to:UInt64} ORDER BY a', {
    from: first,
    to: first + 99,
  })
}

const both = (first: number) => [
  { a: first, s: 'a\tb' },
  { a: first + 1, s: 'c\\d' },
]

test('migrations run through it, once', async () => {
  expect(await migrate(warehouse)).toContain('0001_hits.sql')
  expect(await migrate(warehouse)).toEqual([])
  expect(await warehouse.query('SELECT count() AS n FROM raw_hits')).toEqual([{ n: 0 }])
})

test('parameters of every kind are bound, whatever they hold', async () => {
  const nasty = `'; DROP TABLE t; -- \\ \\N \n\t\r "{x:String}" é 漢 & + % = ? #`
  const rows = await warehouse.query(
    `SELECT {s:String} AS s, {empty:String} AS empty, {list:Array(String)} AS list, {none:Array(String)} AS none,
            {n:UInt64} AS n, {negative:Int64} AS negative, {part:Float64} AS part, {yes:Bool} AS yes,
            {absent:Nullable(String)} AS absent, {numbers:Array(UInt32)} AS numbers, {day:Date} AS day,
            {id:UUID} AS id, toTypeName({time:DateTime64(3, 'UTC')}) AS type`,
    {
      s: nasty,
      empty: '',
      list: [nasty, '', "it's", '\\'],
      none: [],
      n: 9_007_199_254_740_991,
      negative: -3,
      part: 0.25,
      yes: true,
      absent: null,
      numbers: [1, 2],
      day: '2026-02-28',
      id: '00112233-4455-6677-8899-aabbccddeeff',
      time: '2026-02-28 10:00:00.123',
    },
  )
  expect(rows).toEqual([
    {
      s: nasty,
      empty: '',
      list: [nasty, '', "it's", '\\'],
      none: [],
      n: 9_007_199_254_740_991,
      negative: -3,
      part: 0.25,
      yes: true,
      absent: null,
      numbers: [1, 2],
      day: '2026-02-28',
      id: '00112233-4455-6677-8899-aabbccddeeff',
      type: "DateTime64(3, 'UTC')",
    },
  ])
})

test('a statement takes parameters too, and leaves none of them to the next', async () => {
  await warehouse.command('INSERT INTO t SELECT {a:UInt64}, {s:String}', { a: 100, s: "it's" })
  expect(await rowsFrom(100)).toEqual([{ a: 100, s: "it's" }])
  await expect(warehouse.query('SELECT {a:UInt64} AS a')).rejects.toMatchObject({ code: 456 })
})

test('as many ids as the loader asks for at once go through a server as it comes', async () => {
  const ids = Array.from(
    { length: IDS_PER_QUERY },
    (_, index) => `00112233-4455-6677-8899-${index.toString(16).padStart(12, '0')}`,
  )
  const rows = await warehouse.query('SELECT length({ids:Array(UUID)}) AS n, {note:String} AS note', {
    ids,
    note: 'é\r\n--',
  })
  expect(rows).toEqual([{ n: IDS_PER_QUERY, note: 'é\r\n--' }])
})

test('errors say what can be done about them', async () => {
  await expect(warehouse.query('SELECT nonsense FROM')).rejects.toMatchObject({ kind: 'mistake', code: 62 })
  await expect(warehouse.query('SELECT nonsense FROM t')).rejects.toMatchObject({ kind: 'mistake', code: 47 })
  await expect(warehouse.command('SELECT * FROM nowhere')).rejects.toMatchObject({
    kind: 'transient',
    code: 60,
  })
  await expect(warehouse.query(HEAVY, {}, { maxSeconds: 1 })).rejects.toMatchObject({
    kind: 'limit',
    code: 159,
  })
  const elsewhere = openServerWarehouse({ url: `${standIn.url.replace(/default$/, '')}elsewhere` })
  await expect(elsewhere.ping()).rejects.toMatchObject({ kind: 'transient', code: 81 })
  await elsewhere.close()
})

test('data that will never fit are refused, and none of their file is in', async () => {
  const file = twoRows(200)
  writeFileSync(file.path, `200\tgood\nnot a number\tbad\n`)
  await expect(warehouse.insert(file)).rejects.toMatchObject({ kind: 'refused', code: 27 })
  expect(await rowsFrom(200)).toEqual([])
})

test('a file sent twice is in once; the same rows under another token are in again', async () => {
  const file = twoRows(300)
  await warehouse.insert(file)
  await warehouse.insert(file)
  expect(await rowsFrom(300)).toEqual(both(300))
  await warehouse.insert({ ...file, token: 'another' })
  expect(await rowsFrom(300)).toHaveLength(4)
})

test('a batch at its largest, sent again after its answer was lost, is in once', async () => {
  await warehouse.command(
    'CREATE TABLE large (a UInt64, s String) ENGINE = MergeTree PARTITION BY a % 50 ORDER BY a SETTINGS non_replicated_deduplication_window = 1000',
  )
  const path = join(directory, 'large.tsv')
  writeFileSync(
    path,
    Array.from({ length: 200_000 }, (_, index) => `${index}\tsome text ${index}\n`).join(''),
  )
  const file = { ...insertOf(path, 'large'), table: 'large' }
  await standIn.inject({ kind: 'cutAfterInsert', times: 1 })
  await expect(warehouse.insert(file)).rejects.toMatchObject({ kind: 'unreachable' })
  await warehouse.insert(file)
  expect(await warehouse.query('SELECT count() AS n, uniqExact(a) AS hits FROM large')).toEqual([
    { n: 200_000, hits: 200_000 },
  ])
})

test('an empty file is no insert', async () => {
  const file = twoRows(400)
  writeFileSync(file.path, '')
  const before = standIn.received.length
  await warehouse.insert(file)
  expect(standIn.received.slice(before)).toEqual([])
})

test('an insert whose answer is lost, sent again, is in once', async () => {
  const file = twoRows(500)
  await standIn.inject({ kind: 'cutAfterInsert', times: 1 })
  await expect(warehouse.insert(file)).rejects.toMatchObject({ kind: 'unreachable' })
  expect(await rowsFrom(500)).toEqual(both(500))
  await warehouse.insert(file)
  expect(await rowsFrom(500)).toEqual(both(500))
})

test('half an answer is an error and never a shorter result', async () => {
  const many = 'SELECT number FROM numbers(100000)'
  await standIn.inject({ kind: 'cutHalfAnswer', times: 1, matching: 'FROM numbers' })
  await expect(warehouse.query(many)).rejects.toMatchObject({ kind: 'unreachable' })
  expect(await warehouse.query(many)).toHaveLength(100_000)
})

test('an error in the middle of an answer is that error and no rows', async () => {
  await expect(
    warehouse.query("SELECT throwIf(number = 2000000, 'late') AS late FROM numbers(3000000)"),
  ).rejects.toMatchObject({ code: 395 })
})

test('a server that says later is transient', async () => {
  await standIn.inject({ kind: 'error500' })
  await expect(warehouse.query('SELECT 1')).rejects.toMatchObject({ kind: 'transient', code: 999 })
  await expect(warehouse.insert(twoRows(600))).rejects.toMatchObject({ kind: 'transient' })
  await expect(warehouse.ping()).rejects.toMatchObject({ kind: 'transient' })
  await standIn.clear()
  expect(await rowsFrom(600)).toEqual([])
})

test('a server that hangs is unreachable, and well again when it answers', async () => {
  await standIn.inject({ kind: 'hang' })
  await Promise.all(
    [hasty.query('SELECT 1'), hasty.insert(twoRows(700)), hasty.command('SELECT 1'), hasty.ping()].map(
      (one) => expect(one).rejects.toMatchObject({ kind: 'unreachable' }),
    ),
  )
  await standIn.clear()
  await warehouse.ping()
  expect(await rowsFrom(700)).toEqual([])
})

test('on a cluster an insert is answered when it is on its shards, by statement too', async () => {
  const clustered = openServerWarehouse({ url: standIn.url, cluster: 'main' })
  const setting = "SELECT toUInt8(getSetting('distributed_foreground_insert')) AS foreground"
  expect(await clustered.query(setting)).toEqual([{ foreground: 1 }])
  expect(await warehouse.query(setting)).toEqual([{ foreground: 0 }])
  await clustered.close()
})

test('a query that may take longer than a request is waited for', async () => {
  await standIn.inject({ kind: 'slow', ms: REQUEST_TIMEOUT + 500, times: 2 })
  await expect(hasty.query('SELECT 1 AS one')).rejects.toMatchObject({ kind: 'unreachable' })
  expect(await hasty.query('SELECT 1 AS one', {}, { maxSeconds: 31 })).toEqual([{ one: 1 }])
})

test('where nobody listens it is unreachable, and well again when somebody does', async () => {
  await warehouse.ping()
  await standIn.inject({ kind: 'refuse' })
  await expect(warehouse.ping()).rejects.toMatchObject({ kind: 'unreachable' })
  await expect(warehouse.insert(twoRows(800))).rejects.toMatchObject({ kind: 'unreachable' })
  await standIn.clear()
  await warehouse.ping()
  expect(await rowsFrom(800)).toEqual([])
})

test('an aborted query ends in the engine, and others go on beside it', async () => {
  const controller = new AbortController()
  const heavy = expect(warehouse.query(HEAVY, {}, { signal: controller.signal })).rejects.toMatchObject({
    kind: 'aborted',
  })
  const running = () =>
    warehouse.query<{ n: number }>(
      "SELECT count() AS n FROM system.processes WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%system.processes%'",
    )
  await expect.poll(running, { timeout: 10_000 }).toEqual([{ n: 1 }])
  controller.abort()
  await heavy
  await expect.poll(running, { timeout: 10_000 }).toEqual([{ n: 0 }])
  await expect(warehouse.query('SELECT 1', {}, { signal: controller.signal })).rejects.toMatchObject({
    kind: 'aborted',
  })
})

test('a big file is sent as it is read, not held in memory', async () => {
  await warehouse.command('CREATE TABLE big (a UInt64, s String) ENGINE = Null')
  const path = join(directory, 'big.tsv')
  const file = openSync(path, 'w')
  const part = Array.from({ length: 8_000 }, (_, index) => `${index}\t${'x'.repeat(1_000)}\n`).join('')
  for (let written = 0; written < 20; written++) writeSync(file, part)
  const held = () => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = held()
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, held() - before)
  }, 5)
  await warehouse.insert({ ...insertOf(path, 'big'), table: 'big' })
  clearInterval(watch)
  rmSync(path)
  expect(part.length * 20).toBeGreaterThan(150_000_000)
  expect(most).toBeLessThan(75_000_000)
})

test('the stand-in answers in the protocol’s own ways', async () => {
  const base = standIn.url.replace('default:@', '').replace(/default$/, '')
  expect(await (await fetch(`${base}ping`)).text()).toBe('Ok.\n')
  expect(await (await fetch(`${base}?query=SELECT%201%20AS%20a`)).text()).toBe('1\n')
  const json = await fetch(`${base}?default_format=JSONEachRow&max_threads=1&wait_end_of_query=1`, {
    method: 'POST',
    body: gzipSync("SELECT getSetting('max_threads') AS threads"),
    headers: { 'Content-Encoding': 'gzip' },
  })
  expect(await json.json()).toEqual({ threads: 1 })
  expect(JSON.parse(json.headers.get('X-ClickHouse-Summary') ?? '')).toHaveProperty('read_rows')
  const packed = await fetch(`${base}?enable_http_compression=1&query=SELECT%202`, {
    headers: { 'Accept-Encoding': 'gzip' },
  })
  expect(packed.headers.get('Content-Encoding')).toBe('gzip')
  expect(await packed.text()).toBe('2\n')
  const wrong = await fetch(base, { method: 'POST', body: 'SELEC 1' })
  expect(wrong.status).toBe(400)
  expect(wrong.headers.get('X-ClickHouse-Exception-Code')).toBe('62')
  expect(await wrong.text()).toMatch(/^Code: 62\. DB::Exception: .*\(SYNTAX_ERROR\)/s)
  expect(
    (await fetch(`${base}?query=SELECT%20length({s:String})&param_s=${'x'.repeat(131_073)}`)).status,
  ).toBe(500)
})

test('a client that goes away in the middle of its data has inserted nothing', async () => {
  const base = standIn.url.replace('default:@', '').replace(/default$/, '')
  const gone = new AbortController()
  const body = new ReadableStream({
    async start(stream) {
      stream.enqueue(readFileSync(twoRows(900).path))
      await sleep(100)
      gone.abort()
    },
  })
  await expect(
    fetch(`${base}?query=${encodeURIComponent('INSERT INTO t (a, s) FORMAT TabSeparated')}`, {
      method: 'POST',
      body,
      signal: gone.signal,
      ...{ duplex: 'half' },
    }),
  ).rejects.toThrow()
  expect(await rowsFrom(900)).toEqual([])
})

test('as a process of its own it takes orders, and what it answered for survives its being killed', async () => {
  const path = join(directory, 'child')
  const child = await spawnClickHouseStandIn(path)
  const remote = openServerWarehouse({ url: child.url })
  await remote.command('CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a')
  await child.inject({ kind: 'cutAfterInsert', times: 1 })
  await child.inject({ kind: 'error500', matching: 'SELECT', times: 1 })
  await expect(remote.insert(twoRows(1_000))).rejects.toMatchObject({ kind: 'unreachable' })
  await expect(remote.ping()).rejects.toMatchObject({ kind: 'transient' })
  await child.clear()
  expect(await rowsFrom(1_000, remote)).toEqual(both(1_000))
  await child.kill()
  await expect(remote.ping()).rejects.toMatchObject({ kind: 'unreachable' })
  const again = await spawnClickHouseStandIn(path, child.port)
  expect(await rowsFrom(1_000, remote)).toEqual(both(1_000))
  await remote.close()
  await again.stop()
})
