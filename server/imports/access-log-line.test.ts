import { describe, expect, test } from 'vitest'
import { combinedLine, commonLine } from '../../test/support/import-files.ts'
import { readLogLine } from './access-log-line.ts'

function read(line: string | Buffer) {
  return readLogLine(Buffer.from(line))
}

describe('readLogLine', () => {
  test('reads the combined format', () => {
    expect(read(combinedLine())).toEqual({
      address: '192.0.2.7',
      time: Date.UTC(2015, 4, 17, 10, 5, 3),
      method: 'GET',
      target: '/blog/post.html',
      httpVersion: '1.1',
      status: 200,
      referrer: 'http://www.google.com/search?q=trail',
      userAgent: 'Mozilla/5.0 (X11) Firefox/38.0',
    })
  })

  test('reads the common format, without referrer and user agent', () => {
    expect(read(commonLine())).toMatchObject({ status: 200, referrer: '', userAgent: '' })
  })

  test('takes a hyphen as nothing', () => {
    expect(read(combinedLine({ referrer: '-', agent: '-' }))).toMatchObject({ referrer: '', userAgent: '' })
  })

  test.each([
    ['17/May/2015:10:05:03 +0530', Date.UTC(2015, 4, 17, 4, 35, 3)],
    ['01/Jan/2016:00:30:00 -0800', Date.UTC(2016, 0, 1, 8, 30)],
    ['30/Jun/2015:23:59:60 +0000', Date.UTC(2015, 6, 1)],
    ['29/Feb/2016:00:00:00 +0000', Date.UTC(2016, 1, 29)],
  ])('reads the time %s with its offset', (time, expected) => {
    expect(read(combinedLine({ time }))?.time).toBe(expected)
  })

  test.each([
    '31/Feb/2015:10:00:00 +0000',
    '29/Feb/2015:10:00:00 +0000',
    '01/Mai/2015:10:00:00 +0000',
    '01/May/2015:24:00:00 +0000',
  ])('gives NaN for %s, which does not exist', (time) => {
    expect(read(combinedLine({ time }))?.time).toBeNaN()
  })

  test('undoes escaped quotes, backslashes and bytes', () => {
    const agent = String.raw`a \"b\" \\ \x22c\x22 \xd0\xb6 \t`
    expect(read(combinedLine({ agent }))?.userAgent).toBe('a "b" \\ "c" ж \t')
  })

  test('takes raw UTF-8 as such, and other raw bytes as Latin-1', () => {
    expect(read(combinedLine({ agent: 'жук' }))?.userAgent).toBe('жук')
    const bytes = Buffer.from(combinedLine({ agent: 'caf\u00e9' }), 'latin1')
    expect(read(bytes)?.userAgent).toBe('caf\u00e9')
  })

  test('percent-encodes what a path may not hold, byte for byte', () => {
    expect(read(combinedLine({ request: String.raw`GET /a b/\xd0\xb6ж\"%zz HTTP/1.0` }))).toMatchObject({
      target: '/a%20b/%D0%B6%D0%B6"%zz',
      httpVersion: '1.0',
    })
  })

  test('takes a request without a version, and one that is no HTTP', () => {
    expect(read(combinedLine({ request: 'GET /old' }))).toMatchObject({
      method: 'GET',
      target: '/old',
      httpVersion: '',
    })
    expect(read(combinedLine({ request: '-', status: 408 }))).toMatchObject({ method: '', status: 408 })
    expect(read(combinedLine({ request: String.raw`\x16\x03\x01`, status: 400 }))).toMatchObject({
      method: '',
    })
  })

  test('takes user names with blanks and brackets, host names, IPv6 and what stands behind combined', () => {
    expect(read(combinedLine({ user: 'john [x] smith', address: 'host.example' }))?.address).toBe(
      'host.example',
    )
    expect(read(combinedLine({ address: '2001:db8::1' }))?.address).toBe('2001:db8::1')
    expect(read(`${combinedLine()} "203.0.113.9" 0.004`)?.status).toBe(200)
  })

  test.each([
    ['nothing like a log', 'hello world'],
    ['a line cut in its user agent', combinedLine().slice(0, -3)],
    ['a line cut in its referrer', combinedLine().slice(0, 90)],
    ['quotes that are not escaped', combinedLine({ agent: 'a "b" c' })],
    ['JSON', '{"status":200}'],
  ])('refuses %s', (_, line) => {
    expect(read(line)).toBeNull()
  })

  test('refuses a long line made to be slow', () => {
    const opening = '[17/May/2015:10:05:03 +0000] "\\" '
    expect(read(`192.0.2.7 - ${opening.repeat(900)}`)).toBeNull()
  })
})
