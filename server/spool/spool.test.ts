import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyHit, type RawHit } from '../domain/hit.ts'
import { isLocked, LockTaken, tryLock } from './lock.ts'
import { decodeHit, encodeHit, RECORD_VERSION } from './record.ts'
import { isFinished, listSegments, openSegment, type SegmentReader } from './segments.ts'
import type { LossReason } from './spool.ts'
import { openSpoolWriter, type SpoolWriterOptions } from './writer.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jejak-spool-'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function options(change: Partial<SpoolWriterOptions> = {}): SpoolWriterOptions {
  return {
    directory: join(root, 'edge'),
    durability: 'write',
    maxBytes: 1e9,
    reserveBytes: 0,
    patience: 0,
    ...change,
  }
}

function append(
  writer: { append(payload: string, done: (lost?: LossReason) => void): void },
  payload: string,
) {
  return new Promise<LossReason | undefined>((done) => writer.append(payload, done))
}

function reader(path: string): SegmentReader {
  const opened = openSegment(path)
  if (typeof opened === 'string') throw new Error(opened)
  return opened
}

function readAll(): string[] {
  return listSegments(root).flatMap(({ path }) => {
    const segment = reader(path)
    const chunk = segment.read(0, 1e9)
    segment.close()
    return chunk.records.map(chunk.payload)
  })
}

test('any hit comes back from its record as it was', () => {
  const texts = fc.record({
    url: fc.string({ unit: 'binary' }),
    userAgent: fc.string(),
    headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string()),
    clickIdKinds: fc.array(fc.string()),
    hosting: fc.boolean(),
    time: fc.nat(),
  })
  fc.assert(
    fc.property(texts, (facts) => {
      const hit: RawHit = { ...emptyHit(), ...facts, edgeRun: '00ff00ff00ff00ff' }
      expect(decodeHit(encodeHit(hit), hit.edgeRun)).toEqual(hit)
    }),
  )
})

test('what was answered for is in the segments, in order, over many segments', async () => {
  const writer = await openSpoolWriter(options({ segmentBytes: 2_000 }))
  const payloads = Array.from({ length: 300 }, (_, i) => `hit ${i} ${'é'.repeat(i % 50)}`)
  for (let from = 0; from < payloads.length; from += 7) {
    await Promise.all(payloads.slice(from, from + 7).map((payload) => append(writer, payload)))
  }
  await writer.close()
  expect(readAll()).toEqual(payloads)
  expect(listSegments(root).length).toBeGreaterThan(5)
  expect(writer.stats()).toMatchObject({ written: 300, failing: null })
})

test('all hits of a turn are one write, and nobody is answered before it', async () => {
  const writer = await openSpoolWriter(options())
  let answered = 0
  for (let i = 0; i < 1_000; i++) writer.append(`hit ${i}`, () => answered++)
  expect(answered).toBe(0)
  expect(readdirSync(join(root, 'edge')).filter((name) => name.endsWith('.seg'))).toEqual([])
  await new Promise((done) => setImmediate(done))
  expect(answered).toBe(1_000)
  await writer.close()
})

test('with fsync, hits are answered after the sync, all of them, also those written while one is under way', async () => {
  const writer = await openSpoolWriter(options({ durability: 'fsync', segmentBytes: 5_000 }))
  const lost: unknown[] = []
  const all: Promise<void>[] = []
  for (let i = 0; i < 200; i++) {
    all.push(append(writer, `hit ${i}`).then((reason) => void (reason && lost.push(reason))))
    if (i % 20 === 0) await new Promise((done) => setImmediate(done))
  }
  await Promise.all(all)
  await writer.close()
  expect(lost).toEqual([])
  expect(readAll()).toHaveLength(200)
})

test('with fsync, a segment ends at its size even while syncs never pause', async () => {
  const writer = await openSpoolWriter(options({ durability: 'fsync', segmentBytes: 2_000 }))
  const all: Promise<unknown>[] = []
  for (let turn = 0; turn < 300; turn++) {
    all.push(append(writer, `hit ${turn} ${'z'.repeat(100)}`))
    await new Promise((done) => setImmediate(done))
  }
  await Promise.all(all)
  await writer.close()
  const sizes = listSegments(root).map(({ path }) => readFileSync(path).length)
  expect(Math.max(...sizes)).toBeLessThan(2_500)
  expect(readAll()).toHaveLength(300)
})

test('a closed writer writes no more, and says so', async () => {
  const writer = await openSpoolWriter(options())
  await append(writer, 'in time')
  await writer.close()
  expect(await append(writer, 'too late')).toBe('write_error')
  expect(readAll()).toEqual(['in time'])
})

test('zeros behind the last record, as a power cut leaves them, are one damaged stretch', async () => {
  const writer = await openSpoolWriter(options())
  await append(writer, 'whole')
  await writer.close()
  const [file] = listSegments(root)
  if (!file) throw new Error('no segment')
  writeFileSync(file.path, Buffer.concat([readFileSync(file.path), Buffer.alloc(9_000)]))
  const segment = reader(file.path)
  const chunk = segment.read(0, 1e6)
  expect(chunk.records.map(chunk.payload)).toEqual(['whole'])
  expect(chunk.damaged).toHaveLength(1)
  expect(segment.bytes(chunk.damaged[0] ?? { start: 0, end: 0 })).toEqual(Buffer.alloc(9_000))
  segment.close()
})

test('a look at a lock that was never taken makes none', () => {
  expect(isLocked(join(root, 'nowhere', 'lock.db'))).toBe(false)
  expect(readdirSync(root)).toEqual([])
})

