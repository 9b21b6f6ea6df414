import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawHit } from '../../server/domain/hit.ts'
import type { Site } from '../../server/domain/site.ts'
import { type ImportArgs, type ImportDeps, importHost, runImport } from '../../server/imports/command.ts'
import { ImportError } from '../../server/imports/import-error.ts'
import { finish, importFile } from '../../server/imports/import-file.ts'
import { openImportSource } from '../../server/imports/source.ts'
import { decodeHit } from '../../server/spool/record.ts'
import { listSegments, openSegment } from '../../server/spool/segments.ts'
import { openSpoolWriter, type SpoolWriterOptions } from '../../server/spool/writer.ts'
import { bitlyLine, combinedLine, temporaryFolder, testSite } from '../support/import-files.ts'

/** What stands in a spool, in the order of writing. */
function spooled(root: string): RawHit[] {
  return listSegments(root).flatMap(({ path }) => {
    const segment = openSegment(path)
    if (typeof segment === 'string') throw new Error(`${segment} segment`)
    const { records, payload } = segment.read(0, segment.size())
    segment.close()
    return records.map((place) => decodeHit(payload(place), segment.header.edgeRun))
  })
}

/** A data folder to import into: spools on disk, and a loader that knows the ids it has seen. */
async function house(options: { sites?: Site[]; spool?: Partial<SpoolWriterOptions>; isTTY?: boolean } = {}) {
  const folder = await temporaryFolder()
  const spool = join(folder, 'spool')
  const known = new Set<string>()
  let writers = 0
  const run = async (args: ImportArgs) => {
    const out = { stdout: '', stderr: '' }
    const stream = (name: 'stdout' | 'stderr') => new PassThrough().on('data', (text) => (out[name] += text))
    const deps: ImportDeps = {
      sites: async () => options.sites ?? [testSite],
      openWriter: () =>
        openSpoolWriter({
          directory: join(spool, `import-${++writers}`),
          durability: 'write',
          maxBytes: 1e9,
          reserveBytes: 0,
          ...options.spool,
        }),
      waitLoaded: async (edgeRun) => {
        const hits = spooled(spool).filter((hit) => hit.edgeRun === edgeRun)
        const before = known.size
        for (const hit of hits) known.add(hit.hitId)
        return { added: known.size - before, duplicates: hits.length - (known.size - before) }
      },
      stdout: stream('stdout'),
      stderr: Object.assign(stream('stderr'), { isTTY: options.isTTY ?? false }),
    }
    const code = await runImport(args, deps)
    return { code, ...out }
  }
  return {
    folder,
    run,
    hits: () => spooled(spool),
    writers: () => writers,
    async file(name: string, content: string | Buffer) {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    },
    /** Imports lines and gives the summary. */
    async import(lines: string[], args: Omit<ImportArgs, 'file'> = { format: 'bitly' }) {
      const file = await this.file('history', lines.map((line) => `${line}\n`).join(''))
      const { code, stdout, stderr } = await run({ ...args, file, json: true })
      expect([code, stderr]).toEqual([0, ''])
      return JSON.parse(stdout)
    },
  }
}

const heartbeat = '{"_heartbeat_":1331923261}'

