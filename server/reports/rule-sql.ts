import { toRe2 } from '../domain/rules/pattern.ts'
import { type PreparedCondition, type PreparedTest, prepare } from '../domain/rules/prepare.ts'
import type { Rule, RuleField } from '../domain/rules/rule.ts'
import { foldingTable } from '../domain/rules/simple-folding.ts'
import type { Parameters } from './parameters.ts'

/** What the built-in rules said of a judged row, whatever a rule of the site's own made of it. */
export const BASE_CHANNEL = "if(base_channel = '', channel, base_channel)"
export const BASE_SOURCE = "if(base_channel = '', source, base_source)"

/**
 * The text of a field for a row of `hits`; the same as `TEXT_OF` gives for the hit. With few distinct values a block, a
 * test costs by value instead of by row: the columns are kept so, the rest is made so here.
 */
const COLUMN: Record<RuleField, string> = {
  channel: `toLowCardinality(${BASE_CHANNEL})`,
  source: `toLowCardinality(${BASE_SOURCE})`,
  medium: 'medium',
  campaign: 'campaign',
  platform: 'platform',
  referrer_host: 'referrer_host',
  landing_path: `toLowCardinality(${landingPath("substringIndex(landing_page, '?', 1)")})`,
  click_id_kind: 'click_id_kinds',
  country: 'country',
  link: 'toLowCardinality(link)',
}

function landingPath(page: string): string {
  return `if(position(${page}, '/') = 0, '', substring(${page}, position(${page}, '/')))`
}

/**
 * The position, from 1, of the first enabled rule that takes a row of `hits`; 0 where none does. It says the same as
 * `compileRules` says of the hit behind the row: both are made from the same prepared tests.
 */
export function firstRuleSql(
  rules: readonly Pick<Rule, 'enabled' | 'when'>[],
  parameters: Parameters,
): string {
  const writer = new TestWriter(parameters)
  // Not `multiIf`: it looks at each condition for the rows that are left, and copies them out each time. On one million
  // rows and a hundred rules it took more than thirty seconds where this takes five.
  const holds = rules.map((rule) => (rule.enabled ? conditionSql(prepare(rule.when), writer) : '0'))
  return holds.length === 0 ? '0' : `indexOf([${holds.join(', ')}], 1)`
}

function conditionSql(condition: PreparedCondition, writer: TestWriter): string {
  if (condition.kind === 'not') return `NOT ${conditionSql(condition.part, writer)}`
  if (condition.kind === 'group') {
    const parts = condition.parts.map((part) => conditionSql(part, writer))
    return `(${parts.join(condition.operator === 'and' ? ' AND ' : ' OR ')})`
  }
  return writer.test(COLUMN[condition.field], condition.test)
}

/** Writes prepared tests of texts as SQL, saying the same as the functions that `domain/` makes from them. */
export class TestWriter {
  readonly #parameters: Parameters
  #folding: { from: string; to: string } | null = null

  constructor(parameters: Parameters) {
    this.#parameters = parameters
  }

  /** Whether a text holds what a test asks; `text` is SQL of ours. */
  test(text: string, test: PreparedTest): string {
    return `(${this.#test(text, test)})`
  }

  #test(text: string, test: PreparedTest): string {
    switch (test.how) {
      case 'one_of':
        return `${this.#folded(text)} IN ${this.#texts(test.values)}`
      case 'contains':
        return `multiSearchAny(${this.#folded(text)}, ${this.#texts(test.values)})`
      // Patterns, not functions of arrays: those would look at every row by itself.
      case 'host':
        return this.#member(text, test.absent, `(?:^|\\.)(?:${alternatives(test.hosts)})$`)
      case 'any_of':
        return this.#member(text, test.absent, `(?:^| )(?:${alternatives(test.values)})(?: |$)`)
      case 'matches': {
        const tests = test.patterns.map(({ pattern }) => {
          const seen = pattern.ignoreCase ? this.#folded(text) : text
          return `match(${seen}, ${this.#parameters.bind('String', toRe2(pattern.root))})`
        })
        return `${text} != '' AND (${tests.join(' OR ')})`
      }
    }
  }

  #member(text: string, absent: boolean, pattern: string): string {
    return `if(${text} = '', ${absent ? 1 : 0}, match(${text}, ${this.#parameters.bind('String', pattern)}))`
  }

  #texts(values: readonly string[]): string {
    return this.#parameters.bind('Array(String)', values)
  }

  #folded(text: string): string {
    if (!this.#folding) {
      const { from, to } = foldingTable()
      this.#folding = {
        from: this.#parameters.bind('String', from),
        to: this.#parameters.bind('String', to),
      }
    }
    return `translateUTF8(${text}, ${this.#folding.from}, ${this.#folding.to})`
  }
}

/** Texts as one pattern; without any, one that nothing matches. */
function alternatives(texts: readonly string[]): string {
  return texts.length === 0 ? '$.' : texts.map((text) => text.replace(/[^\w]/g, '\\$&')).join('|')
}
