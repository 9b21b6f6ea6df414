import { escapeRegExp } from '../channels/in-app.ts'
import { remember } from '../remember.ts'
import type { PreviewFact } from './facts.ts'

/** Tells the fetchers that make link previews from everything else. Light: the edge asks it for every click. */
export interface PreviewDetector {
  isPreviewCrawler(userAgent: string): boolean
  /** Who asked for the preview (`facebook`, `imessage` …), `''` for everything else. */
  platformOf(userAgent: string): string
}

/** Stored user agents are cut at 512 bytes; a longer one comes from no crawler. */
const MAX_USER_AGENT = 1024
/** Distinct user agents remembered at once; a busy edge sees some thousands. */
const CACHE_SIZE = 5_000

/**
 * One compiled expression over all tokens (1 µs a user agent, less when it was seen before); the table's order
 * decides between several, since iMessage poses as Facebook and X, and `TelegramBot (like TwitterBot)` is Telegram.
 */
export function createPreviewDetector(facts: readonly PreviewFact[]): PreviewDetector {
  const any = new RegExp(facts.map(({ token }) => source(token)).join('|'), 'i')
  const expressions = facts.map(({ token, platform }) => ({
    platform,
    token: new RegExp(source(token), 'i'),
  }))
  const platformOf = remember(CACHE_SIZE, (full): string => {
    const userAgent = full.slice(0, MAX_USER_AGENT)
    if (!any.test(userAgent)) return ''
    return expressions.find(({ token }) => token.test(userAgent))?.platform ?? ''
  })
  return { isPreviewCrawler: (userAgent) => platformOf(userAgent) !== '', platformOf }
}

/** A token begins a word: `mastodon/` is not in `xmastodon/`. `^` at its start ties it to the user agent's. */
function source(token: string): string {
  if (token.startsWith('^')) return `^${escapeRegExp(token.slice(1))}`
  return /^\w/.test(token) ? `\\b${escapeRegExp(token)}` : escapeRegExp(token)
}
