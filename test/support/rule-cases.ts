import type { RuleFacts } from '../../server/domain/rules/facts.ts'
import type { Condition, Rule, RuleField, RuleOperator } from '../../server/domain/rules/rule.ts'

/** A hit that says nothing. */
export function ruleFacts(change: Partial<RuleFacts> = {}): RuleFacts {
  return {
    channel: 'Direct',
    source: '',
    medium: '',
    campaign: '',
    platform: '',
    referrerHost: '',
    landingPage: '',
    clickIdKinds: '',
    country: '',
    link: '',
    ...change,
  }
}

/** An enabled rule. */
export function ruleOf(when: Condition, change: Partial<Rule> = {}): Rule {
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
  return { id: 1, name: 'a rule', enabled: true, when, then: { channel: 'Partners' }, ...change }
}

export interface RuleCase {
  says: string
  when: Condition
  holds: Partial<RuleFacts>[]
  fails: Partial<RuleFacts>[]
}

const test = (field: RuleField, operator: RuleOperator, ...values: string[]): Condition => ({
  field,
  operator,
  values,
})

/** What rules mean, for the judge and for the warehouse alike. */
export const RULE_CASES: RuleCase[] = [
  {
    says: 'is compares whole texts and ignores case',
    when: test('source', 'is', 'ACME Club', 'Größe'),
    holds: [{ source: 'acme club' }, { source: 'Acme Club' }, { source: 'GRÖßE' }, { source: 'GRÖẞE' }],
    fails: [{ source: 'acme' }, { source: 'acme clubs' }, { source: '' }, { source: 'grösse' }],
  },
  {
    says: 'is finds what is absent under the name that reports give it',
    when: test('campaign', 'is', '(none)', 'spring'),
    holds: [{ campaign: '' }, { campaign: 'Spring' }],
    fails: [{ campaign: '(none)' }, { campaign: 'autumn' }],
  },
  {
    says: 'is_not holds where none of the values is it, and for what is absent',
    when: test('medium', 'is_not', 'Email', 'cpc'),
    holds: [{ medium: 'social' }, { medium: '' }],
    fails: [{ medium: 'email' }, { medium: 'cpc' }],
  },
  {
    says: 'an unknown country is (unknown)',
    when: test('country', 'is', '(unknown)', 'de'),
    holds: [{ country: '' }, { country: 'DE' }],
    fails: [{ country: 'AT' }],
  },
  {
    says: 'contains looks for parts, whatever their case',
    when: test('campaign', 'contains', 'FRÜHLING', '100%_off', "o'clock\\"),
    holds: [{ campaign: 'der frühling 26' }, { campaign: 'now-100%_OFF' }, { campaign: "3 O'clock\\ " }],
    fails: [{ campaign: 'fruhling' }, { campaign: '1000_off' }, { campaign: '' }],
  },
  {
    says: 'case is folded letter by letter, the same at the end of a word',
    when: test('campaign', 'is', 'ΟΔΟΣ', 'İzmir', 'ſale', 'ДОМ'),
    holds: [{ campaign: 'οδος' }, { campaign: 'οδοσ' }, { campaign: 'İZMIR' }, { campaign: 'дом' }],
    fails: [{ campaign: 'izmir' }, { campaign: 'sale' }],
  },
  {
    says: 'a referrer host is the host or one below it, by labels',
    when: test('referrer_host', 'is', 'www.Partner.example', 'bücher.example'),
    holds: [
      { referrerHost: 'partner.example' },
      { referrerHost: 'www.partner.example' },
      { referrerHost: 'a.b.partner.example' },
      { referrerHost: 'xn--bcher-kva.example' },
    ],
    fails: [
      { referrerHost: 'mypartner.example' },
      { referrerHost: 'partner.example.evil.example' },
      { referrerHost: 'example' },
      { referrerHost: '' },
    ],
  },
  {
    says: 'is_not of a referrer host leaves out what lies below it',
    when: test('referrer_host', 'is_not', 'partner.example', '(none)'),
    holds: [{ referrerHost: 'other.example' }],
    fails: [{ referrerHost: 'm.partner.example' }, { referrerHost: '' }],
  },
  {
    says: 'a landing path is one of any host, without closing slash, index file and query',
    when: test('landing_path', 'is', '/Dealers/', '/'),
    holds: [
      { landingPage: 'cars.example/dealers' },
      { landingPage: 'other.example:8080/dealers?model=x' },
      { landingPage: 'cars.example/' },
      { landingPage: 'cars.example/?a=/b' },
    ],
    fails: [{ landingPage: 'cars.example/dealers/x' }, { landingPage: '' }],
  },
  {
    says: 'a pattern is found anywhere in the text, case counts, and absent texts match nothing',
    when: test('landing_path', 'matches', '^/models/[a-z]+-\\d{2,3}$', 'sale|^$'),
    holds: [{ landingPage: 'c.example/models/x-12' }, { landingPage: 'c.example/summer-sale/y' }],
    fails: [
      { landingPage: 'c.example/models/X-12' },
      { landingPage: 'c.example/models/x-1' },
      { landingPage: 'c.example/Sale' },
      { landingPage: '' },
    ],
  },
  {
    says: 'a pattern ignores case where it says so',
    when: test('source', 'matches', '(?i)^[ä-ö]ß?[^X-Z]$'),
    holds: [{ source: 'Äa' }, { source: 'öß1' }, { source: 'ÖẞA' }],
    fails: [{ source: 'Äx' }, { source: 'äZ' }, { source: 'üa' }],
  },
  {
    says: 'a dot takes any character, a word is an ASCII one',
    when: test('campaign', 'matches', '^a.b$', '\\bsale\\b', '^\\w+\\s\\S+$'),
    holds: [
      { campaign: 'a\nb' },
      { campaign: 'a😀b' },
      { campaign: 'big-sale!' },
      { campaign: 'é sale é' },
      { campaign: 'x\tÄ' },
    ],
    fails: [{ campaign: 'a😀😀b' }, { campaign: 'wholesale' }, { campaign: 'Ä x' }, { campaign: 'x\u00a0y' }],
  },
  {
    says: 'a click id is looked for among all that the address carried',
    when: test('click_id_kind', 'is', 'fbclid', 'ScCid'),
    holds: [{ clickIdKinds: 'fbclid' }, { clickIdKinds: 'gclid fbclid' }, { clickIdKinds: 'sccid' }],
    fails: [{ clickIdKinds: 'gclid' }, { clickIdKinds: '' }],
  },
  {
    says: 'no click id at all is (none)',
    when: test('click_id_kind', 'is_not', '(none)', 'gclid'),
    holds: [{ clickIdKinds: 'fbclid' }],
    fails: [{ clickIdKinds: '' }, { clickIdKinds: 'fbclid gclid' }],
  },
  {
    says: 'the built-in channel can be tested',
    when: test('channel', 'is', 'Referral', 'Unassigned'),
    holds: [{ channel: 'Referral' }, { channel: 'Unassigned' }],
    fails: [{ channel: 'Direct' }],
  },
  {
    says: 'groups join tests, eight deep',
    when: {
      and: [
        { or: [test('source', 'is', 'a'), test('platform', 'is', 'instagram')] },
        { not: { and: [test('country', 'is', 'DE'), { not: test('link', 'contains', '/spring') }] } },
      ],
    },
    holds: [
      { source: 'a' },
      { platform: 'instagram', country: 'DE', link: 'go.example/Spring-1' },
      { source: 'A', country: 'AT', link: 'go.example/x' },
    ],
    fails: [{}, { source: 'a', country: 'DE' }, { platform: 'x', link: 'go.example/spring' }],
  },
  {
    says: 'half a surrogate pair is what the warehouse keeps of it',
    when: test('campaign', 'is', '\ufffd'),
    holds: [{ campaign: '\ud83d' }, { campaign: '\ufffd' }],
    fails: [{ campaign: '😀' }],
  },
]