test('one process writes a spool directory, and the next one begins a segment of its own', async () => {
  const first = await openSpoolWriter(options())
  await append(first, 'one')
  await expect(openSpoolWriter(options())).rejects.toThrow(LockTaken)
  await first.close()
  const second = await openSpoolWriter(options())
  await append(second, 'two')
  await second.close()
  expect(second.edgeRun).not.toBe(first.edgeRun)
  expect(readAll()).toEqual(['one', 'two'])
  expect(listSegments(root)).toHaveLength(2)
})

test('the lock of a killed process is free at once', async () => {
  const path = join(root, 'lock.db')
  const script = `import { tryLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}; tryLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '--import', 'tsx', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  expect(tryLock(path)).toBeNull()
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const lock = tryLock(path)
  expect(lock).not.toBeNull()
  lock?.release()
})

test('a record cut anywhere is waited for while its writer lives, and never read as a hit', async () => {
  const writer = await openSpoolWriter(options())
  await append(writer, 'whole')
  await append(writer, 'cut short')
  const [file] = listSegments(root)
  if (!file) throw new Error('no segment')
  const bytes = readFileSync(file.path)
  const [first] = reader(file.path).read(0, 1e6).records
  for (let length = bytes.length - 1; length > (first?.end ?? 0); length--) {
    truncateSync(file.path, length)
    const segment = reader(file.path)
    const chunk = segment.read(0, 1e6)
    segment.close()
    expect(chunk.records.map(chunk.payload)).toEqual(['whole'])
    expect(chunk.stop).toBe('incomplete')
  }
  expect(isFinished(file)).toBe(false)
  await writer.close()
  expect(isFinished(file)).toBe(true)
})

test('a damaged record is stepped over, and the ones behind it are read', async () => {
  const writer = await openSpoolWriter(options())
  for (const payload of ['one', 'two', 'three']) await append(writer, payload)
  await writer.close()
  const [file] = listSegments(root)
  if (!file) throw new Error('no segment')
  const second = reader(file.path).read(0, 1e6).records[1]
  const bytes = readFileSync(file.path)
  bytes[(second?.end ?? 0) - 1] = 0x58
  writeFileSync(file.path, bytes)
  const chunk = reader(file.path).read(0, 1e6)
  expect(chunk.records.map(chunk.payload)).toEqual(['one', 'three'])
  expect(chunk.damaged).toEqual([{ start: second?.start, end: second?.end }])
})

test('a record of a newer version stops its segment', async () => {
  const writer = await openSpoolWriter(options())
  await append(writer, 'old')
  await append(writer, 'new')
  await writer.close()
  const [file] = listSegments(root)
  if (!file) throw new Error('no segment')
  const bytes = readFileSync(file.path)
  const { records } = reader(file.path).read(0, 1e6)
  const start = records[1]?.start ?? 0
  const { crc32 } = await import('node:zlib')
  bytes[start + 8] = RECORD_VERSION + 1
  bytes.writeUInt32LE(crc32(bytes.subarray(start + 8)), start + 4)
  writeFileSync(file.path, bytes)
  const chunk = reader(file.path).read(0, 1e6)
  expect(chunk).toMatchObject({ stop: 'newer', end: start })
  expect(chunk.records).toHaveLength(1)
})

test('over its cap the spool refuses hits, counts them, and takes them again once there is room', async () => {
  const told: [string, number][] = []
  const writer = await openSpoolWriter(
    options({ maxBytes: 3_000, segmentBytes: 1_000, onLoss: (reason, hits) => told.push([reason, hits]) }),
  )
  const refused: unknown[] = []
  for (let i = 0; i < 40 && refused.length === 0; i++) {
    const reason = await append(writer, 'x'.repeat(500))
    if (reason) refused.push(reason)
    else await new Promise((done) => setTimeout(done, 60))
  }
  expect(refused).toEqual(['spool_full'])
  expect(writer.stats()).toMatchObject({ failing: 'spool_full', lost: { spool_full: 1 } })
  expect(told).toEqual([['spool_full', 1]])
  for (const file of listSegments(root)) if (file.superseded) rmSync(file.path)
  await new Promise((done) => setTimeout(done, 1_200))
  expect(await append(writer, 'again')).toBeUndefined()
  expect(writer.stats().failing).toBeNull()
  await writer.close()
})

test.each(['write', 'fsync'] as const)(
  'when the disk takes no more (%s), whole records stay, the rest is counted as lost, and later hits are read again',
  async (durability) => {
    // A file size limit of the process fails a write in its middle, as a full disk does.
    const script = `
    import { openSpoolWriter } from ${JSON.stringify(new URL('./writer.ts', import.meta.url).href)}
    process.on('SIGXFSZ', () => {})
    const writer = await openSpoolWriter(${JSON.stringify(options({ durability }))})
    const append = (p) => new Promise((done) => writer.append(p, done))
    const payload = 'y'.repeat(900)
    const answers = []
    for (let turn = 0; turn < 12; turn++) answers.push(...await Promise.all([append(payload), append(payload), append(payload)]))
    await writer.close()
    console.log(JSON.stringify({ kept: answers.filter((a) => a === undefined).length, stats: writer.stats() }))
  `
    const output = execFileSync(
      'bash',
      [
        '-c',
        'ulimit -f 4; exec "$@"',
        'bash',
        process.execPath,
        '--input-type=module',
        '--import',
        'tsx',
        '-e',
        script,
      ],
      { encoding: 'utf8' },
    )
    const { kept, stats } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
    expect(stats.lost.write_error).toBeGreaterThan(0)
    expect(stats.written).toBe(kept)
    expect(kept + stats.lost.write_error).toBe(36)
    expect(readAll()).toHaveLength(kept)
    for (const file of listSegments(root)) {
      const chunk = reader(file.path).read(0, 1e6)
      expect(chunk).toMatchObject({ stop: 'end', damaged: [] })
    }
  },
)
