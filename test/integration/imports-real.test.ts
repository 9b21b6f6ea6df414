import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ImportFormat } from '../../server/imports/import-line.ts'
import { type ReadLine, type ReadOptions, readHits } from '../../server/imports/read-hits.ts'
import { openImportSource } from '../../server/imports/source.ts'
import { testSite } from '../support/import-files.ts'

const folder = process.env.JEJAK_TEST_DATA ?? ''

async function linesOf(
  name: string,
  format: ImportFormat,
  options: Partial<ReadOptions> = {},
): Promise<ReadLine[]> {
  const source = await openImportSource(join(folder, name))
  const all: ReadLine[] = []
  for await (const lines of readHits(format, source.chunks(), { site: testSite, ...options }))
    all.push(...lines)
  await source.close()
  return all
}

function counts(lines: ReadLine[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const line of lines) {
    const name = line.kind === 'hit' ? 'hit' : line.reason
    sums[name] = (sums[name] ?? 0) + 1
  }
  return sums
}

function idCount(lines: ReadLine[]): number {
  return new Set(lines.flatMap((line) => (line.kind === 'hit' ? [line.hit.hitId] : []))).size
}

/** Real files are no part of the project: JEJAK_TEST_DATA names the folder that holds them. */
function whereThereIs(name: string) {
  const reason =
    folder === ''
      ? 'skipped: JEJAK_TEST_DATA is not set'
      : existsSync(join(folder, name))
        ? ''
        : `skipped: no ${name}`
  return { run: reason === '' ? test : test.skip, note: reason === '' ? '' : ` (${reason})` }
}

const bitly = whereThereIs('bitly-1usagov-clicks.ndjson')
bitly.run(`an hour of real clicks is read without a broken line${bitly.note}`, async () => {
  const lines = await linesOf('bitly-1usagov-clicks.ndjson', 'bitly')
  expect(counts(lines)).toEqual({ hit: 3440, heartbeat: 120 })
  expect(idCount(lines)).toBe(3440)
  expect(lines.find((line) => line.kind === 'hit')).toMatchObject({
    hit: { host: '1.usa.gov', slug: 'wfLQtf' },
  })
})

const accessLog = whereThereIs('access-combined-2015.log')
accessLog.run(`a real access log is read, but for the one line that is broken${accessLog.note}`, async () => {
  const lines = await linesOf('access-combined-2015.log', 'access-log', { host: 'semicomplete.com' })
  expect(counts(lines)).toEqual({
    hit: 2882,
    asset: 5797,
    feed: 901,
    status: 371,
    not_get: 48,
    not_a_log_line: 1, // its user agent's closing quote is missing
  })
  expect(idCount(lines)).toBe(2882)
})
