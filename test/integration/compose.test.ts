import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig, SETTINGS } from '../../server/config.ts'
import { packageFile } from '../../server/paths.ts'

const duration = z.string().regex(/^\d+[ms]$/)
const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully'])
/** What the files use of the compose specification, and nothing beside it. */
const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(
    z.string(),
    z.strictObject({
      build: z
        .union([
          z.string(),
          z.strictObject({ context: z.string(), args: z.record(z.string(), z.string()).optional() }),
        ])
        .optional(),
      image: z.string(),
      command: z.array(z.string()).optional(),
      restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
      init: z.boolean().optional(),
      stop_grace_period: duration,
      ports: z.array(z.string().regex(/^(127\.0\.0\.1:)?\$\{\w+:-\d+\}:\d+$/)).optional(),
      volumes: z.array(z.string().regex(/^[\w./-]+:\/[\w./-]+(:ro)?$/)).optional(),
      environment: z.record(z.string(), z.string()),
      ulimits: z.strictObject({ nofile: z.number() }).optional(),
      healthcheck: z
        .strictObject({
          test: z.array(z.string()).refine(([first]) => first === 'CMD'),
          interval: duration,
          timeout: duration,
          retries: z.number(),
          start_period: duration,
        })
        .optional(),
      depends_on: z.record(z.string(), z.strictObject({ condition })).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
})
type Compose = z.infer<typeof composeFile>

const FILES = ['docker-compose.yml', 'deploy/docker-compose.scale.yml']
/** Asked of the operator by the files themselves, beside the settings of Jejak. */
const OWN_VARIABLES = ['PUBLISH_PORT', 'PUBLISH_APP_PORT', 'CLICKHOUSE_PASSWORD', 'POSTGRES_PASSWORD']
const GIVEN = {
  JEJAK_API_TOKEN: '0123456789abcdef0123456789abcdef',
  JEJAK_PUBLIC_URL: 'https://go.example',
  CLICKHOUSE_PASSWORD: 'abc123',
  POSTGRES_PASSWORD: 'def456',
}

function read(file: string): { compose: Compose; text: string } {
  const text = readFileSync(packageFile(file), 'utf8')
  const { 'x-jejak': _one, 'x-environment': _two, 'x-health': _three, ...rest } = parse(text, { merge: true })
  return { compose: composeFile.parse(rest), text }
}

/** `${NAME:-standard}` and `${NAME:?message}`, as compose fills them in. */
function filled(value: string, given: Record<string, string>): string {
  return value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, sign: string, rest: string) => {
    const set = given[name]
    if (set) return set
    if (sign === '?') throw new Error(`${name}: ${rest}`)
    return rest
  })
}

function environmentOf(service: Compose['services'][string], given: Record<string, string> = GIVEN) {
  return Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, filled(value, given)]),
  )
}

describe.each(FILES)('%s', (file) => {
  const { compose, text } = read(file)
  const services = Object.entries(compose.services)
  const ours = services.filter(([, service]) => service.build !== undefined)

  test('gives our containers settings that Jejak has, with values that it takes', () => {
    const variables: string[] = SETTINGS.map(({ variable }) => variable)
    expect(ours.length).toBeGreaterThan(0)
    for (const [, service] of ours) {
      expect(variables).toEqual(expect.arrayContaining(Object.keys(service.environment)))
      const config = readConfig(environmentOf(service))
      expect(config).toMatchObject({ host: '0.0.0.0', port: 8080, dataDir: '/data' })
      expect(config.apiToken).toBe(GIVEN.JEJAK_API_TOKEN)
    }
  })

  test('asks for what it needs, knows no other variable, and holds no secret', () => {
    const asked = [...text.matchAll(/\$\{(\w+)(:[-?][^}]*)?\}/g)]
    const known: string[] = [...SETTINGS.map(({ variable }) => variable), ...OWN_VARIABLES]
    for (const [whole, name, otherwise] of asked) {
      expect(known).toContain(name)
      // A secret has no standard value, and its message says what to set.
      if (/TOKEN|PASSWORD/.test(whole)) expect(otherwise).toMatch(/^:\?.{10}/)
    }
    for (const [, { environment }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/TOKEN|PASSWORD/.test(name)) expect(value).toMatch(/^\$\{\w+:\?[^}]+\}$/)
        // A password in a URL is a variable too.
        expect(value.replace(/\$\{[^}]*\}/g, '')).not.toMatch(/:\/\/[^@/]*:[^@/]+@/)
      }
    }
    const [, first] = ours[0] ?? []
    expect(() => first && environmentOf(first, {})).toThrow(/JEJAK_API_TOKEN|JEJAK_PUBLIC_URL/)
  })

  test('runs commands that Jejak has, keeps what they write, and looks after them', async () => {
    const known = await commands()
    for (const [name, service] of ours) {
      expect(known).toContain(service.command?.[0])
      expect(service.volumes?.some((volume) => volume.endsWith(':/data'))).toBe(true)
      if (name === 'migrate') continue
      expect(service.restart).toBe('unless-stopped')
      expect(service.init).toBe(true)
    }
    for (const [name, service] of services) {
      if (name !== 'migrate') expect(service.healthcheck).toBeDefined()
    }
  })

  test('names only services, volumes and files that exist', () => {
    const folder = dirname(packageFile(file))
    for (const [, service] of services) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(Object.keys(compose.services)).toContain(needed)
        if (condition === 'service_healthy') expect(compose.services[needed]?.healthcheck).toBeDefined()
      }
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('.')) expect(existsSync(join(folder, source))).toBe(true)
        else expect(Object.keys(compose.volumes)).toContain(source)
      }
      const context = typeof service.build === 'object' ? service.build.context : service.build
      if (context !== undefined) expect(existsSync(join(folder, context, 'Dockerfile'))).toBe(true)
      const script = service.healthcheck?.test.find((part) => part.endsWith('.mjs'))
      if (script) expect(existsSync(packageFile(script))).toBe(true)
    }
  })
})

