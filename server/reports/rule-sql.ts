import { toRe2 } from '../domain/rules/pattern.ts'
import { type PreparedCondition, type PreparedTest, prepare } from '../domain/rules/prepare.ts'
import type { Rule, RuleField } from '../domain/rules/rule.ts'
import { foldingTable } from '../domain/rules/simple-folding.ts'
import type { Parameters } from './parameters.ts'

/** What the built-in rules said of a judged row, whatever a rule of the site's own made of it. */
export const BASE_CHANNEL = "if(base_channel = '', channel, base_channel)"
export const BASE_SOURCE = "if(base_channel = '', source, base_source)"

/** The text of a field for a row of `hits`; the same as `TEXT_OF` gives for the hit. */
const COLUMN: Record<RuleField, string> = {
  channel: 'channel',
  source: BASE_SOURCE,
  medium: 'medium',
  campaign: 'campaign',
  platform: 'platform',
  referrer_host: 'referrer_host',
  landing_path: `if(position(${beforeQuery()}, '/') = 0, '', substring(${beforeQuery()}, position(${beforeQuery()}, '/')))`,
  click_id_kind: 'click_id_kinds',
  country: 'country',
  link: 'link',
}

function beforeQuery(): string {
  return "substringIndex(landing_page, '?', 1)"
}

/**
 * The position, from 1, of the first enabled rule that takes a row of `hits`; 0 where none does. It says the same as
 * `compileRules` says of the hit behind the row: both are made from the same prepared tests.
 */
export function firstRuleSql(
  rules: readonly Pick<Rule, 'enabled' | 'when'>[],
  parameters: Parameters,
): string {
  const writer = new ConditionWriter(parameters)
  const cases = rules.flatMap((rule, index) =>
    rule.enabled ? [`${writer.condition(prepare(rule.when))}, ${index + 1}`] : [],
  )
  return cases.length === 0 ? '0' : `multiIf(${cases.join(', ')}, 0)`
}

class ConditionWriter {
  readonly #parameters: Parameters
  #folding: { from: string; to: string } | null = null

  constructor(parameters: Parameters) {
    this.#parameters = parameters
  }

  condition(condition: PreparedCondition): string {
    if (condition.kind === 'not') return `NOT ${this.condition(condition.part)}`
    if (condition.kind === 'group') {
      const parts = condition.parts.map((part) => this.condition(part))
      return `(${parts.join(condition.operator === 'and' ? ' AND ' : ' OR ')})`
    }
    return `(${this.#test(COLUMN[condition.field], condition.test)})`
  }

  #test(text: string, test: PreparedTest): string {
    switch (test.how) {
      case 'one_of':
        return `${this.#folded(text)} IN ${this.#texts(test.values)}`
      case 'contains':
        return `multiSearchAny(${this.#folded(text)}, ${this.#texts(test.values)})`
      case 'host': {
        const below = `arrayExists(host -> ${text} = host OR endsWith(${text}, concat('.', host)), ${this.#texts(test.hosts)})`
        return `if(${text} = '', ${test.absent ? 1 : 0}, ${below})`
      }
      case 'any_of': {
        const kinds = `splitByChar(' ', toString(${text}))`
        return `if(${text} = '', ${test.absent ? 1 : 0}, hasAny(${kinds}, ${this.#texts(test.values)}))`
      }
      case 'matches': {
        const tests = test.patterns.map(({ pattern }) => {
          const seen = pattern.ignoreCase ? this.#folded(text) : text
          return `match(${seen}, ${this.#parameters.bind('String', toRe2(pattern.root))})`
        })
        return `${text} != '' AND (${tests.join(' OR ')})`
      }
    }
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
