/** `npm run bench -- NAME`: runs bench/NAME.ts, which prints ratios measured in one run. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const directory = dirname(fileURLToPath(import.meta.url))
const [name, ...rest] = process.argv.slice(2)
const known = readdirSync(directory)
  .filter((file) => /^[a-z]+\.ts$/.test(file))
  .map((file) => file.slice(0, -3))

if (!name || !existsSync(join(directory, `${name}.ts`))) {
  console.error(`usage: npm run bench -- NAME\nNAME is one of: ${known.join(', ')}`)
  process.exit(2)
}
// Measured as it is run in production: compiled, without a loader in between.
const run = (...args) =>
  spawnSync(process.execPath, args, { stdio: 'inherit', cwd: dirname(directory) }).status ?? 1
const built = run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
process.exit(built === 0 ? run(join('dist', 'bench', `${name}.js`), ...rest) : built)
