import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { AttributeOptions } from './commands/attribute-options.ts'
import type { DemoArgs } from './commands/demo.ts'
import type { ReclassifyArgs } from './commands/reclassify.ts'
import { type Config, ConfigError, readConfig, SETTINGS, type Setting } from './config.ts'
import { createLogger } from './ops/log.ts'
import { packageFile } from './paths.ts'

const { version, description }: { version: string; description: string } = JSON.parse(
  readFileSync(packageFile('package.json'), 'utf8'),
)

/** Of the system: a port that is taken, an address that is not ours, a folder that cannot be one, a server that is away. */
const CODES_FOR_PEOPLE = new Set([
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EEXIST',
  'ENOTDIR',
  'ENOENT',
  'ECONNREFUSED',
])
const NAMES_FOR_PEOPLE = new Set(['ConfigError', 'LockTaken', 'WarehouseError'])

/** Commands whose own lines on the terminal are what a person wants to read. */
const TERSE_ROLES = new Set(['import', 'reclassify', 'demo'])

const program = new Command('jejak').description(description).version(version).showHelpAfterError()

command('start', 'Run everything on this machine: redirects, loader, API and dashboard on one port.').action(
  run('edge', async (config, log) => (await edge()).runEdge(config, log, { withApp: true })),
)
command('edge', 'Run only redirects, the collect endpoint and the page script.').action(
  run('edge', async (config, log) => (await edge()).runEdge(config, log, { withApp: false })),
)
command('app', 'Run only the API, reports and the dashboard.').action(
  run('app', async (config, log) => (await app()).runApp(config, log)),
)
command('loader', 'Run only the loader of this machine’s spool, into a ClickHouse server.').action(
  run('loader', async (config, log) => {
    if (!config.clickhouseUrl) {
      throw new ConfigError(
        'JEJAK_CLICKHOUSE_URL',
        'jejak loader needs JEJAK_CLICKHOUSE_URL; jejak start loads by itself',
      )
    }
    await (await app()).runLoader(config, log)
  }),
)
command('migrate', 'Bring control store and warehouse to the newest schema, and end.').action(
  run('migrate', async (config, log) => {
    await (await import('./commands/migrate.ts')).migrateCommand(config, log)
  }),
)

const imports = program.command('import').description('Import hits of the past from a file.')
importOf('bitly', 'Clicks of a bitly feed, one JSON object a line.').action(
  run('import', async (config, log, file: string, options: { site?: string; json?: boolean }) => {
    process.exitCode = await (await importing()).importCommand(
      config,
      { ...options, format: 'bitly', file },
      log,
    )
  }),
)
importOf('access-log', 'Pageviews of a web server’s access log (combined or common format, gzip too).')
  .requiredOption('--host <name>', 'host whose log it is: the log itself does not say')
  .action(
    run(
      'import',
      async (config, log, file: string, options: { host: string; site?: string; json?: boolean }) => {
        process.exitCode = await (await importing()).importCommand(
          config,
          { ...options, format: 'access-log', file },
          log,
        )
      },
    ),
  )

command('reclassify', 'Judge stored hits again by today’s rules, a day of a site at a time.', {
  settings: withoutListening(),
})
  .option('--from <day>', 'first day, as 2026-01-01, in the time zone of the site')
  .option('--to <day>', 'last day')
  .option('--site <name>', 'name or id of the site (default: all sites)')
  .option('--dry-run', 'change nothing, say what would move')
  .option('--again', 'judge days too that stand under today’s rules already')
  .option('--json', 'print what moved as JSON')
  .action(
    run('reclassify', async (config, log, options: ReclassifyArgs) => {
      const { reclassifyCommand } = await import('./commands/reclassify.ts')
      process.exitCode = await reclassifyCommand(config, options, log)
    }),
  )

command('demo', 'Show Jejak with a made-up brand: its site, its links and a history of ninety days.')
  .option('--hits <number>', 'about how many hits the history has (default: 120000)')
  .option('--days <number>', 'days that it reaches back (default: 90)')
  .option('--seed <number>', 'another seed, another history (default: 1)')
  .option('--until <day>', 'last day, as 2026-03-31, or an instant (default: now)')
  .option('--site-port <port>', 'port of the brand’s pages, on this machine alone (default: 4747)')
  .option('--no-serve', 'make the history and end')
  .option('--remove', 'take the demo away, with its links and all its hits')
  .option('--json', 'print what there is as JSON')
  .action(
    run('demo', async (config, log, options: DemoArgs) => {
      const { demoCommand } = await import('./commands/demo.ts')
      process.exitCode = await demoCommand(config, options, log)
    }),
  )