test('the roles apart are joined: a loader reads its edge’s spool, and they meet in the same stores', () => {
  const { compose } = read('deploy/docker-compose.scale.yml')
  const { edge, loader, app, migrate } = compose.services
  expect(loader?.volumes).toEqual(edge?.volumes)
  for (const service of [edge, loader, app, migrate]) {
    const config = readConfig(service ? environmentOf(service) : {})
    expect(config.databaseUrl).toBe('postgres://jejak:def456@postgres:5432/jejak')
    expect(config.clickhouseUrl).toBe('http://jejak:abc123@clickhouse:8123/jejak')
  }
  const made = compose.services.clickhouse?.environment
  expect(made).toMatchObject({ CLICKHOUSE_DB: 'jejak', CLICKHOUSE_USER: 'jejak' })
})

test('the image is made of files that exist, as somebody without rights, with what Jejak reads', () => {
  const dockerfile = readFileSync(packageFile('Dockerfile'), 'utf8')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
    (sources ?? '').split(' '),
  )
  for (const source of copied) expect(existsSync(packageFile(source)), source).toBe(true)
  expect(copied).toEqual(expect.arrayContaining(['bin', 'sql', 'server/facts', 'package.json']))
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "bin\/jejak"\]$/m)
  const ignored = readFileSync(packageFile('.dockerignore'), 'utf8').split('\n')
  expect(ignored).toEqual(expect.arrayContaining(['.git', 'node_modules', 'data']))
})

test('ClickHouse on a small machine writes no logs about itself', () => {
  const config = readFileSync(packageFile('deploy', 'clickhouse', 'small-box.xml'), 'utf8')
  for (const log of ['query_log', 'query_thread_log', 'trace_log', 'text_log', 'metric_log', 'part_log']) {
    expect(config).toContain(`<${log} remove="1"/>`)
  }
  for (const file of readdirSync(packageFile('deploy', 'clickhouse'))) {
    expect(unclosedTag(readFileSync(packageFile('deploy', 'clickhouse', file), 'utf8'))).toBeNull()
  }
})

describe('the health check', () => {
  test.each([
    [200, 0],
    [503, 1],
  ])('of a port that answers %i ends with %i', async (status, code) => {
    const server = createServer((req, res) => res.writeHead(req.url === '/readyz' ? status : 404).end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await healthcheck({ PORT: String(port) })).toBe(code)
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
    expect(await healthcheck({ PORT: String(port) })).toBe(1)
  })

  test('of a loader asks on its socket', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'jejak-health-'))
    const server = createServer((req, res) => res.writeHead(req.url === '/_/status' ? 200 : 404).end())
    server.listen(join(directory, 'app.sock'))
    await once(server, 'listening')
    expect(await healthcheck({ JEJAK_DATA_DIR: directory }, '--socket')).toBe(0)
    server.close()
    await once(server, 'close')
    expect(await healthcheck({ JEJAK_DATA_DIR: directory }, '--socket')).toBe(1)
    rmSync(directory, { recursive: true, force: true })
  })
})

async function healthcheck(env: Record<string, string>, ...args: string[]): Promise<number | null> {
  const child = execFile(process.execPath, [packageFile('deploy', 'healthcheck.mjs'), ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  const [code] = await once(child, 'exit')
  return code
}

let known: Promise<string[]> | undefined
function commands(): Promise<string[]> {
  known ??= new Promise((done, fail) => {
    const args = ['--import', 'tsx', packageFile('server', 'main.ts'), '--help']
    execFile(process.execPath, args, (error, output) => {
      if (error) fail(error)
      else done([...output.matchAll(/^ {2}([a-z]+) (?:\[options\]|\s)/gm)].map((match) => match[1] ?? ''))
    })
  })
  return known
}

/** The first tag without its end, or null: enough for files without attributes that hold `>`. */
function unclosedTag(xml: string): string | null {
  const open: string[] = []
  for (const [, end, name, alone] of xml
    .replace(/<!--[\s\S]*?-->/g, '')
    .matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (alone) continue
    if (!end) open.push(name ?? '')
    else if (open.pop() !== name) return name ?? ''
  }
  return open.at(-1) ?? null
}
