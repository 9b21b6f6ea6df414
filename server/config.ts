import { BlockList, isIP } from 'node:net'
import { resolve } from 'node:path'

/** Everything an operator can set, read once and checked. Nothing else in Jejak reads the environment. */
export interface Config {
  port: number
  host: string
  dataDir: string
  publicUrl: URL
  apiToken: string | null
  durability: 'write' | 'fsync'
  spoolMaxBytes: number
  clickhouseUrl: string | null
  clickhouseCluster: string | null
  databaseUrl: string | null
  trustedProxies: string[]
  clickIdParameter: string
  cityDatabase: string | null
  networkDatabase: string | null
  hostingFile: string | null
  logLevel: LogLevel
}

export type LogLevel = (typeof LOG_LEVELS)[number]
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** One setting: an environment variable, and a flag of the commands that start something. */
export interface Setting<Key extends keyof Config = keyof Config> {
  key: Key
  variable: string
  flag: string
  /** What the value looks like, for help and docs. */
  form: string
  /** As text; empty where there is none. */
  standard: string
  meaning: string
  parse(text: string): Config[Key]
}

/** A setting that cannot be used; `message` names it, its value and what it may be. */
export class ConfigError extends Error {
  readonly variable: string

  constructor(variable: string, message: string) {
    super(message)
    this.name = 'ConfigError'
    this.variable = variable
  }
}

export const SETTINGS: readonly Setting[] = [
  setting(
    'port',
    'PORT',
    '--port',
    '0 to 65535',
    '8080',
    'Port of the redirects, the API and the dashboard.',
    parsePort,
  ),
  setting(
    'host',
    'HOST',
    '--host',
    'address',
    '127.0.0.1',
    'Address to listen on. `0.0.0.0` answers other machines: redirects for everyone, the API and the dashboard only with the token.',
    (text) => text,
  ),
  setting(
    'dataDir',
    'JEJAK_DATA_DIR',
    '--data-dir',
    'folder',
    './data',
    'Folder of the embedded stores and the spool. One running Jejak to a folder.',
    (text) => resolve(text),
  ),
  setting(
    'publicUrl',
    'JEJAK_PUBLIC_URL',
    '--public-url',
    'http(s)://host[:port]',
    '',
    'Scheme and host of short links as visitors see them. Where it is not set: `http://localhost` and the port.',
    parsePublicUrl,
  ),
  setting(
    'apiToken',
    'JEJAK_API_TOKEN',
    '--api-token',
    '32 characters or more',
    '',
    'Opens the API and the dashboard to whoever presents it (`Authorization: Bearer …`). Without it they answer this machine alone.',
    parseToken,
  ),
  setting(
    'durability',
    'JEJAK_DURABILITY',
    '--durability',
    'write | fsync',
    'write',
    'When a redirect is answered: once its hit is written (safe from a dying process), or once it is on the disk (safe from a dying machine).',
    oneOf(['write', 'fsync']),
  ),
  setting(
    'spoolMaxBytes',
    'JEJAK_SPOOL_MAX_BYTES',
    '--spool-max-bytes',
    'bytes, or 500MB, 20GB',
    '10GB',
    'Most that may wait in the spool while the warehouse is away. 512 MB of the disk are always left to the stores.',
    parseBytes,
  ),
  setting(
    'clickhouseUrl',
    'JEJAK_CLICKHOUSE_URL',
    '--clickhouse-url',
    'http(s)://user:password@host:8123/database',
    '',
    'A ClickHouse server in the place of the embedded engine.',
    (text) => parseUrl(text, ['http:', 'https:']).href,
  ),
  setting(
    'clickhouseCluster',
    'JEJAK_CLICKHOUSE_CLUSTER',
    '--clickhouse-cluster',
    'name',
    '',
    'Name of the cluster on which tables are made replicated and distributed.',
    parseName,
  ),
  setting(
    'databaseUrl',
    'JEJAK_DATABASE_URL',
    '--database-url',
    'postgres://user:password@host/database',
    '',
    'A PostgreSQL server in the place of the embedded control store.',
    (text) => parseUrl(text, ['postgres:', 'postgresql:']).href,
  ),
  setting(
    'trustedProxies',
    'JEJAK_TRUSTED_PROXIES',
    '--trusted-proxies',
    'addresses and networks, by commas: 10.0.0.0/8,::1',
    '',
    'Reverse proxies whose `X-Forwarded-For` or `Forwarded` is believed. From anyone else these headers are ignored.',
    parseNetworks,
  ),
  setting(
    'clickIdParameter',
    'JEJAK_CLICK_ID_PARAMETER',
    '--click-id-parameter',
    'letters, digits, _ and -',
    'jjk',
    'Query parameter in which redirects carry the click id to the landing page.',
    parseName,
  ),
  setting(
    'cityDatabase',
    'JEJAK_CITY_DATABASE',
    '--city-database',
    'file.mmdb',
    '',
    'A MaxMind-format city database for regions. Countries need none.',
    (text) => resolve(text),
  ),
  setting(
    'networkDatabase',
    'JEJAK_NETWORK_DATABASE',
    '--network-database',
    'file.mmdb',
    '',
    'A MaxMind-format ASN database for network numbers.',
    (text) => resolve(text),
  ),
  setting(
    'hostingFile',
    'JEJAK_HOSTING_FILE',
    '--hosting-file',
    'file',
    '',
    'A list of data-centre networks, whose hits are machines’: a CIDR range, a range of addresses or a network number a line.',
    (text) => resolve(text),
  ),
  setting(
    'logLevel',
    'JEJAK_LOG_LEVEL',
    '--log-level',
    LOG_LEVELS.join(' | '),
    'info',
    'What is logged, as one JSON object a line on standard error.',
    oneOf(LOG_LEVELS),
  ),
]

