import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** What the build is made from. */
const SOURCES = [
  'server',
  'tracker',
  'dashboard',
  'bench',
  'scripts/build.mjs',
  'package.json',
  'tsconfig.json',
]
/** A file of each part of the build; each build writes all of them. */
const BUILT = ['dist/server/main.js', 'dist/tracker/t.js', 'dist/dashboard/index.html']

/** For vitest's `globalSetup`: builds the product where its sources are newer, so that tests run the present code. */
export function setup(): void {
  const newestSource = Math.max(...SOURCES.map((path) => newestIn(join(ROOT, path))))
  const oldestBuilt = Math.min(...BUILT.map((path) => changedAt(join(ROOT, path))))
  if (newestSource < oldestBuilt) return
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { cwd: ROOT, stdio: 'inherit' })
}

/** Unix milliseconds of the last change below a path; tests and installed packages are no sources. */
function newestIn(path: string): number {
  if (!statSync(path).isDirectory()) return changedAt(path)
  let newest = changedAt(path)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.includes('.test.')) continue
    newest = Math.max(newest, newestIn(join(path, entry.name)))
  }
  return newest
}

/** 0 for what is not there, so that it counts as older than everything. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
