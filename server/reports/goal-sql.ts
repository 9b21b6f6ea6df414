import { type PreparedWay, prepareGoal } from '../domain/goals/compile.ts'
import type { Goal } from '../domain/goals/goal.ts'
import type { PageKind } from '../domain/pages/page-kind.ts'
import { pagePattern, type TextPattern } from '../domain/pages/page-pattern.ts'
import { toRe2 } from '../domain/rules/pattern.ts'
import type { Parameters } from './parameters.ts'
import { TestWriter } from './rule-sql.ts'

/**
 * Writes goals and page patterns as conditions on rows of `hits`, every value bound. They say the same as `goalMatcher`
 * and `pageKindsMatcher` say of the hit behind the row.
 */
export class GoalWriter {
  readonly #parameters: Parameters
  readonly #tests: TestWriter
  /** A text that a statement needs in several places is bound once. */
  readonly #bound = new Map<string, string>()

  constructor(parameters: Parameters) {
    this.#parameters = parameters
    this.#tests = new TestWriter(parameters)
  }

  /** The condition that a row reaches a goal. By whom it was is another question. */
  goal(goal: Pick<Goal, 'name' | 'match'>): string {
    return `(${prepareGoal(goal)
      .map((way) => this.#way(way))
      .join(' OR ')})`
  }

  /** The condition that a page (SQL of ours, named as `landingPage` does) matches a pattern. */
  page(page: string, pattern: string): string {
    return this.#matches(page, pagePattern(pattern))
  }

  /** The place from 1 of the first kind whose pattern matches a page; 0 where none does. */
  pageKind(page: string, kinds: readonly Pick<PageKind, 'pattern'>[]): string {
    if (kinds.length === 0) return '0'
    return `indexOf([${kinds.map(({ pattern }) => this.page(page, pattern)).join(', ')}], 1)`
  }

  #way({ kind, type, name, page, target, props }: PreparedWay): string {
    const parts = [`kind = '${kind}'`]
    if (type !== null) parts.push(`event_type = '${type}'`)
    if (name !== null) parts.push(`event_name = ${this.#text(name)}`)
    if (page) parts.push(this.#matches('landing_page', page))
    if (target) parts.push(this.#matches('event_target', target))
    for (const { key, negated, test } of props) {
      const holds = this.#tests.test(`JSONExtractString(event_props, ${this.#text(key)})`, test)
      parts.push(negated ? `NOT ${holds}` : holds)
    }
    return `(${parts.join(' AND ')})`
  }

  #matches(text: string, { pattern }: TextPattern): string {
    return `match(${text}, ${this.#text(toRe2(pattern.root))})`
  }

  #text(text: string): string {
    const bound = this.#bound.get(text) ?? this.#parameters.bind('String', text)
    this.#bound.set(text, bound)
    return bound
  }
}
