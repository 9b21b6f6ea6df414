import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { landingPage } from './landing-page.ts'

const KEYS = new Set(['model', 'b'])

describe('landingPage', () => {
  test.each([
    ['https://www.Example.com/Cars/', 'example.com/Cars'],
    ['http://example.com:80/Cars?utm_source=x#top', 'example.com/Cars'],
    ['https://example.com:8443/Cars', 'example.com:8443/Cars'],
    ['https://example.com', 'example.com/'],
    ['https://example.com/index.html', 'example.com/'],
    ['https://example.com/a/Index.PHP?x=1', 'example.com/a'],
    ['https://example.com/a?model=x&gclid=1&b=2', 'example.com/a?b=2&model=x'],
    ['https://bücher.example/ä', 'xn--bcher-kva.example/%C3%A4'],
    ['https://www.com/', 'www.com/'],
    ['https://example.com./a', 'example.com/a'],
    ['ftp://example.com/a', ''],
    ['/a/b', ''],
    ['not an address', ''],
    ['', ''],
  ])('%s is %s', (url, page) => {
    expect(landingPage(url, KEYS)).toBe(page)
  })

  test('a page is its own landing page', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const page = landingPage(url, KEYS)
        expect(page).not.toBe('')
        expect(landingPage(`https://${page}`, KEYS)).toBe(page)
      }),
    )
  })

  test('any text gives a page or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => typeof landingPage(text, KEYS) === 'string'),
    )
  })
})
