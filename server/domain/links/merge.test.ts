import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UtmValues } from '../hit.ts'
import type { PassThrough } from './link.ts'
import {
  addedPairs,
  aroundClickId,
  joined,
  linkTarget,
  MAX_LOCATION_BYTES,
  mergeQuery,
  namesOf,
  utmPairs,
} from './merge.ts'

const rules = { clickIdNames: new Set(['fbclid', 'gclid', 'ttclid']), clickIdParameter: 'jjk' }
const noUtm: UtmValues = { source: '', medium: '', campaign: '', term: '', content: '' }

function merged(destination: string, query: string, policy: PassThrough = 'fill', utm = noUtm): string {
  return joined(mergeQuery(linkTarget(destination, utmPairs(utm)), query, policy, rules))
}

describe('the link’s own UTM values', () => {
  it('replace same-named keys in place, without case, and come behind otherwise', () => {
    const utm = { ...noUtm, source: 'instagram', medium: 'social' }
    expect(
      joined(linkTarget('https://x.test/p?a=1&UTM_Source=old&b=2&utm_source=older#top', utmPairs(utm))),
    ).toBe('https://x.test/p?a=1&utm_source=instagram&b=2&utm_medium=social#top')
  })

  it('are percent-encoded, lone surrogates included', () => {
    const utm = { ...noUtm, campaign: 'früh & spät #1', term: 'a\ud800b' }
    expect(joined(linkTarget('https://x.test/', utmPairs(utm)))).toBe(
      'https://x.test/?utm_campaign=fr%C3%BCh%20%26%20sp%C3%A4t%20%231&utm_term=a%EF%BF%BDb',
    )
  })

  it('come behind a query that names no UTM, whatever it ends with', () => {
    const utm = { ...noUtm, source: 'x' }
    for (const [url, expected] of [
      ['https://x.test/p?a=1#top', 'https://x.test/p?a=1&utm_source=x#top'],
      ['https://x.test/p?', 'https://x.test/p?utm_source=x'],
      ['https://x.test/p?%75tm_source=old', 'https://x.test/p?utm_source=x'],
    ] as const) {
      expect(joined(linkTarget(url, utmPairs(utm)))).toBe(expected)
    }
  })

  it('leave the bytes of the destination alone', () => {
    for (const url of [
      'https://x.test',
      'https://x.test/?',
      'https://x.test/p?&a&&b=#',
      'https://x.test/#/r?q=1',
    ]) {
      expect(joined(linkTarget(url, ''))).toBe(url)
      expect(merged(url, '')).toBe(url)
    }
  })
})

