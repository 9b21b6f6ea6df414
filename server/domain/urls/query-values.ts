import { CLICK_IDS } from '../../facts/click-ids.ts'
import type { UtmValues } from '../hit.ts'
import { decodeQueryText } from './private-url.ts'

const CLICK_ID_NAMES: ReadonlyMap<string, string> = new Map(
  CLICK_IDS.map(({ name }) => [name.toLowerCase(), name]),
)

/** Longest value of a utm parameter that is kept, in characters. */
const UTM_CAP = 255

/**
 * Kinds of third-party click ids in a query (`a=1&gclid=x`, with or without the leading `?`), each once, in the
 * spelling of its platform, in order of appearance. Names are compared without case.
 */
export function clickIdKinds(query: string): string[] {
  if (query.length < 2) return []
  const kinds: string[] = []
  for (const name of queryNames(query)) {
    const kind = CLICK_ID_NAMES.get(name.toLowerCase())
    if (kind !== undefined && !kinds.includes(kind)) kinds.push(kind)
  }
  return kinds
}

/**
 * The five utm values of a query, decoded and trimmed, at most 255 characters each. Names are compared without
 * case; the first of two same-named keys that has a value counts. An empty or missing value is `''`.
 */
export function readUtm(query: string): UtmValues {
  const utm: UtmValues = { source: '', medium: '', campaign: '', term: '', content: '' }
  if (!/utm_|utm%5f/i.test(query)) return utm
  for (const pair of pairs(query)) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const name = decodeQueryText(pair.slice(0, equals)).toLowerCase()
    if (!name.startsWith('utm_')) continue
    const key = name.slice(4)
    if (!isUtmKey(key) || utm[key] !== '') continue
    utm[key] = decodeQueryText(pair.slice(equals + 1))
      .trim()
      .slice(0, UTM_CAP)
  }
  return utm
}

/** What a `source` or else a `ref` key of a query says (`SOURCE_KEYS`), decoded and trimmed; `''` where there is none. */
export function readRef(query: string): string {
  if (!/(?:ref|source)=/.test(query)) return ''
  return queryValue(query, 'source') || queryValue(query, 'ref')
}

/** The first value of one query key, decoded and trimmed; `''` where there is none. Names compare exactly. */
export function queryValue(query: string, key: string): string {
  for (const pair of pairs(query)) {
    if (pair.startsWith(key) && pair.charAt(key.length) === '=') {
      const value = decodeQueryText(pair.slice(key.length + 1)).trim()
      if (value !== '') return value
    }
  }
  return ''
}

/** What follows the `?` of an address, without its fragment. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?')
  if (mark < 0) return ''
  const hash = url.indexOf('#')
  if (hash >= 0 && hash < mark) return ''
  return hash < 0 ? url.slice(mark + 1) : url.slice(mark + 1, hash)
}

function isUtmKey(key: string): key is keyof UtmValues {
  return key === 'source' || key === 'medium' || key === 'campaign' || key === 'term' || key === 'content'
}

function pairs(query: string): string[] {
  return (query.startsWith('?') ? query.slice(1) : query).split('&')
}

function queryNames(query: string): string[] {
  return pairs(query).map((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? pair : pair.slice(0, equals)
  })
}
