import type { UtmValues } from '../hit.ts'
import type { PassThrough } from './link.ts'

/** Above this many bytes of `Location` only third-party click ids pass: common servers take 8 kB as a request line. */
export const MAX_LOCATION_BYTES = 8192

/** A destination taken apart where its query begins and ends; the three joined again are the destination itself. */
export interface Target {
  /** Scheme, host, port and path. */
  readonly base: string
  /** With its `?`, empty where there is none. */
  readonly query: string
  /** With its `#`, empty where there is none. */
  readonly fragment: string
}

export interface MergeRules {
  /** Lower-case names of third-party click ids (`fbclid`, `gclid`, …). */
  clickIdNames: ReadonlySet<string>
  /** Our own query parameter (`jjk`), lower case. */
  clickIdParameter: string
}

/** A link's own UTM values as pairs of a query, those that are empty left out. */
export function utmPairs(utm: UtmValues): string {
  const texts: string[] = []
  for (const [name, value] of [
    ['utm_source', utm.source],
    ['utm_medium', utm.medium],
    ['utm_campaign', utm.campaign],
    ['utm_term', utm.term],
    ['utm_content', utm.content],
  ] as const) {
    if (value !== '') texts.push(`${name}=${encodeValue(value)}`)
  }
  return texts.join('&')
}

/**
 * A link's destination with the link's own UTM values in it: each replaces the same-named keys in place (names compared
 * without case) or is added at the end; everything else keeps its bytes.
 *
 * @param utm pairs, by `utmPairs`
 */
export function linkTarget(destination: string, utm: string): Target {
  const { base, query, fragment } = takeApart(destination)
  if (utm === '') return { base, query, fragment }
  if (query === '') return { base, query: `?${utm}`, fragment }
  if (!MAY_NAME_UTM.test(query)) return { base, query: query + glueOf(query) + utm, fragment }
  const wanted = utm.split('&').map((text) => ({ name: comparedName(text, ONLY_UTM), text, clickId: false }))
  return { base, query: replace(query, wanted, ONLY_UTM), fragment }
}

/** What has to stand between the query of a target and a pair behind it. */
export function glueOf(query: string): '' | '?' | '&' {
  if (query === '') return '?'
  return query.endsWith('?') || query.endsWith('&') ? '' : '&'
}

/** The names of the pairs of a target's query as `addedPairs` compares them. */
export function namesOf(target: Target, rules: MergeRules): ReadonlySet<string> {
  const names = new Set<string>()
  if (target.query.length > 1) {
    for (const text of target.query.slice(1).split('&')) names.add(comparedName(text, rules))
  }
  return names
}

/** A byte that `visible` would have to see to. */
const NOT_VISIBLE = /[^\x21-\x7e]|#/
const ESCAPED = /[%+]/

/**
 * What `mergeQuery` only adds behind the query of a target, found in one pass: most visitors bring nothing, or a click
 * id that the destination lacks. Null where something is replaced or has to be looked at more closely, or where the
 * whole grows too long: then `mergeQuery` has to do it.
 *
 * @param names of the target's own pairs, by `namesOf`
 */
export function addedPairs(
  target: Target,
  names: ReadonlySet<string>,
  requestQuery: string,
  policy: PassThrough,
  rules: MergeRules,
): string | null {
  const own = target.query
  if (own === '?' || own.endsWith('&') || NOT_VISIBLE.test(requestQuery)) return null
  let added = ''
  for (let start = 0; start < requestQuery.length; ) {
    const next = requestQuery.indexOf('&', start)
    const end = next < 0 ? requestQuery.length : next
    const equals = requestQuery.indexOf('=', start)
    const name = requestQuery.slice(start, equals < 0 || equals > end ? end : equals)
    if (ESCAPED.test(name)) return null
    const lower = name.toLowerCase()
    const clickId = rules.clickIdNames.has(lower)
    const ours = lower === rules.clickIdParameter
    if (end > start && !ours && (clickId || policy !== 'off')) {
      const taken = names.has(clickId || lower.startsWith('utm_') ? lower : name)
      if (taken && (clickId || policy === 'override')) return null
      if (!taken)
        added += added === '' ? requestQuery.slice(start, end) : `&${requestQuery.slice(start, end)}`
    }
    start = end + 1
  }
  const length = target.base.length + own.length + target.fragment.length + 1 + added.length
  return length > MAX_LOCATION_BYTES ? null : added
}

/**
 * The target with the query of a request merged in (rules of the redirect's door):
 * - `fill` passes keys that the target lacks, `override` lets the visitor's values replace the target's, `off` none;
 * - third-party click ids pass under every policy, byte for byte, and replace a same-named key;
 * - our own click id is never passed on;
 * - names are compared by what they decode to, exactly, those of UTM and click ids without case;
 * - invalid percent-escapes pass as bytes; what is not visible ASCII is percent-encoded, so `Location` is ASCII;
 * - where the whole would be longer than `MAX_LOCATION_BYTES`, only click ids pass.
 *
 * Only the query can change: scheme, host, port, path and fragment are the target's.
 *
 * @param requestQuery as it stood in the request target, without `?`; one character per byte.
 */
