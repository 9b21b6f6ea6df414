import { describe, expect, it } from 'vitest'
import { parseHost } from './host.ts'

describe('parseHost', () => {
  it.each([
    ['Go.Example.COM', 'go.example.com'],
    [' go.example. ', 'go.example'],
    ['пример.рф', 'xn--e1afmkfd.xn--p1ai'],
    ['go.example:443', 'go.example'],
    ['go.example:80', 'go.example'],
    ['localhost:8080', 'localhost:8080'],
    ['[::1]:8080', '[::1]:8080'],
  ])('reads %j as %s', (text, host) => expect(parseHost(text)).toEqual({ ok: true, value: host }))

  it.each([
    '',
    '.',
    'https://go.example',
    'go.example/x',
    'me@go.example',
    'go example',
    'a:b',
    'go.example:99999',
  ])('refuses %j', (text) => expect(parseHost(text)).toMatchObject({ ok: false, problem: 'host' }))
})