describe('what a visitor’s query passes on', () => {
  it.each<[string, string, PassThrough, string, string]>([
    [
      'fill adds what the destination lacks',
      'https://x.test/?a=1',
      'fill',
      'a=9&b=2',
      'https://x.test/?a=1&b=2',
    ],
    ['fill adds a repeated key whole', 'https://x.test/', 'fill', 'b=1&b=2', 'https://x.test/?b=1&b=2'],
    [
      'override replaces in place',
      'https://x.test/?a=1&c=3&a=2',
      'override',
      'a=9&b=2',
      'https://x.test/?a=9&c=3&b=2',
    ],
    [
      'override keeps all values of a key',
      'https://x.test/?a=1&c=3',
      'override',
      'a=8&a=9',
      'https://x.test/?a=8&a=9&c=3',
    ],
    ['off passes nothing', 'https://x.test/?a=1', 'off', 'a=9&b=2', 'https://x.test/?a=1'],
    [
      'off passes click ids',
      'https://x.test/?a=1',
      'off',
      'b=2&fbclid=IwAR',
      'https://x.test/?a=1&fbclid=IwAR',
    ],
    [
      'fill replaces a click id',
      'https://x.test/?fbclid=old&a=1',
      'fill',
      'FBCLID=New',
      'https://x.test/?FBCLID=New&a=1',
    ],
    ['plain names mind case', 'https://x.test/?A=1', 'fill', 'a=2', 'https://x.test/?A=1&a=2'],
    ['override minds case too', 'https://x.test/?A=1', 'override', 'a=2', 'https://x.test/?A=1&a=2'],
    [
      'UTM names do not',
      'https://x.test/?utm_source=mail',
      'fill',
      'UTM_Source=evil',
      'https://x.test/?utm_source=mail',
    ],
    [
      'nor when they are escaped',
      'https://x.test/?utm_source=mail',
      'fill',
      '%75tm_source=evil',
      'https://x.test/?utm_source=mail',
    ],
    ['names are compared decoded', 'https://x.test/?a+b=1', 'fill', 'a%20b=2', 'https://x.test/?a+b=1'],
    [
      'our own click id never passes',
      'https://x.test/',
      'override',
      'jjk=x&JJK=y&%6Ajk=z&jjk&q=1',
      'https://x.test/?q=1',
    ],
    [
      'invalid escapes pass as bytes',
      'https://x.test/',
      'fill',
      'a=%zz&b=%&%=1',
      'https://x.test/?a=%zz&b=%&%=1',
    ],
    ['empty pairs vanish', 'https://x.test/', 'fill', '&&a=1&&', 'https://x.test/?a=1'],
    ['a fragment is cut off', 'https://x.test/#top', 'fill', 'a=1#evil', 'https://x.test/?a=1#top'],
    [
      'bytes beyond ASCII are escaped',
      'https://x.test/',
      'fill',
      'a=\xe9 \t"',
      'https://x.test/?a=%E9%20%09"',
    ],
    [
      'the query goes before the fragment',
      'https://x.test/p#/r?x=1',
      'fill',
      'x=2',
      'https://x.test/p?x=2#/r?x=1',
    ],
    ['an empty query is filled', 'https://x.test/p?', 'fill', 'x=2', 'https://x.test/p?x=2'],
    [
      'fill keeps the visitor’s order',
      'https://x.test/',
      'fill',
      'b=1&c=2&b=3',
      'https://x.test/?b=1&c=2&b=3',
    ],
  ])('%s', (_, destination, policy, query, expected) => {
    expect(merged(destination, query, policy)).toBe(expected)
  })

  it('replaces the link’s UTM values under override only', () => {
    const utm = { ...noUtm, source: 'bio' }
    expect(merged('https://x.test/', 'utm_source=me', 'override', utm)).toBe('https://x.test/?utm_source=me')
    expect(merged('https://x.test/', 'utm_source=me', 'fill', utm)).toBe('https://x.test/?utm_source=bio')
  })

  it('is click ids alone where the whole would pass 8 kB', () => {
    const long = 'x'.repeat(MAX_LOCATION_BYTES)
    expect(merged('https://x.test/?a=1', `q=${long}&gclid=Cj0K`)).toBe('https://x.test/?a=1&gclid=Cj0K')
    expect(merged('https://x.test/?q=1', `q=${long}&b=2`)).toBe('https://x.test/?q=1&b=2')
  })
})

describe('our click id', () => {
  it.each([
    ['https://x.test/p', 'https://x.test/p?jjk=', ''],
    ['https://x.test/p?', 'https://x.test/p?jjk=', ''],
    ['https://x.test/p?a=1&', 'https://x.test/p?a=1&jjk=', ''],
    ['https://x.test/p?a=1#top', 'https://x.test/p?a=1&jjk=', '#top'],
  ])('stands last in the query of %s', (destination, before, after) => {
    expect(aroundClickId(linkTarget(destination, ''), 'jjk')).toEqual({ before, after })
  })
})