describe('an import', () => {
  test('sums up what it read, imported, skipped and rejected', async () => {
    const home = await house()
    const lines = [bitlyLine(), heartbeat, '{"a":', bitlyLine({ h: 'other' }), '', heartbeat]
    expect(await home.import(lines)).toEqual({
      read: 6,
      imported: 2,
      skipped: { heartbeat: 2, blank: 1 },
      rejected: [{ line: 3, reason: 'not_json', message: 'not JSON' }],
      rejectedTotal: 1,
    })
    expect(home.hits().map((hit) => [hit.slug, hit.sequence])).toEqual([
      ['us3rHa', 1],
      ['other', 2],
    ])
  })

  test('adds nothing the second time, and only what is new of a file that grew', async () => {
    const home = await house()
    const lines = [bitlyLine(), bitlyLine(), bitlyLine({ h: 'other' })]
    expect(await home.import(lines)).toMatchObject({ imported: 3, skipped: {} })
    expect(await home.import(lines)).toMatchObject({ imported: 0, skipped: { duplicate: 3 } })
    expect(await home.import([...lines, bitlyLine()])).toMatchObject({
      imported: 1,
      skipped: { duplicate: 3 },
    })
  })

  test('adds only what is new, though an access log gets another salt each time', async () => {
    const home = await house()
    const args = { format: 'access-log', host: 'Example.com' } as const
    await home.import([combinedLine()], args)
    expect(await home.import([combinedLine()], args)).toMatchObject({
      imported: 0,
      skipped: { duplicate: 1 },
    })
    const [first, second] = home.hits()
    expect(first?.host).toBe('example.com')
    expect(first?.hitId).toBe(second?.hitId)
    expect(first?.visitor).not.toBe(second?.visitor)
  })

  test('counts each hit once over files that grow, overlap and are shuffled', async () => {
    const file = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 15 })
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (files) => {
        const home = await house()
        let imported = 0
        for (const slugs of files)
          imported += (await home.import(slugs.map((h) => bitlyLine({ h })))).imported
        const most = (slug: string) =>
          Math.max(...files.map((slugs) => slugs.filter((each) => each === slug).length))
        expect(imported).toBe(['a', 'b', 'c', 'd'].reduce((sum, slug) => sum + most(slug), 0))
      }),
      { numRuns: 25 },
    )
  })

  test('does not mind line ends, a byte-order mark, packing or a missing last line end', async () => {
    const home = await house()
    const [first, second] = [bitlyLine(), bitlyLine({ h: 'other' })]
    await home.import([first, second])
    const unix = `${first}\n${second}`
    for (const content of [unix, `\ufeff${first}\r\n${second}\r\n`, gzipSync(`${unix}\n`)]) {
      const { stdout } = await home.run({
        format: 'bitly',
        file: await home.file('again', content),
        json: true,
      })
      expect(JSON.parse(stdout)).toMatchObject({ read: 2, imported: 0, skipped: { duplicate: 2 } })
    }
  })

  test('reads gzip files that were joined, as rotated logs often are', async () => {
    const home = await house()
    const joined = Buffer.concat([gzipSync(`${bitlyLine()}\n`), gzipSync(`${bitlyLine({ h: 'other' })}\n`)])
    const { stdout } = await home.run({ format: 'bitly', file: await home.file('x.gz', joined), json: true })
    expect(JSON.parse(stdout)).toMatchObject({ read: 2, imported: 2 })
  })

  test('reads an empty file', async () => {
    const home = await house()
    expect(await home.import([])).toMatchObject({ read: 0, imported: 0, rejectedTotal: 0 })
  })

  test('reports broken lines by number and goes on', async () => {
    const home = await house()
    const lines = ['x'.repeat(40_000), `\0\0\0${bitlyLine()}`, bitlyLine({ t: 1 }), bitlyLine()]
    const { imported, rejected } = await home.import(lines)
    expect(imported).toBe(1)
    expect(rejected.map(({ line, reason }: { line: number; reason: string }) => [line, reason])).toEqual([
      [1, 'too_long'],
      [2, 'nul_byte'],
      [3, 'time_out_of_range'],
    ])
  })

  test('lists a thousand broken lines and counts them all', async () => {
    const home = await house()
    const summary = await home.import([bitlyLine(), ...Array.from({ length: 1500 }, () => 'broken')])
    expect(summary.rejected).toHaveLength(1000)
    expect(summary).toMatchObject({ read: 1501, imported: 1, rejectedTotal: 1500 })
  })

  test('takes more hits than may be under way at once', async () => {
    const home = await house()
    const lines = Array.from({ length: 20_000 }, (_, n) => bitlyLine({ h: `s${n}` }))
    expect(await home.import(lines)).toMatchObject({ read: 20_000, imported: 20_000 })
    expect(home.hits().map((hit) => hit.sequence)).toEqual(lines.map((_, n) => n + 1))
  })

  test('waits while more stands in the spool than may', async () => {
    const home = await house()
    const file = await home.file(
      'x',
      Array.from({ length: 2000 }, (_, n) => `${bitlyLine({ h: `s${n}` })}\n`).join(''),
    )
    const writer = await openSpoolWriter({
      directory: join(home.folder, 'w'),
      durability: 'write',
      maxBytes: 1e9,
    })
    let full = true
    let asked = 0
    const watched = {
      ...writer,
      stats() {
        full = ++asked < 3
        return { ...writer.stats(), bytes: full ? 2 : 1 }
      },
    }
    const source = await openImportSource(file)
    const options = { format: 'bitly', site: testSite, source, writer: watched, maxWaitingBytes: 1 } as const
    expect((await importFile(options)).queued).toBe(2000)
    expect(full).toBe(false)
    await writer.close()
  })
})