/**
 * The configuration: flags over environment over standard values.
 *
 * @param flags values by setting key, as the command line gives them.
 * @throws {ConfigError} naming the first bad setting.
 */
export function readConfig(
  env: Record<string, string | undefined>,
  flags: Partial<Record<keyof Config, string>> = {},
): Config {
  const values: Partial<Record<keyof Config, unknown>> = {}
  for (const { key, variable, flag, form, standard, parse } of SETTINGS) {
    const fromFlag = flags[key]
    const text = (fromFlag ?? env[variable] ?? '').trim() || standard
    if (text === '') {
      values[key] = key === 'trustedProxies' ? [] : null
      continue
    }
    try {
      values[key] = parse(text)
    } catch (error) {
      const name = fromFlag === undefined ? variable : flag
      const shown = key === 'apiToken' ? 'what is set' : JSON.stringify(text)
      const why = error instanceof Error && error.message ? ` (${error.message})` : ''
      throw new ConfigError(variable, `${name}: ${shown} cannot be used${why}; expected ${form}`)
    }
  }
  const config = values as Omit<Config, 'publicUrl'> & { publicUrl: URL | null }
  if (config.clickhouseCluster !== null && config.clickhouseUrl === null) {
    throw new ConfigError('JEJAK_CLICKHOUSE_CLUSTER', 'JEJAK_CLICKHOUSE_CLUSTER needs JEJAK_CLICKHOUSE_URL')
  }
  return { ...config, publicUrl: config.publicUrl ?? new URL(`http://localhost:${config.port}`) }
}

/** The environment under which another process reads the same configuration. */
export function environmentOf(config: Config): Record<string, string> {
  return Object.fromEntries(
    SETTINGS.map(({ key, variable }) => {
      const value = config[key]
      return [variable, value === null ? '' : value instanceof URL ? value.href : String(value)]
    }),
  )
}

function setting<Key extends keyof Config>(
  key: Key,
  variable: string,
  flag: string,
  form: string,
  standard: string,
  meaning: string,
  parse: (text: string) => Config[Key],
): Setting {
  return { key, variable, flag, form, standard, meaning, parse }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new Error()
  return port
}

function parsePublicUrl(text: string): URL {
  const url = parseUrl(text, ['http:', 'https:'])
  if (url.pathname !== '/' || url.search || url.hash || url.username) throw new Error('scheme and host only')
  return url
}

function parseUrl(text: string, protocols: string[]): URL {
  const url = new URL(text)
  if (!protocols.includes(url.protocol)) throw new Error(`must begin with ${protocols[0]}//`)
  return url
}

function parseToken(text: string): string {
  if (text.length < 32) throw new Error(`${text.length} characters`)
  return text
}

function parseName(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text)) throw new Error()
  return text
}

function parseBytes(text: string): number {
  const match = /^(\d+)\s*(k|M|G|T)?B?$/i.exec(text)
  if (!match) throw new Error()
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase())
  const bytes = Number(match[1]) * 1000 ** power
  if (bytes < 1_000_000) throw new Error('less than 1 MB')
  return bytes
}

function parseNetworks(text: string): string[] {
  const networks = text.split(',').map((part) => part.trim())
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address)
    if (family === 0) throw new Error(`${network} is no address or network`)
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, type)
    else if (/^\d+$/.test(prefix)) list.addSubnet(address, Number(prefix), type)
    else throw new Error(`${network} is no network`)
  }
  return networks
}

function oneOf<const Values extends readonly string[]>(values: Values): (text: string) => Values[number] {
  return (text) => {
    const value = values.find((known) => known === text)
    if (value === undefined) throw new Error()
    return value
  }
}
