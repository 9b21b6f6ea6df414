import { CHANNELS } from '../judged.ts'
import { parseCondition, type TestCount } from './parse-condition.ts'
import { isRecord, Problems, type RuleProblem } from './problems.ts'
import { type Outcome, RULE_LIMITS, type RuleDraft } from './rule.ts'

export type ParsedRules =
  | { ok: true; rules: RuleDraft[] }
  /** Everything that is wrong, each by its place: `rules[2].when.and[0].values[1]`. */
  | { ok: false; problems: readonly RuleProblem[] }

const RULE_KEYS = ['id', 'name', 'enabled', 'when', 'then']
const OUTCOME_KEYS = ['channel', 'source', 'side']
const SIDES = ['Search', 'Social', 'Other'] as const
const UNFIT = /[\p{Cc}\p{Cs}]/u

/** Reads an ordered list of rules. `enabled` is true where it is left out; `place` is the list's own name. */
export function parseRules(input: unknown, place: string): ParsedRules {
  const problems = new Problems()
  const tests: TestCount = { count: 0 }
  if (!Array.isArray(input)) {
    problems.add(place, 'The rules are a list, in the order in which they are tried.')
    return { ok: false, problems: problems.all }
  }
  if (input.length > RULE_LIMITS.rules) problems.add(place, `A site has at most ${RULE_LIMITS.rules} rules.`)
  const rules = input
    .slice(0, RULE_LIMITS.rules)
    .flatMap((rule, index) => parseRule(rule, `${place}[${index}]`, problems, tests) ?? [])
  if (problems.all.length === 0) sameNames(rules, place, problems)
  return problems.all.length === 0 ? { ok: true, rules } : { ok: false, problems: problems.all }
}

function parseRule(input: unknown, place: string, problems: Problems, tests: TestCount): RuleDraft | null {
  if (!isRecord(input)) return problems.add(place, 'A rule is { name, when, then }.')
  problems.unknownKeys(input, RULE_KEYS, place)
  const { id = null, name, enabled = true } = input
  const idFits = id === null || (typeof id === 'number' && Number.isSafeInteger(id) && id > 0)
  if (!idFits) problems.add(`${place}.id`, 'An id is a whole number; leave it out for a new rule.')
  if (typeof enabled !== 'boolean') problems.add(`${place}.enabled`, 'This is true or false.')
  const title = textOf(name, RULE_LIMITS.nameLength, `${place}.name`, problems)
  const when = parseCondition(input.when, `${place}.when`, 1, problems, tests)
  const then = parseOutcome(input.then, `${place}.then`, problems)
  if (!idFits || typeof enabled !== 'boolean' || title === null || !when || !then) return null
  return { id, name: title, enabled, when, then }
}

function parseOutcome(input: unknown, place: string, problems: Problems): Outcome | null {
  if (!isRecord(input))
    return problems.add(place, 'Say what becomes of the hits: { channel, source }, or one of them.')
  problems.unknownKeys(input, OUTCOME_KEYS, place)
  const { channel, source, side } = input
  if (channel === undefined && source === undefined)
    return problems.add(place, 'A rule names a channel, a source, or both.')
  const then: Outcome = {}
  if (channel !== undefined) {
    const name = channelOf(channel, `${place}.channel`, problems)
    if (name !== null) then.channel = name
  }
  if (source !== undefined) {
    const name = textOf(source, RULE_LIMITS.sourceLength, `${place}.source`, problems)
    if (name !== null) then.source = name
  }
  if (side !== undefined) {
    const known = SIDES.find((one) => one === side)
    if (known === undefined) problems.add(`${place}.side`, 'There is no such side.', SIDES)
    else if (then.channel === undefined || isBuiltIn(then.channel))
      problems.add(`${place}.side`, 'A side goes with a channel of your own: built-in channels keep theirs.')
    else then.side = known
  }
  return then
}

function channelOf(input: unknown, place: string, problems: Problems): string | null {
  const name = textOf(input, RULE_LIMITS.channelLength, place, problems)
  if (name === null) return null
  const builtIn = CHANNELS.find((channel) => channel.toLowerCase() === name.toLowerCase())
  if (builtIn !== undefined && builtIn !== name)
    return problems.add(place, `The built-in channel is written "${builtIn}".`, [builtIn])
  // Addresses of reports list channels between commas; what is absent shows in brackets.
  if (/[,()]/.test(name)) return problems.add(place, 'The name of a channel holds no comma and no brackets.')
  return name
}

/** Two spellings of one channel, or one rule named twice, are a slip. */
function sameNames(rules: readonly RuleDraft[], place: string, problems: Problems): void {
  const ids = new Set<number>()
  const channels = new Map<string, string>()
  for (const [index, { id, then }] of rules.entries()) {
    if (id !== null && ids.has(id)) problems.add(`${place}[${index}].id`, `Rule ${id} stands here twice.`)
    if (id !== null) ids.add(id)
    if (then.channel === undefined) continue
    const key = then.channel.toLowerCase()
    const known = channels.get(key) ?? then.channel
    channels.set(key, known)
    if (known !== then.channel)
      problems.add(`${place}[${index}].then.channel`, `Another rule writes this channel "${known}".`, [known])
  }
}

function isBuiltIn(channel: string): boolean {
  return CHANNELS.some((name) => name === channel)
}

function textOf(input: unknown, max: number, place: string, problems: Problems): string | null {
  const text = typeof input === 'string' ? input.trim() : ''
  if (text === '') return problems.add(place, 'Write a text here.')
  if (text.length > max) return problems.add(place, `This is longer than ${max} characters.`)
  if (UNFIT.test(text)) return problems.add(place, 'Control characters cannot be kept.')
  return text
}
