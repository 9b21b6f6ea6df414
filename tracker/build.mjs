/** Builds the page script: `t.js`, its second half `t-actions.js`, and the module with its types. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes of `t.js` under gzip -9: what every page of a site waits for. */
export const SCRIPT_LIMIT = 1536

const source = join(dirname(fileURLToPath(import.meta.url)), 'src')
/** `import()` and an optional catch binding: Chrome 66, Safari 11.1, Firefox 67. */
const common = { bundle: true, minify: true, legalComments: 'none', target: 'es2019', write: false }

/** The files by name, as text. */
export async function buildTracker() {
  const script = { ...common, format: 'iife', supported: { 'dynamic-import': true }, tsconfigRaw: '{}' }
  const [core, actions, module] = await Promise.all([
    build({ ...script, entryPoints: [join(source, 't.ts')] }),
    build({ ...script, entryPoints: [join(source, 't-actions.ts')] }),
    build({ ...common, format: 'esm', entryPoints: [join(source, 'index.ts')] }),
  ])
  const text = ({ outputFiles }) => outputFiles[0].text.trim()
  return { 't.js': text(core), 't-actions.js': text(actions), 'index.js': text(module) }
}

/** Writes the files and prints their sizes; throws where `t.js` is above its limit. */
export async function writeTracker(folder) {
  const files = await buildTracker()
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const size = gzipSync(text, { level: 9 }).length
    console.log(`${name}: ${size} bytes gzipped${name === 't.js' ? ` of ${SCRIPT_LIMIT}` : ''}`)
    if (name === 't.js' && size > SCRIPT_LIMIT)
      throw new Error(`t.js is ${size - SCRIPT_LIMIT} bytes too large`)
    writeFileSync(join(folder, name), text)
  }
}
