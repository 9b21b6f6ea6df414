import { EMPTY_VALUES, MEDIUM_WORDS } from '../../facts/words.ts'

/** What a medium says, each word taken as a whole token. */
export interface Medium {
  /** Trimmed and lower case; `''` where absent or a stand-in for it such as `(not set)`. */
  name: string
  paid: boolean
  display: boolean
  social: boolean
  video: boolean
  /** `organic` where it means search: alone or beside search, not `organic-social`. */
  organicSearch: boolean
  /** Names search in any form: `paid-search`, `seo`. */
  search: boolean
  shopping: boolean
  ai: boolean
  referral: boolean
  email: boolean
  affiliate: boolean
  audio: boolean
  sms: boolean
  push: boolean
}

/** Google's `.*cp.*` meant cpc, cpm, vcpm, cpv …; as a token it no longer takes `mcp` or `recipe-cp` along. */
const COST_PER = /^[eotv]?cp[a-z]s?$/

export function readMedium(raw: string): Medium {
  const name = presentValue(raw).toLowerCase()
  const tokens = name === '' ? [] : name.split(/[^\p{L}\p{N}]+/u).filter((token) => token !== '')
  const joined = tokens.join('')
  const has = (words: ReadonlySet<string>): boolean =>
    words.has(name) || words.has(joined) || tokens.some((token) => words.has(token))
  const social = has(MEDIUM_WORDS.social) || joined === 'paidsocial' || joined === 'organicsocial'
  const video = has(MEDIUM_WORDS.video) || joined === 'paidvideo'
  const organic = tokens.includes('organic') || joined === 'organicsearch'
  return {
    name,
    paid:
      tokens.some(
        (token) => COST_PER.test(token) || token.startsWith('paid') || MEDIUM_WORDS.paid.has(token),
      ) ||
      MEDIUM_WORDS.paid.has(joined) ||
      name === 'cp',
    display: has(MEDIUM_WORDS.display),
    social,
    video,
    organicSearch: (organic && !social && !video) || has(MEDIUM_WORDS.search),
    search:
      tokens.includes('search') ||
      joined === 'paidsearch' ||
      has(MEDIUM_WORDS.search) ||
      tokens.includes('sem'),
    shopping: tokens.includes('shopping') || joined === 'paidshopping',
    ai: has(MEDIUM_WORDS.ai) || joined === 'aiassistant',
    referral: MEDIUM_WORDS.referral.has(name),
    email: has(MEDIUM_WORDS.email) || /(?:^|[^\p{L}])e[-_ ]?mail(?:$|[^\p{L}])/u.test(name),
    affiliate: has(MEDIUM_WORDS.affiliate),
    audio: has(MEDIUM_WORDS.audio),
    sms: has(MEDIUM_WORDS.sms),
    push: has(MEDIUM_WORDS.push) || name.endsWith('push'),
  }
}

/** A tag's value, trimmed; `''` for the words and unfilled placeholders that stand for none. */
export function presentValue(raw: string): string {
  const value = raw.trim()
  if (value === '') return ''
  const lower = value.toLowerCase().replaceAll(' ', '_')
  if (EMPTY_VALUES.has(lower)) return ''
  // `{{site_source_name}}`, `[source]`, `%s`: a placeholder that nobody filled.
  return /^(?:\{+[^{}]*\}+|\[[^[\]]*\]|<[^<>]*>|\$\{[^{}]*\}|%[a-z_]+%)$/i.test(value) ? '' : value
}
