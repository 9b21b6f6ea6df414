import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { IMPORT_FORMATS } from '../server/imports/import-line.ts'
import { documents, facts, partsOf, root, withParts } from './docs.mjs'

type Facts = Awaited<ReturnType<typeof facts>>

const paths: string[] = documents()
const names = paths.map((path) => relative(root, path))
let known: Facts

beforeAll(async () => {
  known = await facts()
})

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8')
}

/** The text without its code, in which brackets and hashes mean something else. */
function prose(text: string): string {
  return text.replace(/^( *)```[\s\S]*?^\1```$/gm, '').replace(/`[^`\n]*`/g, '')
}

/** The name that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

function anchorsIn(text: string): string[] {
  const headings = text.replace(/^( *)```[\s\S]*?^\1```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)
  return [...headings].map(([, heading = '']) => anchorOf(heading))
}

/** Where links and images of a text lead, those to other hosts left out. */
function targetsIn(text: string): string[] {
  const plain = prose(text)
  const written = [
    ...plain.matchAll(/\]\(([^)\s]+)\)/g),
    ...plain.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g),
  ]
  return written.map(([, target = '']) => target).filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
}

function brokenIn(name: string): string[] {
  const text = read(name)
  return targetsIn(text).filter((target) => {
    const [path = '', anchor = ''] = target.split('#')
    const file = path === '' ? join(root, name) : resolve(dirname(join(root, name)), path)
    if (!existsSync(file)) return true
    return anchor !== '' && !anchorsIn(readFileSync(file, 'utf8')).includes(anchor)
  })
}

/** Code spans that begin like a path of the repository. */
function pathsIn(text: string): string[] {
  const tops = 'bench|bin|dashboard|deploy|scripts|server|sql|test|tracker'
  const spans = [...text.matchAll(new RegExp(`\`((?:${tops})/[\\w./-]+)\``, 'g'))]
  return spans.map(([, path = '']) => path)
}

describe('the documents', () => {
  test.each(names)('%s holds what the code says of itself today', (name) => {
    const text = read(name)
    expect(withParts(text, partsOf(known)), 'stale: run node scripts/docs.mjs').toBe(text)
  })

  test.each(names)('%s leads nowhere in vain', (name) => {
    expect(brokenIn(name)).toEqual([])
  })

  test.each(names)('%s names only files and settings that there are', (name) => {
    const text = read(name)
    expect(pathsIn(text).filter((path) => !existsSync(join(root, path)))).toEqual([])
    const variables = known.settings.map(({ variable }: { variable: string }) => variable)
    const ofTests = ['JEJAK_FAULT_ROUNDS', 'JEJAK_FAULT_SECONDS', 'JEJAK_TEST_DATA']
    const named = text.match(/\bJEJAK_[A-Z_]+\b/g) ?? []
    expect(named.filter((variable) => ![...variables, ...ofTests].includes(variable))).toEqual([])
  })

  test('name every setting with its flag, and every command', () => {
    const text = read('docs/configuration.md')
    const settings = known.settings.flatMap(({ variable, flag }: { variable: string; flag: string }) => [
      variable,
      flag,
    ])
    const commands = known.commands.map(({ name }: { name: string }) => `jejak ${name}`)
    expect(settings.length).toBeGreaterThan(0)
    expect(commands).toEqual(
      expect.arrayContaining(['jejak start', 'jejak edge', 'jejak app', 'jejak loader']),
    )
    for (const format of IMPORT_FORMATS) expect(commands).toContain(`jejak import ${format} <file>`)
    for (const name of [...settings, ...commands]) expect(text).toContain(`\`${name}\``)
  })

  test('name every metric and dimension that may be asked for', () => {
    const text = read('docs/analysts.md')
    const { metrics, dimensions, operators, dateRanges } = known.registry
    expect(metrics.length).toBeGreaterThan(0)
    for (const { name } of [...metrics, ...dimensions, ...operators])
      expect(text).toContain(`| \`${name}\` |`)
    for (const name of dateRanges) expect(text).toContain(`\`${name}\``)
  })

  test('name every figure in /metrics, and alert on none that is not there', () => {
    const text = read('docs/metrics.md')
    const printed = [...known.edgeMetrics, ...known.loaderMetrics].map(({ name }: { name: string }) => name)
    expect(printed.length).toBeGreaterThan(0)
    for (const name of printed) expect(text).toContain(`| \`${name}\` |`)
    const named = names.flatMap((name) => read(name).match(/(?<!\$)\bjejak_[a-z_]+\b/g) ?? [])
    const { cookieName } = JSON.parse(read('server/facts/edge-limits.json'))
    expect(named.filter((name) => ![...printed, `${cookieName}_`].includes(name))).toEqual([])
  })

  test('list the addresses that no slug can take', () => {
    const { firstSegments } = JSON.parse(read('server/facts/reserved.json'))
    for (const segment of firstSegments) expect(read('docs/marketers.md')).toContain(`\`${segment}\``)
  })

  test('show pictures that are small enough for a page', () => {
    const pictures = names.flatMap((name) =>
      targetsIn(read(name))
        .filter((target) => target.endsWith('.png'))
        .map((target) => resolve(dirname(join(root, name)), target)),
    )
    expect(pictures.length).toBeGreaterThanOrEqual(2)
    for (const picture of pictures) expect(statSync(picture).size).toBeLessThan(300_000)
  })
})

describe('a generated part', () => {
  test('is found stale when the code has moved on', () => {
    const text = '<!-- generated: ranges -->\nold\n<!-- end -->\n'
    expect(withParts(text, { ranges: 'new' })).toBe('<!-- generated: ranges -->\nnew\n<!-- end -->\n')
  })

  test('that nothing makes is an error, not an empty place', () => {
    expect(() => withParts('<!-- generated: nothing -->\n<!-- end -->', {})).toThrow('nothing')
  })
})