program
  .command('classify [file]')
  .description(
    'Say of visits where they came from and whether a person sent them: one JSON object a line in and out.',
  )
  .option('--no-evidence', 'leave out why')
  .action(async (file: string | undefined, { evidence }: { evidence: boolean }) => {
    const { classifyCommand } = await import('./commands/classify.ts')
    process.exitCode = await classifyCommand({ file, evidence }, process)
  })

program
  .command('attribute <file>')
  .description('Share out the conversions of a CSV file of paths among its channels, by several models.')
  .option('--models <names>', 'which models, by commas (default: all that need no times)')
  .option('--order <number>', 'touches that a state of markov looks back on: 1, 2 or 3 (default: 1)')
  .option('--separator <text>', 'what stands between two touches of a path (default: " > ")')
  .option('--columns <mapping>', 'names of the columns: path=…,conversions=…,value=…,nulls=…', eachOf)
  .option('--collapse', 'make consecutive equal touches one, for all models but markov')
  .option('--no-collapse', 'count every touch (default)')
  .option('--position <weights>', 'weights of first, middle and last touch (default: 40/20/40)')
  .option('--direct <name>', 'a touch that lastNonDirect passes over, repeatable (default: Direct)', eachOf)
  .option('--seed <number>', 'another draw, where shapleyRate has to be estimated')
  .option('--json', 'print JSON: { model: { channel: { conversions, value } } }')
  .option('--csv', 'print CSV: model, channel, conversions, value')
  .action(async (file: string, options: Omit<AttributeOptions, 'file'>) => {
    const { attributeCommand } = await import('./commands/attribute.ts')
    process.exitCode = await attributeCommand({ ...options, file }, process)
  })

/** The app process behind `start`; not for people. */
command('app-child', '', { hidden: true }).action(
  run('app', async (config, log) => (await app()).runAppChild(config, log)),
)

await program.parseAsync()

// Each process loads only what it runs: the edge is to stay small.
function edge() {
  return import('./processes/edge.ts')
}

function app() {
  return import('./processes/app.ts')
}

function importing() {
  return import('./commands/import.ts')
}

function command(
  name: string,
  about: string,
  { hidden = false, settings = SETTINGS }: { hidden?: boolean; settings?: readonly Setting[] } = {},
): Command {
  return withSettings(program.command(name, { hidden }).description(about), settings)
}

function importOf(format: string, about: string): Command {
  const own = imports
    .command(`${format} <file>`)
    .description(`${about} A file imported twice adds nothing.`)
    .option('--site <name>', 'site to import into (default: default)')
    .option('--json', 'print the summary as JSON')
  // `--host` names the log's host here.
  return withSettings(own, withoutListening())
}

/** The settings of commands in which nothing listens. */
function withoutListening(): Setting[] {
  const unused = new Set(['port', 'host', 'apiToken', 'durability', 'trustedProxies', 'clickIdParameter'])
  return SETTINGS.filter(({ key }) => !unused.has(key))
}

function withSettings(on: Command, settings: readonly Setting[]): Command {
  for (const { flag, form, variable, standard, meaning } of settings) {
    on.option(`${flag} <value>`, `${meaning} [${variable}; ${form}; ${standard || 'not set'}]`)
  }
  return on
}

/** Gathers an option that may be given several times. */
function eachOf(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

type Log = ReturnType<typeof createLogger>

/** Reads the configuration, runs, and says in one line what is wrong where a person can put it right. */
function run<Args extends unknown[]>(
  role: string,
  work: (config: Config, log: Log, ...args: Args) => Promise<void>,
) {
  return async (...given: [...Args, Command] | unknown[]): Promise<void> => {
    const self = given.at(-1)
    const options = self instanceof Command ? self.opts<Record<string, string>>() : {}
    const flags = Object.fromEntries(SETTINGS.map(({ key }) => [key, options[key]]))
    if (role === 'import') delete flags.host
    try {
      const config = readConfig(process.env, flags)
      // Commander passes arguments, then options, then the command itself; only commands with arguments take options.
      const args = given.slice(0, -1) as Args
      const quiet = TERSE_ROLES.has(role) && config.logLevel === 'info' ? 'warn' : config.logLevel
      await work(config, createLogger(quiet, role), ...args)
    } catch (error) {
      if (!isForPeople(error)) throw error
      process.stderr.write(`jejak: ${error.message}\n`)
      process.exit(2)
    }
  }
}

/** What a person at the terminal can put right; anything else is ours and keeps its stack. */
function isForPeople(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  if (NAMES_FOR_PEOPLE.has(error.name)) return true
  return 'code' in error && typeof error.code === 'string' && CODES_FOR_PEOPLE.has(error.code)
}