describe('an import that cannot be', () => {
  test.each([
    ['a missing file', (folder: string) => join(folder, 'none'), /no such file/],
    ['a folder', (folder: string) => folder, /folder/],
  ])('names %s and opens no spool', async (_, path, message) => {
    const home = await house()
    const { code, stdout, stderr } = await home.run({ format: 'bitly', file: path(home.folder) })
    expect([code, stdout, home.writers()]).toEqual([1, '', 0])
    expect(stderr).toMatch(message)
  })

  test.each([
    ['bzip2', Buffer.from('BZh91AY')],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1])],
    ['ZIP', Buffer.from('PK\u0003\u0004')],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
  ])('says what to do with %s', async (name, content) => {
    const home = await house()
    const { code, stderr } = await home.run({ format: 'bitly', file: await home.file('x', content) })
    expect([code, home.writers()]).toEqual([1, 0])
    expect(stderr).toContain(name)
  })

  test('names an unknown site and those there are', async () => {
    const home = await house()
    const { code, stderr } = await home.run({ format: 'bitly', file: '/dev/null', site: 'shop' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/no site shop; there are: default/)
  })

  test('wants a host for an access log and none for bitly', async () => {
    const home = await house()
    const file = await home.file('x', combinedLine())
    expect((await home.run({ format: 'access-log', file })).stderr).toMatch(/--host NAME/)
    expect((await home.run({ format: 'bitly', file, host: 'a.example' })).stderr).toMatch(/--host/)
    expect((await home.run({ format: 'access-log', file, host: 'https://a.example/' })).stderr).toMatch(
      /host name/,
    )
    expect(home.writers()).toBe(0)
  })

  test('ends with an error where no line was of the format', async () => {
    const home = await house()
    const file = await home.file('x', `${bitlyLine()}\n${bitlyLine()}\n\n`)
    const { code, stdout, stderr } = await home.run({ format: 'access-log', file, host: 'a.example' })
    expect(code).toBe(1)
    expect(stdout).toMatch(/3 lines read: 0 imported, 1 skipped \(blank 1\), 2 rejected/)
    expect(stderr).toMatch(/another format/)
  })

  test('stops where the spool is full and says to run it again', async () => {
    const home = await house({ spool: { maxBytes: 0 } })
    const lines = `${bitlyLine()}\n${bitlyLine({ h: 'other' })}\n`
    const { code, stderr, stdout } = await home.run({
      format: 'bitly',
      file: await home.file('x', lines),
      json: true,
    })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/spool is full.*run the import again/)
  })

  test('stops where gzip breaks off, with what came before it in the spool', async () => {
    const home = await house()
    const lines = Array.from({ length: 5000 }, (_, n) => `${bitlyLine({ h: `s${n}` })}\n`).join('')
    const packed = gzipSync(lines)
    const { code, stderr } = await home.run({
      format: 'bitly',
      file: await home.file('x.gz', packed.subarray(0, packed.length - 20)),
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/damaged gzip/)
    expect(home.hits().length).toBeGreaterThan(0)
    const whole = await home.run({ format: 'bitly', file: await home.file('x.gz', packed), json: true })
    expect(JSON.parse(whole.stdout).read).toBe(5000)
  })
})

describe('an import in words', () => {
  test('says the sum and the first broken lines', async () => {
    const home = await house()
    const lines = [bitlyLine(), heartbeat, ...Array.from({ length: 12 }, () => 'broken')]
    const { code, stdout, stderr } = await home.run({
      format: 'bitly',
      file: await home.file('x', lines.join('\n')),
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^14 lines read: 1 imported, 1 skipped \(heartbeat 1\), 12 rejected\n {2}line 3: not JSON\n/,
    )
    expect(stdout).toMatch(/and 2 more/)
  })

  test('draws a bar on a terminal', async () => {
    const home = await house({ isTTY: true })
    const { stderr } = await home.run({ format: 'bitly', file: await home.file('x', bitlyLine()) })
    expect(stderr).toContain('Reading')
  })

  test('notes a host that the site does not name, and imports it', async () => {
    const home = await house({ sites: [{ ...testSite, hostnames: ['example.com'] }] })
    const file = await home.file('x', combinedLine())
    const other = await home.run({ format: 'access-log', file, host: 'exmaple.com' })
    expect([other.code, other.stderr]).toEqual([0, expect.stringMatching(/none of the hosts/)])
    expect((await home.run({ format: 'access-log', file, host: 'www.example.com' })).stderr).toBe('')
  })
})

describe('importHost', () => {
  test.each([
    ['Example.COM', 'example.com'],
    ['example.com:443', 'example.com'],
    ['example.com:80', 'example.com'],
    ['example.com:8080', 'example.com:8080'],
    ['пример.рф', 'xn--e1afmkfd.xn--p1ai'],
  ])('makes %s to %s', (name, host) => {
    expect(importHost(name)).toBe(host)
  })

  test.each(['', 'a b', 'http://a', 'a/b', 'a?b', 'user@a', 'a:x'])('refuses %j', (name) => {
    expect(() => importHost(name)).toThrow(ImportError)
  })
})

describe('finish', () => {
  const queued = { read: 5, queued: 4, skipped: { heartbeat: 1 }, rejected: [], rejectedTotal: 0 }

  test('tells new hits, known ones and those the warehouse refused apart', () => {
    expect(finish(queued, { added: 2, duplicates: 1 })).toMatchObject({
      imported: 2,
      skipped: { heartbeat: 1, duplicate: 1, set_aside: 1 },
    })
  })

  test('refuses counts that cannot be of this import', () => {
    expect(() => finish(queued, { added: 5, duplicates: 0 })).toThrow(RangeError)
  })
})