export function mergeQuery(
  target: Target,
  requestQuery: string,
  policy: PassThrough,
  rules: MergeRules,
): Target {
  const asked = pairsOf(visible(requestQuery), rules).filter((pair) => pair.name !== rules.clickIdParameter)
  if (asked.length === 0) return target
  const clickIds = asked.filter((pair) => pair.clickId)
  if (policy === 'off') return { ...target, query: replace(target.query, clickIds, rules) }
  const passed = policy === 'override' ? asked : lacking(target.query, asked, rules)
  const query = replace(target.query, passed, rules)
  const length = target.base.length + query.length + target.fragment.length
  return { ...target, query: length > MAX_LOCATION_BYTES ? replace(target.query, clickIds, rules) : query }
}

/**
 * What stands before and after our click id in `Location`: `before + id + after`. The id comes last in the query,
 * before the fragment.
 */
export function aroundClickId(target: Target, parameter: string): { before: string; after: string } {
  const { base, query, fragment } = target
  return { before: `${base}${query}${glueOf(query)}${parameter}=`, after: fragment }
}

/** The destination that a target was taken from or merged to. */
export function joined(target: Target): string {
  return target.base + target.query + target.fragment
}

interface Pair {
  /** `comparedName` of its text. */
  name: string
  /** Its bytes, as they were written. */
  text: string
  clickId: boolean
}

/** A name of UTM as it stands, or one that is hidden behind escapes. */
const MAY_NAME_UTM = /utm|%/i
const ONLY_UTM: MergeRules = { clickIdNames: new Set(), clickIdParameter: '' }

function takeApart(destination: string): Target {
  const hash = destination.indexOf('#')
  const end = hash < 0 ? destination.length : hash
  const mark = destination.indexOf('?')
  const start = mark < 0 || mark > end ? end : mark
  return {
    base: destination.slice(0, start),
    query: destination.slice(start, end),
    fragment: destination.slice(end),
  }
}

/** `query` with the pairs of `incoming` in the places of the same-named ones, and the others behind. */
function replace(query: string, incoming: Pair[], rules: MergeRules): string {
  if (incoming.length === 0) return query
  const byName = new Map<string, string[]>()
  for (const { name, text } of incoming) {
    const same = byName.get(name)
    if (same) same.push(text)
    else byName.set(name, [text])
  }
  const placed = new Set<string>()
  const out: string[] = []
  if (query.length > 1) {
    for (const text of query.slice(1).split('&')) {
      const name = comparedName(text, rules)
      const instead = byName.get(name)
      if (!instead) out.push(text)
      else if (!placed.has(name)) {
        placed.add(name)
        out.push(...instead)
      }
    }
  }
  for (const { name, text } of incoming) if (!placed.has(name)) out.push(text)
  return `?${out.join('&')}`
}

function lacking(query: string, asked: Pair[], rules: MergeRules): Pair[] {
  if (query.length <= 1) return asked
  const present = new Set<string>()
  for (const text of query.slice(1).split('&')) present.add(comparedName(text, rules))
  return asked.filter((pair) => pair.clickId || !present.has(pair.name))
}

function pairsOf(query: string, rules: MergeRules): Pair[] {
  const pairs: Pair[] = []
  for (const text of query.split('&')) {
    if (text === '') continue
    const name = comparedName(text, rules)
    pairs.push({ name, text, clickId: rules.clickIdNames.has(name) })
  }
  return pairs
}

/** What a pair's name decodes to; lower case for UTM, third-party click ids and our own. */
function comparedName(text: string, rules: MergeRules): string {
  const name = decodedName(text)
  const lower = name.toLowerCase()
  const withoutCase =
    lower.startsWith('utm_') || lower === rules.clickIdParameter || rules.clickIdNames.has(lower)
  return withoutCase ? lower : name
}

function decodedName(text: string): string {
  const equals = text.indexOf('=')
  const name = equals < 0 ? text : text.slice(0, equals)
  if (!name.includes('%') && !name.includes('+')) return name
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}

/** The request's query up to a `#`, with every byte that is not visible ASCII percent-encoded. */
function visible(query: string): string {
  const hash = query.indexOf('#')
  const text = hash < 0 ? query : query.slice(0, hash)
  return text.replace(/[^\x21-\x7e]/g, (letter) =>
    letter.charCodeAt(0) <= 0xff
      ? `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
      : encodeValue(letter),
  )
}

/** A lone half of a surrogate pair becomes the replacement character, where `encodeURIComponent` would throw. */
function encodeValue(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'))
}
