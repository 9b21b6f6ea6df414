import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isReserved, parseSlug, slugKey } from './slug.ts'

const key = (slug: string) => slugKey(slug, false)
const problemOf = (slug: string) => {
  const parsed = parseSlug(slug)
  return parsed.ok ? 'ok' : parsed.problem
}

describe('parseSlug', () => {
  it.each([
    'sale',
    'Summer-2026',
    'a/b/c',
    'v1.2_x',
    'тест-драйв',
    '試乗',
    'हिन्दी',
    'ราคา',
    'straße',
    'apis',
    'x/api',
    '٣٤',
  ])('takes %s', (slug) => expect(parseSlug(slug)).toEqual({ ok: true, value: slug }))

  it('gives NFC', () => {
    expect(parseSlug('cafe\u0301')).toEqual({ ok: true, value: 'café' })
  })

  it.each([
    ['', 'empty'],
    ['/sale', 'slash_at_end'],
    ['sale/', 'slash_at_end'],
    ['a//b', 'empty_segment'],
    ['.', 'dot_segment'],
    ['a/../b', 'dot_segment'],
    ['a b', 'character'],
    ['a+b', 'character'],
    ['a%20b', 'character'],
    ['a\u200Db', 'character'],
    ['a\u3164b', 'character'],
    ['a\uD800', 'character'],
    ['🚗', 'character'],
    ['\u0301a', 'mark_first'],
    ['a/\u0301a', 'mark_first'],
    ['api', 'reserved'],
    ['API/v2', 'reserved'],
    ['T.js', 'reserved'],
    ['_/x', 'reserved'],
    ['.well-known/x', 'reserved'],
  ])('refuses %j: %s', (slug, problem) => expect(problemOf(slug)).toBe(problem))

  it('counts characters, not bytes or UTF-16 units', () => {
    expect(problemOf('𐐨'.repeat(190))).toBe('ok')
    expect(problemOf('é'.repeat(191))).toBe('too_long')
    expect(problemOf('e\u0301'.repeat(190))).toBe('ok')
  })

  it('names the character that it refuses', () => {
    expect(parseSlug('a&b')).toMatchObject({ message: expect.stringContaining('"&"') })
    expect(parseSlug('a\u200Bb')).toMatchObject({ message: expect.stringContaining('U+200B') })
  })

  it('takes again whatever it gave', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = parseSlug(text)
        if (once.ok) expect(parseSlug(once.value)).toEqual(once)
      }),
    )
  })
})

describe('slugKey', () => {
  it.each([
    ['Sale', 'sale'],
    ['STRASSE', 'straße'],
    ['STRAẞE', 'straße'],
    ['ΟΔΟΣ', 'οδός'.normalize('NFD').replace('\u0301', '')],
    ['ς', 'σ'],
    ['CAFÉ', 'cafe\u0301'],
    ['ΤΕΣΤ', 'τεστ'],
    ['ТЕСТ-Драйв', 'тест-драйв'],
    ['\u212Aelvin', 'kelvin'],
    ['ſ', 's'],
    ['ﬃ', 'FFI'],
    ['ŉ', 'ʼN'],
    ['ΐ', '\u1FD3'],
    ['ᾳ', 'ΑΙ'],
    ['ꭰ', 'Ꭰ'],
    ['𐐀', '𐐨'],
  ])('holds %s and %s for one slug', (one, other) => expect(key(one)).toBe(key(other)))

  it('keeps the dotless and the dotted Turkish i apart from i', () => {
    expect(new Set(['i', 'ı', 'İ'].map(key)).size).toBe(3)
    expect(key('I')).toBe('i')
    expect(key('İ')).toBe(key('i\u0307'))
  })

  it('minds case where the domain does, and still gives NFC', () => {
    expect(slugKey('Cafe\u0301', true)).toBe('Café')
    expect(slugKey('sale', true)).not.toBe(slugKey('Sale', true))
  })

  it('changes exactly the letters that Unicode says change when case-folded', () => {
    const changes = /^\p{Changes_When_Casefolded}$/u
    const cherokee = /^\p{Script=Cherokee}$/u
    const wrong: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const letter = String.fromCodePoint(code)
      if (letter.normalize('NFC') !== letter || cherokee.test(letter)) continue
      const unchanged = key(letter) === letter
      const expected = changes.test(letter) && foldsAway(letter)
      if (unchanged === expected) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it('is idempotent, and blind to how a text is composed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(key(key(text))).toBe(key(text))
        expect(key(text.normalize('NFD'))).toBe(key(text))
      }),
    )
  })

  it('gives capitals and small letters the same key, whatever the script', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zа-яα-ωäöüéñõşğ]+$/u), (text) => {
        expect(key(text.toUpperCase())).toBe(key(text))
      }),
    )
  })
})

/** Letters with full foldings that NFC puts together again (`ΐ` → `ϊ` + acute → `ΐ`) come out as they went in. */
function foldsAway(letter: string): boolean {
  const folded = letter.toLowerCase().toUpperCase().toLowerCase().normalize('NFC')
  return folded !== letter || letter === 'ς'
}

describe('isReserved', () => {
  it('knows the first segments without case', () => {
    expect(isReserved('API')).toBe(true)
    expect(isReserved('robots.txt')).toBe(true)
    expect(isReserved('apis')).toBe(false)
  })
})
