import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { privateUrl } from './private-url.ts'

const NONE: ReadonlySet<string> = new Set()

describe('privateUrl', () => {
  test.each([
    ['/cars', '/cars'],
    ['https://a.example/cars?', 'https://a.example/cars?'],
    ['/cars?id=7&utm_source=ig&UTM_Medium=x', '/cars?id=&utm_source=ig&UTM_Medium=x'],
    ['/cars?ref=a&source=b&q=c+d&query=e', '/cars?ref=a&source=b&q=c+d&query=e'],
    ['/?gclid=CjwK&fbclid=IwAR&jjk=1', '/?gclid=&fbclid=&jjk='],
    ['/?a&b=1&&c=2=3', '/?a&b=&&c='],
    ['/?utm%5Fsource=ig&%66oo=bar', '/?utm%5Fsource=ig&%66oo='],
    ['https://user:secret@a.example:8080/x#top', 'https://a.example:8080/x'],
    ['https://a.example/#/route?token=1', 'https://a.example/'],
    ['/unsubscribe/jane.doe+x@mail.example.com/now', '/unsubscribe/(email)/now'],
    ['/u/jane%40mail.example.com', '/u/(email)'],
    ['/u/jane%2540mail%252Eexample%252Ecom', '/u/(email)'],
    ['/u/jane@mail.example.com-x', '/u/(email)'],
    ['/?q=mail+jane@example.com+please', '/?q=(email)+please'],
    ['/?jane@example.com', '/?(email)'],
    ['/@jane/video/1', '/@jane/video/1'],
    ['/npm/package@1.2.3/index.js', '/npm/package@1.2.3/index.js'],
    ['/bad%E0%A4%A/%zz?utm_term=%zz&x=%zz', '/bad%E0%A4%A/%zz?utm_term=%zz&x='],
    ['', ''],
  ])('%s is kept as %s', (url, kept) => {
    expect(privateUrl(url, NONE)).toBe(kept)
  })

  test('a key that the site declares keeps its value, compared exactly', () => {
    expect(privateUrl('/cars?model=x&Model=y', new Set(['model']))).toBe('/cars?model=x&Model=')
  })

  const name = fc.constantFrom(
    'id',
    'token',
    'gclid',
    'email',
    'utm',
    'xutm_source',
    'Ref2',
    'session',
    'key',
  )
  const value = fc.stringMatching(/^[a-z0-9%]{1,20}$/).map((text) => `SECRET${text}`)

  test('no value of an undeclared key is left', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.array(fc.tuple(name, value), { minLength: 1 }), (base, pairs) => {
        const query = pairs.map(([key, text]) => `${key}=${text}`).join('&')
        expect(privateUrl(`${base}?${query}`, new Set(['model']))).not.toContain('SECRET')
      }),
    )
  })

  test('no user name, password or e-mail address is left', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom('@', '%40'), (address, at) => {
        const [local = '', domain = ''] = address.split('@')
        const written = `${local.replace(/[^a-z0-9._+-]/gi, 'x')}${at}${domain}`
        expect(privateUrl(`https://a.example/u/${written}/x?q=${written}`, NONE)).not.toContain(domain)
        expect(privateUrl(`https://jane:${'PASS'}@a.example/`, NONE)).not.toContain('PASS')
      }),
    )
  })

  test('applied twice it gives the same as once, and any text passes', () => {
    const pieces = fc.constantFrom(
      '/',
      '?',
      '&',
      '=',
      '#',
      '@',
      '%40',
      '%2540',
      '.',
      'com',
      '://',
      'utm_',
      'q',
      '%',
    )
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 6 })))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (url) => {
        const once = privateUrl(url, NONE)
        expect(privateUrl(once, NONE)).toBe(once)
      }),
      { numRuns: 2000 },
    )
  })
})
