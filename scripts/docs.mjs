/**
 * Writes the parts of the documents that the code knows better: everything between `<!-- generated: NAME -->` and
 * `<!-- end -->`. `--check` writes nothing and fails where something is stale.
 *
 *     node scripts/docs.mjs [--check]
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const PART = /(<!-- generated: ([\w-]+) -->\n)([\s\S]*?)(<!-- end -->)/g

/** Every Markdown file of the project's own, as absolute paths. */
export function documents() {
  const docs = readdirSync(join(root, 'docs')).map((name) => join('docs', name))
  return [...readdirSync(root), ...docs]
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, name))
}

/** The text of a document with its generated parts made anew; throws for a part that nothing makes. */
export function withParts(text, parts) {
  return text.replace(PART, (_, begin, name, __, end) => {
    const part = parts[name]
    if (part === undefined) throw new Error(`nothing makes the part "${name}"`)
    return `${begin}${part}\n${end}`
  })
}

/** What the code says of itself: settings, commands, the query's names, the names in /metrics. */
export async function facts() {
  // Plain Node reads no TypeScript; a test runner does.
  if (!process.env.VITEST) (await import('tsx/esm/api')).register()
  const [
    { SETTINGS },
    { describeRegistry },
    { REJECT_REASONS },
    { edgeMetrics, loaderMetrics },
    { createEdgeStats },
  ] = await Promise.all([
    import('../server/config.ts'),
    import('../server/reports/registry/describe.ts'),
    import('../server/imports/import-line.ts'),
    import('../server/ops/metrics.ts'),
    import('../server/edge/stats.ts'),
  ])
  const stats = createEdgeStats()
  const edge = zeros({ ...stats.counters, latency: stats.latency(), storeReachable: true })
  const spool = zeros({ lost: { disk_full: 0, spool_full: 0, write_error: 0, too_large: 0 } })
  const loader = zeros({ totals: { added: 0, duplicates: 0, refused: 0 }, failing: null, blocked: [] })
  return {
    settings: SETTINGS,
    commands: commands(),
    registry: describeRegistry(),
    rejectReasons: REJECT_REASONS,
    edgeMetrics: metricsIn(await edgeMetrics(edge, spool, 0)),
    loaderMetrics: metricsIn(await loaderMetrics(loader, 0)),
  }
}

/** The generated parts by name. */
export function partsOf({ settings, commands, registry, rejectReasons, edgeMetrics, loaderMetrics }) {
  return {
    settings: table(
      ['Variable', 'Flag', 'Value', 'Where it is not set', 'Meaning'],
      settings.map(({ variable, flag, form, standard, meaning }) => [
        code(variable),
        code(flag),
        form,
        standard === '' ? 'none' : code(standard),
        meaning,
      ]),
    ),
    commands: table(
      ['Command', 'What it does'],
      commands.map(({ name, about }) => [code(`jejak ${name}`), about]),
    ),
    metrics: table(
      ['Metric', 'What it counts', 'Adds up', 'Of'],
      registry.metrics.map(({ name, description, kind, tables }) => [
        code(name),
        description,
        kind === 'count' ? 'yes' : 'no',
        tables.join(', '),
      ]),
    ),
    dimensions: table(
      ['Dimension', 'Meaning', 'Where it is absent', 'May be filtered', 'Of'],
      registry.dimensions.map(({ name, description, absent, filterable, tables }) => [
        code(name),
        description,
        absent === null ? '' : code(absent),
        filterable ? 'yes' : 'no',
        tables.length === 3 ? 'all' : tables.join(', '),
      ]),
    ),
    operators: table(
      ['Operator', 'Finds'],
      registry.operators.map(({ name, description }) => [code(name), description]),
    ),
    ranges: `${registry.dateRanges.map(code).join(', ')}, or \`[from, to]\`.`,
    channels: `${registry.channels.join(', ')}.`,
    'reject-reasons': table(
      ['Reason', 'The line'],
      Object.entries(rejectReasons).map(([name, words]) => [code(name), words]),
    ),
    'edge-metrics': metricsTable(edgeMetrics),
    'loader-metrics': metricsTable(loaderMetrics),
  }
}

function metricsTable(metrics) {
  return table(
    ['Name', 'Type', 'Labels', 'Meaning'],
    metrics.map(({ name, type, labels, help }) => [code(name), type, labels, help]),
  )
}

/** Names, types and labels of a text in Prometheus' format. */
function metricsIn(text) {
  const found = new Map()
  for (const line of text.split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind === 'HELP') found.set(name, { name, help: rest, type: '', labels: new Map() })
    else if (kind === 'TYPE') found.get(name).type = rest
    else if (line !== '') {
      const [, sample = '', pairs = ''] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? []
      const metric = found.get(sample)
      for (const [, label = '', value = ''] of pairs.matchAll(/(\w+)="([^"]*)"/g)) {
        metric?.labels.set(label, [...(metric.labels.get(label) ?? []), value])
      }
    }
  }
  return [...found.values()].map((metric) => ({
    ...metric,
    labels: [...metric.labels].map(([label, values]) => `${code(label)}: ${values.join(', ')}`).join('; '),
  }))
}

/** The commands that the program itself lists, those below `import` with their argument. */
function commands() {
  return listed([]).flatMap(({ name, about, isGroup }) => {
    if (name === 'help') return []
    if (!isGroup) return [{ name, about }]
    return listed([name])
      .filter((one) => one.name !== 'help')
      .map((one) => ({ ...one, name: `${name} ${one.name}` }))
  })
}

function listed(command) {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'server', 'main.ts'), ...command, '--help'],
    { cwd: root, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`jejak ${command.join(' ')} --help: ${stderr}`)
  const lines = stdout.slice(stdout.indexOf('Commands:\n')).split('\n').slice(1)
  const found = []
  for (const line of lines) {
    const begin = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line)
    if (begin) found.push({ usage: begin[1] ?? '', about: begin[2] ?? '' })
    else if (line.trim() !== '') found.at(-1).about += ` ${line.trim()}`
  }
  return found.map(({ usage, about }) => ({
    name: usage === 'help [command]' ? 'help' : usage.replace(' [options]', ''),
    about: about.trim(),
    // What takes options does something itself; the rest holds commands.
    isGroup: !usage.includes('[options]'),
  }))
}

/** An object whose every other property is 0: a snapshot of a process that has done nothing. */
function zeros(known) {
  return new Proxy(known, { get: (target, name) => (name in target ? target[name] : 0) })
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text) {
  return `\`${text}\``
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const parts = partsOf(await facts())
  const check = process.argv.includes('--check')
  for (const path of documents()) {
    const text = readFileSync(path, 'utf8')
    const fresh = withParts(text, parts)
    if (fresh === text) continue
    console.log(`${relative(root, path)}: ${check ? 'stale' : 'written'}`)
    if (check) process.exitCode = 1
    else writeFileSync(path, fresh)
  }
}
