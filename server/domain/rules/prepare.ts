import { parseHost } from '../links/host.ts'
import { landingPage, withoutWww } from '../urls/landing-page.ts'
import { createMatcher } from './matcher.ts'
import { type Pattern, parsePattern } from './pattern.ts'
import { absentValue, type Condition, type RuleField, type Test } from './rule.ts'
import { foldSimply } from './simple-folding.ts'

/**
 * A condition made ready: values in the spelling that hits have, folded where case does not count, patterns read. The
 * judge and the warehouse's SQL are both made from this, so that there is one place where a test gets its meaning.
 */
export type PreparedCondition =
  | { kind: 'group'; operator: 'and' | 'or'; parts: readonly PreparedCondition[] }
  | { kind: 'not'; part: PreparedCondition }
  | { kind: 'test'; field: RuleField; test: PreparedTest }

export type PreparedTest =
  /** The folded text is one of these; `''` stands for an absent one. */
  | { how: 'one_of'; values: readonly string[] }
  /** The host is one of these or below one; with `absent`, there is none. */
  | { how: 'host'; hosts: readonly string[]; absent: boolean }
  /** One of these is among the hit's; with `absent`, it has none. */
  | { how: 'any_of'; values: readonly string[]; absent: boolean }
  /** The folded text holds one of these. */
  | { how: 'contains'; values: readonly string[] }
  /** A text that is not empty matches one of these. */
  | { how: 'matches'; patterns: readonly { pattern: Pattern; matches: (text: string) => boolean }[] }

/** What is wrong with a value, by its place among the values. */
export type ValueProblems = { index: number; message: string }[]

/** Makes a condition ready that `parseRules` let through. */
export function prepare(condition: Condition): PreparedCondition {
  if ('and' in condition) return { kind: 'group', operator: 'and', parts: condition.and.map(prepare) }
  if ('or' in condition) return { kind: 'group', operator: 'or', parts: condition.or.map(prepare) }
  if ('not' in condition) return { kind: 'not', part: prepare(condition.not) }
  const problems: ValueProblems = []
  const test = prepareTest(condition, problems)
  const prepared: PreparedCondition = { kind: 'test', field: condition.field, test }
  return condition.operator === 'is_not' ? { kind: 'not', part: prepared } : prepared
}

/** A test made ready; what is wrong with its values is added to `problems`, and those are left out. */
export function prepareTest({ field, operator, values }: Test, problems: ValueProblems): PreparedTest {
  const each = <Value>(read: (value: string) => Value): Value[] =>
    values.flatMap((value, index) => {
      try {
        return [read(value)]
      } catch (error) {
        problems.push({ index, message: error instanceof Error ? error.message : String(error) })
        return []
      }
    })
  if (operator === 'matches') {
    return {
      how: 'matches',
      patterns: each((value) => {
        const pattern = parsePattern(value)
        return { pattern, matches: createMatcher(pattern) }
      }),
    }
  }
  if (operator === 'contains') return { how: 'contains', values: each(foldSimply) }
  const isAbsent = (value: string) => value === absentValue(field)
  const absent = values.some(isAbsent)
  const read = (value: string) => (isAbsent(value) ? '' : inHitsSpelling(field, value))
  const present = each(read).filter((value) => value !== '')
  if (field === 'referrer_host') return { how: 'host', hosts: present, absent }
  if (field === 'click_id_kind') return { how: 'any_of', values: present, absent }
  return { how: 'one_of', values: absent ? [...present, ''] : present }
}

/**
 * A value of `is` in the spelling that hits have.
 *
 * @throws {Error} that says what is wrong with it.
 */
function inHitsSpelling(field: RuleField, value: string): string {
  if (field === 'referrer_host') return hostOf(value)
  if (field === 'landing_path') return foldSimply(pathOf(value))
  // The facts' own spelling differs (`ScCid`), and so does that of the addresses which carry them.
  return foldSimply(value)
}

function hostOf(value: string): string {
  const host = parseHost(value)
  if (!host.ok) throw new Error(host.message)
  return withoutWww(host.value.replace(/:\d+$/, ''))
}

/** As landing pages are named: no closing slash, no index file. */
function pathOf(value: string): string {
  if (!value.startsWith('/')) throw new Error(`A path begins with a slash: "/${value}".`)
  const page = landingPage(`https://a.example${value}`, new Set())
  return page.slice(page.indexOf('/'))
}
