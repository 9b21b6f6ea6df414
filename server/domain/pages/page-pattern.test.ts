import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { landingPage } from '../urls/landing-page.ts'
import { pagePattern, parsePagePattern, targetPattern } from './page-pattern.ts'

describe('a pattern of pages is read into the spelling that pages have', () => {
  test.each([
    ['/dealers', '/dealers'],
    [' /dealers/ ', '/dealers'],
    ['/', '/'],
    ['/**', '/**'],
    ['/a/*/index.html', '/a/*'],
    ['https://www.Cars.example/Dealers/', 'cars.example/Dealers'],
    ['http://cars.example:8080/a', 'cars.example:8080/a'],
    ['*.cars.example/**', '*.cars.example/**'],
    ['bücher.example/händler', 'xn--bcher-kva.example/h%C3%A4ndler'],
    ['/product?id=7&a=*', '/product?a=*&id=7'],
  ])('%s becomes %s', (written, kept) => {
    expect(parsePagePattern(written)).toEqual({ ok: true, value: kept })
    expect(parsePagePattern(kept)).toEqual({ ok: true, value: kept })
  })

  test.each(['', ' ', 'dealers', '/a b', '/a#b', 'a\0/b', 'a:b:c/d', `/${'x'.repeat(300)}`, 'http://'])(
    '%j is refused',
    (written) => {
      expect(parsePagePattern(written).ok).toBe(false)
    },
  )
})

test('a page’s own address is a pattern that matches it, and no longer one', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: false }), (url) => {
      const page = landingPage(url, new Set())
      fc.pre(!page.includes('*') && page.length < 200)
      const parsed = parsePagePattern(url)
      if (!parsed.ok) throw new Error(parsed.message)
      expect(parsed.value).toBe(page)
      const { matches } = pagePattern(parsed.value)
      expect([matches(page), matches(`${page}x`), matches(`x${page}`)]).toEqual([true, false, false])
    }),
  )
})

test('a pattern of targets takes any scheme, and stays bounded', () => {
  const { matches } = targetPattern('https://www.maps.example/**')
  expect(matches('http://maps.example/a?b')).toBe(true)
  expect(matches('https://www.maps.example')).toBe(true)
  expect(matches('https://other.example/maps.example/')).toBe(false)
  expect(() => targetPattern('x'.repeat(600))).toThrow()
})
