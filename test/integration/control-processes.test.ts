import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openControl } from '../../server/control/open.ts'
import { packageFile } from '../../server/paths.ts'
import { startPostgres } from '../support/postgres.ts'

const PROCESSES = 4
const LINKS_EACH = 15

const postgres = await startPostgres()
if ('unavailable' in postgres)
  console.warn(`PostgreSQL's half of the suite is skipped: ${postgres.unavailable}`)
const folder = mkdtempSync(join(tmpdir(), 'jejak-control-'))
// Inside node_modules, so that the compiled racer finds the packages that it imports.
const cache = packageFile('node_modules', '.cache')
let compiled = ''

beforeAll(async () => {
  mkdirSync(cache, { recursive: true })
  compiled = mkdtempSync(join(cache, 'control-racer-'))
  await build({
    entryPoints: [packageFile('test', 'support', 'control-racer.ts')],
    outfile: join(compiled, 'racer.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  })
})

afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.stop()
  for (const path of [folder, compiled]) rmSync(path, { recursive: true, force: true })
})

describe.each(['sqlite', 'postgres'] as const)(
  'processes that meet at a new control store on %s',
  (engine) => {
    it.skipIf(engine === 'postgres' && 'unavailable' in postgres)('agree on everything', async () => {
      const url =
        engine === 'postgres' && !('unavailable' in postgres)
          ? await postgres.createDatabase()
          : `sqlite:${join(folder, 'control.db')}`
      const beginAt = Date.now() + 500
      const racers = await Promise.all(Array.from({ length: PROCESSES }, () => race(url, beginAt)))

      expect(new Set(racers.map((racer) => racer.salt)).size).toBe(1)
      expect(new Set(racers.map((racer) => racer.key)).size).toBe(1)
      expect(sum(racers.map((racer) => racer.made))).toBe(LINKS_EACH)
      expect(sum(racers.map((racer) => racer.taken))).toBe(LINKS_EACH * (PROCESSES - 1))

      const control = await openControl(url, { defaultDomain: 'go.example' })
      try {
        const { links, revision } = await control.links.changedSince(0, 1000)
        expect(links).toHaveLength(LINKS_EACH * PROCESSES + LINKS_EACH)
        expect(revision).toBe(await control.links.latestRevision())
        expect(await control.domains.list()).toHaveLength(1)
        expect(await control.sites.list()).toHaveLength(1)
      } finally {
        await control.close()
      }
    })
  },
)

interface Racer {
  salt: string
  key: string
  made: number
  taken: number
}

async function race(url: string, beginAt: number): Promise<Racer> {
  const args = [join(compiled, 'racer.mjs'), url, String(beginAt), String(LINKS_EACH)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 25_000 })
  return JSON.parse(stdout)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
