import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json: the same for the sources and for the compiled files under `dist/`. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

/** The absolute path of a file that ships with the package, named relative to its root (`sql`, `server/facts/…`). */
export function packageFile(...parts: string[]): string {
  return join(packageRoot, ...parts)
}

function findRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return dir
    if (dir === dirname(dir)) throw new Error(`no package.json above ${from}`)
  }
}
