import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMatcher } from './matcher.ts'
import { PatternError, parsePattern, toRe2 } from './pattern.ts'
import { foldSimply } from './simple-folding.ts'

function matches(pattern: string, text: string): boolean {
  const read = parsePattern(pattern)
  return createMatcher(read)(read.ignoreCase ? foldSimply(text) : text)
}

describe('a pattern says the same as JavaScript’s own expressions do', () => {
  const atom = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'é', '😀', '-', '1', ' ') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '.',
        '\\d',
        '\\w',
        '\\W',
        '[ab]',
        '[^a-b]',
        '[é-ü\\d]',
        '[^\\w-]',
        '\\.',
        '\\/',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b') },
  )
  const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
    piece: fc
      .tuple(
        fc.oneof(
          { maxDepth: 3, withCrossShrink: true },
          atom,
          tie('pattern').map((inner) => `(?:${inner})`),
        ),
        fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?'),
      )
      // JavaScript repeats no assertion.
      .map(([part, count]) => (/^(?:\^|\$|\\b)$/.test(part) ? part : part + count)),
    pattern: fc
      .array(fc.array(tie('piece'), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
      .map((choices) => choices.map((pieces) => pieces.join('')).join('|')),
  }))
  const text = fc
    .array(fc.constantFrom('a', 'b', 'A', 'é', 'ö', '😀', '-', '1', ' ', '.', '/', '\n'), { maxLength: 8 })
    .map((letters) => letters.join(''))

  test('on patterns and texts of every make', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 8, maxLength: 8 }), (written, texts) => {
        const read = parsePattern(written)
        let matcher: (text: string) => boolean
        try {
          matcher = createMatcher(read)
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError)
          return
        }
        const own = new RegExp(written, 'su')
        const re2 = new RegExp(
          toRe2(read.root).replaceAll('\\x', '\\u').replaceAll('\\-', '-').replaceAll('\\/', '/'),
          'su',
        )
        for (const one of texts) {
          expect([one, matcher(one)]).toEqual([one, own.test(one)])
          expect([one, re2.test(one)]).toEqual([one, own.test(one)])
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('case is ignored where the pattern begins so', () => {
  expect(matches('(?i)straße', 'STRAẞE')).toBe(true)
  expect(matches('(?i)[à-ü]{2}$', 'xÀÜ')).toBe(true)
  expect(matches('(?i)^[^A-Z]+$', 'abc')).toBe(false)
  expect(matches('(?i)^\\W$', 'k')).toBe(false)
  expect(matches('straße', 'STRASSE')).toBe(false)
})

test('a text costs time by its length, whatever the pattern', () => {
  const text = `${'a'.repeat(20_000)}!`
  for (const hard of ['^(a+)+$', '^(a|a)*$', '^(?:a|aa)+$', '(.*a){20}b', '^(\\w+\\s?)*$']) {
    expect(matches(hard, text)).toBe(false)
  }
})

test.each([
  ['', 'it is empty'],
  ['(?i)', 'it is empty'],
  ['a(b', 'a ( is not closed (at character 4)'],
  ['a)b', 'there is a ) without its ( (at character 2)'],
  ['[a', 'a [ is not closed (at character 3)'],
  ['[]', 'a class [] holds nothing (at character 3)'],
  ['[b-a]', 'a range ends before its beginning (at character 5)'],
  ['[^\\s\\S]', 'a class leaves no character (at character 8)'],
  ['[[:alpha:]]', 'inside a class the character itself is written \\[ (at character 2)'],
  ['[a-c-e]', 'inside a class the character itself is written \\- (at character 5)'],
  ['[\\d-z]', 'a range goes from one character to another (at character 4)'],
  ['*a', 'there is nothing for * to repeat (at character 1)'],
  ['a**', 'two quantifiers follow one another (at character 3)'],
  ['a{2}{3}', 'two quantifiers follow one another (at character 5)'],
  ['a++', 'two quantifiers follow one another (at character 3)'],
  ['a{,3}', '{ is no repetition such as {2,5}; the character itself is \\{ (at character 2)'],
  ['a{3,2}', 'a repetition ends below its beginning (at character 2)'],
  ['a{101}', 'repetitions go up to 100 (at character 2)'],
  ['a}', 'the character itself is written \\} (at character 2)'],
  ['a]', 'the character itself is written \\] (at character 2)'],
  ['(?=a)', 'of groups with (? only (?:…) is taken, and (?i) at the very beginning (at character 1)'],
  ['(?<n>a)', 'of groups with (? only (?:…) is taken, and (?i) at the very beginning (at character 1)'],
  ['a(?i)b', 'of groups with (? only (?:…) is taken, and (?i) at the very beginning (at character 2)'],
  ['(a)\\1', '\\1 is not taken (at character 4)'],
  ['a\\B', '\\B is not taken (at character 2)'],
  ['\\pL', '\\p is not taken (at character 1)'],
  ['(?i)a\\z', '\\z is not taken (at character 6)'],
  ['a\\', 'it ends in a backslash (at character 3)'],
  [`${'('.repeat(17)}a${')'.repeat(17)}`, 'groups may be nested 16 deep (at character 18)'],
  ['(a{100}){6}', 'it is too large once its repetitions are written out'],
  ['(((){100}){100}){100}', 'it is too large once its repetitions are written out'],
])('%s is refused: %s', (pattern, message) => {
  expect(() => createMatcher(parsePattern(pattern))).toThrow(new PatternError(message))
})
