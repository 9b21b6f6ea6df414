import fc from 'fast-check'
import type { RuleFacts } from '../../server/domain/rules/facts.ts'
import { parseRules } from '../../server/domain/rules/parse.ts'
import { type Condition, RULE_FIELDS, type RuleField } from '../../server/domain/rules/rule.ts'
import { ruleOf } from './rule-cases.ts'

const letter = fc.constantFrom(
  ...[
    'a',
    'A',
    'b',
    'S',
    'ſ',
    'k',
    '\u212a',
    'ß',
    'ẞ',
    'İ',
    'ı',
    'i',
    'I',
    'Σ',
    'ς',
    'Ж',
    'ж',
    'é',
    'e\u0301',
    '😀',
  ],
  ...[
    '.',
    '-',
    '/',
    '?',
    '%',
    '_',
    '\\',
    "'",
    '"',
    '(',
    '[',
    '{',
    '*',
    '+',
    '^',
    '$',
    '|',
    ' ',
    '1',
    '9',
    '\u00a0',
  ],
)
const word = fc.array(letter, { minLength: 1, maxLength: 4 }).map((letters) => letters.join(''))
/** What a value may not hold, and a hit may. */
const odd = fc.constantFrom('\n', '\t', '\r', '\0', '\v', '\ud83d', '\u2028', '\ufeff')
const text = fc.oneof(
  fc.constant(''),
  word,
  fc.tuple(word, fc.oneof(letter, odd), word).map((parts) => parts.join('')),
)
const host = fc.constantFrom(
  'a.example',
  'b.a.example',
  'ba.example',
  'example',
  'www.a.example',
  'com.app.x',
  'a.example.',
  '',
)
const clickIds = fc.subarray(['gclid', 'fbclid', 'sccid', 'msclkid'])
const path = fc.constantFrom('', '/', '/a', '/A/b', '/a/b?x=/', '?x=1', '/%C3%84', '/index', '/Ä')

/** What a hit may say. */
export const anyFacts: fc.Arbitrary<RuleFacts> = fc.record({
  channel: fc.constantFrom('Direct', 'Referral', 'Organic Social', 'Email'),
  source: text,
  medium: text,
  campaign: text,
  platform: fc.constantFrom('', 'instagram', 'facebook'),
  referrerHost: host,
  landingPage: fc.oneof(
    fc.constant(''),
    fc.tuple(fc.constantFrom('a.example', 'a.example:8080'), path).map((parts) => parts.join('')),
  ),
  clickIdKinds: clickIds.map((kinds) => kinds.join(' ')),
  country: fc.constantFrom('', 'DE', 'AT', 'de'),
  link: fc.oneof(
    fc.constant(''),
    word.map((slug) => `go.example/${slug}`),
  ),
})

const atom = fc.oneof(
  letter.map((one) => (/^[!-/:-@[-`{-~]$/.test(one) ? `\\${one}` : one)),
  fc.constantFrom(
    '.',
    '^',
    '$',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\b',
    '\\n',
    '[a-zß]',
    '[^a-k]',
    '[ÄÖ\\d\\]-]',
    '[\\^\\\\]',
  ),
)
const { pattern: freePattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc
    .array(
      fc
        .tuple(
          fc.oneof(
            { maxDepth: 3 },
            atom,
            tie('pattern').map((inner) => `(${inner})`),
          ),
          fc.constantFrom('', '', '', '*', '+', '?', '+?', '{2}', '{0,3}', '{1,}'),
        )
        .map(([part, count]) => part + count),
      { minLength: 1, maxLength: 4 },
    )
    .chain((parts) => fc.constantFrom(parts.join(''), parts.join('|'))),
}))
const pattern = fc.tuple(fc.constantFrom('', '(?i)'), freePattern).map((parts) => parts.join(''))

const closed: Partial<Record<RuleField, fc.Arbitrary<string>>> = {
  channel: fc.constantFrom('Direct', 'Referral', 'Organic Social', '(none)'),
  click_id_kind: fc.constantFrom('gclid', 'fbclid', 'ScCid', '(none)'),
  referrer_host: fc.constantFrom(
    'a.example',
    'www.a.example',
    'B.a.example',
    'example',
    'com.app.x',
    '(none)',
  ),
  landing_path: path.map((one) => (one.startsWith('/') ? one : '(none)')),
  country: fc.constantFrom('DE', 'at', '(unknown)'),
}

const leaf: fc.Arbitrary<Condition> = fc.constantFrom(...RULE_FIELDS).chain((field) => {
  const values = (one: fc.Arbitrary<string>) => fc.array(one, { minLength: 1, maxLength: 3 })
  const exact = values(closed[field] ?? fc.oneof(word, fc.constant('(none)')))
  const operators = [exact.map((all) => ({ field, operator: 'is', values: all }) as const)]
  return fc.oneof(
    ...operators,
    exact.map((all) => ({ field, operator: 'is_not', values: all }) as const),
    ...(field === 'channel' || field === 'click_id_kind'
      ? []
      : [
          values(word).map((all) => ({ field, operator: 'contains', values: all }) as const),
          values(pattern).map((all) => ({ field, operator: 'matches', values: all }) as const),
        ]),
  )
})

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    tie('condition').map((not) => ({ not })),
  ),
}))

/** Lists that can be saved. */
export const anyRules = fc
  .array(fc.tuple(condition, fc.boolean()), { minLength: 1, maxLength: 4 })
  .map((parts) =>
    parts.map(([when, enabled], index) => ruleOf(when, { id: index + 1, enabled: index === 0 || enabled })),
  )
  .filter((rules) => parseRules(rules, 'rules').ok)
