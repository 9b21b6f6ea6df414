/** Builds what runs: `dist/server` (tsc), `dist/tracker` (esbuild), `dist/dashboard` (vite). */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeTracker } from '../tracker/build.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

// A file that was renamed must not live on in the build.
rmSync(join(root, 'dist', 'server'), { recursive: true, force: true })
run('typescript/bin/tsc', '-p', 'tsconfig.build.json')
await writeTracker(join(root, 'dist', 'tracker'))
run('typescript/bin/tsc', '-p', 'tracker/tsconfig.build.json')
run('vite/bin/vite.js', 'build', 'dashboard', '--logLevel', 'warn')
