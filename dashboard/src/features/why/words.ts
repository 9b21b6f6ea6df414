import { inSentence, reasonWords } from '../../shared/traffic-words.ts'

/** Evidence by where it was found; other names are those of request headers. */
const PLACES: Record<string, string> = {
  'site-rule': 'The site’s own rule',
  link: 'Short link',
  'paid-click-id': 'Paid click id',
  utm: 'Tags',
  ref: 'ref or source key',
  'click-id': 'Click id',
  referrer: 'Referrer',
  'in-app': 'App around the page',
  method: 'Method',
  'user-agent': 'User agent',
}

/** Which evidence decided a channel, by the rule that the API names. */
const DECIDERS: Record<string, string> = {
  link: 'the short link',
  'paid-click-id': 'a paid click id',
  'utm-source': 'the source in its tags',
  'utm-medium': 'the medium in its tags',
  'utm-campaign': 'the campaign in its tags',
  'utm-nothing': 'its tags, though nothing in them is known',
  ref: 'a ref or source key',
  'click-id': 'an organic click id',
  referrer: 'the referrer',
  'in-app': 'the app around the page',
  internal: 'the referrer, a page of the site itself',
  payment: 'the referrer, which sends a buyer back from paying',
}

const KINDS: Record<string, string> = {
  person: 'a person',
  bot: 'a machine',
  preview: 'a link preview',
  prefetch: 'a browser, ahead of anybody',
  head: 'a check, not a visit',
}

export function placeWords(from: string): string {
  return (Object.hasOwn(PLACES, from) ? PLACES[from] : undefined) ?? `Header ${from}`
}

/** Which evidence decided, as a sentence; a site's own rule is `site:<id>`. */
export function deciderWords(rule: string): string {
  if (rule === 'direct') return 'Nothing in it names a source.'
  if (rule.startsWith('site:')) return 'Decided by a rule of the site’s own.'
  return `Decided by ${(Object.hasOwn(DECIDERS, rule) ? DECIDERS[rule] : undefined) ?? rule}.`
}

/** The id of the site's own rule that decided; null where a built-in one did. */
export function ownRule(rule: string): string | null {
  return /^site:(\d+)$/.exec(rule)?.[1] ?? null
}

/**
 * What a piece of evidence about the sender says: `preview: link_preview for telegram` becomes
 * `a link preview, for telegram`, and `bot: ai_crawler` `a machine: AI crawler`.
 */
export function senderWords(says: string): string {
  const [, kind = '', reason = '', previewOf = ''] = /^(\w+)(?:: (\w+))?(?: for (.+))?$/.exec(says) ?? []
  const who = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  if (who === undefined) return says
  const named = kind === 'bot' && reason !== '' ? `${who}: ${inSentence(reasonWords(reason).label)}` : who
  return previewOf === '' ? named : `${named}, for ${previewOf}`
}
