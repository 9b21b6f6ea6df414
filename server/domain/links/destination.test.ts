import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDestination } from './destination.ts'

const rules = {
  shortDomains: ['go.example', 'localhost:8080', 'xn--e1afmkfd.xn--p1ai'],
  clickIdParameter: 'jjk',
}
const parse = (text: string) => parseDestination(text, rules)
const problemOf = (text: string) => {
  const parsed = parse(text)
  return parsed.ok ? parsed.value : parsed.problem
}
const read = (text: string) => {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

describe('parseDestination', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    [' HTTPS://Example.COM:443/Path ', 'https://example.com/Path'],
    ['http://example.com:8081?x=1', 'http://example.com:8081/?x=1'],
    [
      'https://müller.de/größe?farbe=grün#fuß',
      'https://xn--mller-kva.de/gr%C3%B6%C3%9Fe?farbe=gr%C3%BCn#fu%C3%9F',
    ],
    ['https://кто.рф/путь', 'https://xn--j1ail.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C'],
    ['https://example.com/a b?q="x"<y>', 'https://example.com/a%20b?q=%22x%22%3Cy%3E'],
    ['https://example.com/🚗', 'https://example.com/%F0%9F%9A%97'],
    ['http://[::1]:3000/x', 'http://[::1]:3000/x'],
    ['http://intranet/x', 'http://intranet/x'],
  ])('writes %s in ASCII', (text, expected) => expect(read(text)).toBe(expected))

  it.each([
    'https://example.com/%zz/%/a%2Fb/./x/../y//z',
    "https://example.com/?b=2&a=1&a=&&c='x'&d={y}|^`z`",
    'https://example.com/?path=c:\\dir',
    'https://example.com/?',
    'https://example.com/?a=%6Ajk',
    'https://example.com/#!/route?jjk=1',
  ])('leaves the bytes of %s alone', (text) => expect(read(text)).toBe(text))

  it.each([
    ['https://example.com/?jjk=1', 'https://example.com/'],
    ['https://example.com/?a=1&jjk=1&b=2#c', 'https://example.com/?a=1&b=2#c'],
    ['https://example.com/?jjk&a=1&%6A%6Ak=2', 'https://example.com/?a=1'],
    ['https://example.com/?jjkx=1&JJK=2', 'https://example.com/?jjkx=1&JJK=2'],
  ])('takes the click id parameter out of %s', (text, expected) => expect(read(text)).toBe(expected))

  it.each([
    ['', 'empty'],
    ['example.com', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['ftp://example.com', 'scheme'],
    ['https:example.com', 'scheme'],
    ['https://', 'host'],
    ['https:///example.com', 'host'],
    ['https://exa mple.com', 'host'],
    ['https://example.com:99999', 'host'],
    ['https://exa\nmple.com', 'character'],
    ['https://example.com/\uD800', 'character'],
    ['https://me:secret@example.com', 'credentials'],
    ['https://@example.com', 'credentials'],
    ['https://example.com\\@evil.example', 'backslash'],
    ['https://go.example/x', 'short_domain'],
    ['https://GO.Example.:8443/x', 'short_domain'],
    ['http://go.example:80', 'short_domain'],
    ['http://%67o.example/', 'short_domain'],
    ['http://ｇｏ．ｅｘａｍｐｌｅ/', 'short_domain'],
    ['http://пример.рф', 'short_domain'],
    ['http://localhost:8080/x', 'short_domain'],
    ['http://127.0.0.1:8080/x', 'short_domain'],
    ['http://2130706433:8080/x', 'short_domain'],
    ['http://[::1]:8080/x', 'short_domain'],
    ['http://localhost:3000/x', 'http://localhost:3000/x'],
    ['https://notgo.example/', 'https://notgo.example/'],
  ])('%j: %s', (text, expected) => expect(problemOf(text)).toBe(expected))

  it('measures the limit in the bytes that are sent', () => {
    const room = 4096 - 'https://example.com/'.length
    expect(problemOf(`https://example.com/${'a'.repeat(room)}`)).not.toBe('too_long')
    expect(problemOf(`https://example.com/${'a'.repeat(room + 1)}`)).toBe('too_long')
    expect(problemOf(`https://example.com/${'ж'.repeat(room / 6 + 1)}`)).toBe('too_long')
  })

  it('gives printable ASCII that browsers take for the same site, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (tail) => {
        const once = parse(`https://example.com/${tail}`)
        if (!once.ok) return
        expect(once.value).toMatch(/^[\x21-\x7e]+$/)
        expect(new URL(once.value).origin).toBe('https://example.com')
        expect(parse(once.value)).toEqual(once)
      }),
    )
  })
})