describe('whatever a request asks for', () => {
  const destination = fc
    .webUrl({ withQueryParameters: true, withFragments: true })
    .map((url) => new URL(url).href)
  const pieces = fc.constantFrom(
    ...[
      '&',
      '=',
      '#',
      '?',
      '/',
      '//evil.test',
      '@evil.test',
      ':',
      ':99',
      '\\',
      '%',
      '%2',
      '%00',
      '%0d%0a',
      '%23',
    ],
    ...[
      'jjk',
      'JJK',
      '%6a%6A%6b',
      'fbclid',
      'gclid',
      'utm_source',
      'UTM_Medium',
      'a',
      'b',
      '+',
      '\xff',
      ' ',
      '\u2028',
    ],
    ...['javascript:', 'https://evil.test/', '\r\n', '\t', '\0', '..', ';', '[]'],
  )
  const query = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ maxLength: 60 }),
  )
  const plainQuery = fc
    .array(
      fc.constantFrom('a=1', 'a=2', 'b', 'fbclid=IwAR%zz', 'FBCLID=2', 'UTM_Source=x', 'jjk=1', '', 'c=1+2'),
      { maxLength: 6 },
    )
    .map((pairs) => pairs.join('&'))
  const policy = fc.constantFrom<PassThrough>('fill', 'override', 'off')

  it('cannot change scheme, host, port, credentials, path or fragment of the destination', () => {
    fc.assert(
      fc.property(destination, query, policy, (url, asked, pass) => {
        const before = new URL(url)
        const after = new URL(merged(url, asked, pass))
        for (const part of [
          'protocol',
          'host',
          'port',
          'username',
          'password',
          'pathname',
          'hash',
        ] as const) {
          expect(after[part]).toBe(before[part])
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('gives an address of visible ASCII, at most 8 kB where it brought no click id', () => {
    fc.assert(
      fc.property(destination, query, policy, fc.nat(9000), (url, asked, pass, more) => {
        const address = merged(url, `${asked}&filler=${'y'.repeat(more)}`, pass)
        expect(address).toMatch(/^[\x21-\x7e]*$/)
        if (!/clid/i.test(asked)) expect(address.length).toBeLessThanOrEqual(MAX_LOCATION_BYTES)
      }),
      { numRuns: 300 },
    )
  })

  it('is merged alike by the short way and by the long one', () => {
    let short = 0
    fc.assert(
      fc.property(destination, fc.oneof(query, plainQuery), policy, (url, asked, pass) => {
        const target = linkTarget(url, '')
        const added = addedPairs(target, namesOf(target, rules), asked, pass, rules)
        fc.pre(added !== null)
        if (added !== '') short++
        const glue = target.query === '' ? '?' : '&'
        const query = added === '' ? target.query : `${target.query}${glue}${added}`
        expect({ ...target, query }).toEqual(mergeQuery(target, asked, pass, rules))
      }),
      { numRuns: 2000 },
    )
    expect(short).toBeGreaterThan(100)
  })

  it('never has its jjk passed on', () => {
    fc.assert(
      fc.property(destination, query, policy, (url, asked, pass) => {
        const names = [...new URL(merged(url, asked, pass)).searchParams.keys()]
        expect(names.filter((name) => name.toLowerCase() === 'jjk')).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('has its third-party click ids passed byte for byte, once the old ones are out', () => {
    const value = fc.string({ unit: fc.constantFrom(...'Az09-_.~%+!*'), maxLength: 80 })
    fc.assert(
      fc.property(destination, value, policy, (url, id, pass) => {
        const address = merged(`${url.replace(/#.*/, '')}`, `x=1&fbclid=${id}&y=2`, pass)
        expect(address.split(/[?&]/)).toContain(`fbclid=${id}`)
        expect(address.match(/[?&]fbclid=/gi)).toHaveLength(1)
      }),
    )
  })

  it('leaves every pair of the destination in place under fill and off, click ids apart', () => {
    fc.assert(
      fc.property(destination, query, fc.constantFrom<PassThrough>('fill', 'off'), (url, asked, pass) => {
        const plain = url.replace(/#.*/, '')
        fc.pre(plain.includes('?') && !/clid/i.test(plain) && !plain.endsWith('?'))
        expect(merged(plain, asked, pass).startsWith(plain)).toBe(true)
      }),
    )
  })
})
