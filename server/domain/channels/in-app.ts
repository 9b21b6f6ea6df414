import type { Category, InAppFact } from './facts.ts'

export interface InApp {
  /** Empty where the app is somebody else's. */
  source: string
  category: Category | ''
}

/**
 * Names the app whose own browser sent a user agent, or null. The first token of the table that occurs wins, since
 * Messenger's user agent holds Facebook's tokens too. Apps spell themselves one way, so case counts: `KAKAOTALK` is
 * the app, `kakaotalk-scrap` its fetcher.
 */
export function createInAppDetector(facts: readonly InAppFact[]): (userAgent: string) => InApp | null {
  const any = new RegExp(facts.map(({ token }) => escapeRegExp(token)).join('|'))
  const table = facts.map(({ token, source, category }) => ({ token, app: { source, category } }))
  return (userAgent) => {
    if (!any.test(userAgent)) return null
    return table.find(({ token }) => occurs(userAgent, token))?.app ?? null
  }
}

/** The token stands at the start of a word: `Line/` is not in `AirLine/`, `trill_` may follow a digit. */
function occurs(userAgent: string, token: string): boolean {
  for (let at = userAgent.indexOf(token); at >= 0; at = userAgent.indexOf(token, at + 1)) {
    if (at === 0 || !/[a-z]/i.test(token.charAt(0)) || !/[a-z]/i.test(userAgent.charAt(at - 1))) return true
  }
  return false
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
