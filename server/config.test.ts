import { expect, test } from 'vitest'
import { ConfigError, environmentOf, readConfig, SETTINGS } from './config.ts'

test('without anything set, the standard values hold', () => {
  const config = readConfig({})
  expect(config).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    durability: 'write',
    apiToken: null,
    trustedProxies: [],
  })
  expect(config.publicUrl.href).toBe('http://localhost:8080/')
  expect(config.spoolMaxBytes).toBe(10_000_000_000)
})

test('a flag goes before the environment, and an empty value counts as not set', () => {
  expect(readConfig({ PORT: '9000' }, { port: '9001' }).port).toBe(9001)
  expect(readConfig({ PORT: '' }).port).toBe(8080)
})

test.each([
  ['PORT', '80x'],
  ['PORT', '65536'],
  ['JEJAK_PUBLIC_URL', 'ftp://go.example'],
  ['JEJAK_PUBLIC_URL', 'https://go.example/path'],
  ['JEJAK_API_TOKEN', 'short'],
  ['JEJAK_DURABILITY', 'sometimes'],
  ['JEJAK_SPOOL_MAX_BYTES', '10 bytes'],
  ['JEJAK_SPOOL_MAX_BYTES', '100'],
  ['JEJAK_CLICKHOUSE_URL', 'clickhouse:9000'],
  ['JEJAK_CLICKHOUSE_CLUSTER', 'main'],
  ['JEJAK_DATABASE_URL', 'mysql://x'],
  ['JEJAK_TRUSTED_PROXIES', '10.0.0.0/8,nonsense'],
  ['JEJAK_TRUSTED_PROXIES', '10.0.0.0/99'],
  ['JEJAK_CLICK_ID_PARAMETER', 'a b'],
  ['JEJAK_LOG_LEVEL', 'loud'],
])('a bad %s (%s) is named', (variable, value) => {
  expect(() => readConfig({ [variable]: value })).toThrow(ConfigError)
  expect(() => readConfig({ [variable]: value })).toThrow(variable)
})

test('a bad token is never repeated in the error', () => {
  expect(() => readConfig({ JEJAK_API_TOKEN: 'not-long-enough' })).not.toThrow('not-long-enough')
})

test('every setting has its own variable and flag', () => {
  expect(new Set(SETTINGS.map((s) => s.variable)).size).toBe(SETTINGS.length)
  expect(new Set(SETTINGS.map((s) => s.flag)).size).toBe(SETTINGS.length)
})

test('a child process reads the same configuration from the environment made for it', () => {
  const config = readConfig({
    PORT: '9000',
    JEJAK_PUBLIC_URL: 'https://go.example',
    JEJAK_API_TOKEN: 'x'.repeat(40),
    JEJAK_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    JEJAK_SPOOL_MAX_BYTES: '3GB',
  })
  expect(readConfig(environmentOf(config))).toEqual(config)
  expect(readConfig(environmentOf(readConfig({})))).toEqual(readConfig({}))
})
