import type { TrafficReason } from '../../../server/domain/bots/traffic.ts'

export interface Words {
  label: string
  why: string
}

/** What is left out of people's hits: they have no reason. */
export const DEAD_END: Words = {
  label: 'Dead ends',
  why: 'People whose link was unknown, expired or disabled',
}

/** What `traffic` says of a hit that was left out, in words. */
export const TRAFFIC_WORDS: Record<string, Words> = {
  bot: { label: 'Robots', why: 'Crawlers, scripts and scanners that name themselves or behave like one' },
  preview: { label: 'Link previews', why: 'A platform fetched the link to draw its card' },
  prefetch: { label: 'Prefetches', why: 'A browser loaded it ahead; nobody opened it' },
  head: { label: 'Checks', why: 'HEAD requests: something asked whether the link works' },
  person: DEAD_END,
}

type Reason = Exclude<TrafficReason, ''> | 'burst_head' | 'burst_fanout'

/** Why a hit is not a person's, by the closed list of reasons. */
const REASON_WORDS: Record<Reason, Words> = {
  no_user_agent: { label: 'No user agent', why: 'The request did not say what sent it' },
  head_request: { label: 'Asked for the headers only', why: 'A HEAD request: nobody reads what comes of it' },
  prefetch_header: { label: 'Loaded ahead', why: 'The browser said that nobody had asked for the page yet' },
  not_navigation: {
    label: 'Asked by a script or an image',
    why: 'Sec-Fetch-Mode says that nobody went to the page',
  },
  link_preview: { label: 'Link preview', why: 'A network or messenger fetched what it shows beside a link' },
  ai_crawler: { label: 'AI crawler', why: 'It collects pages for a language model' },
  ai_assistant: { label: 'AI assistant', why: 'A program that fetches pages while it answers somebody' },
  headless_browser: { label: 'Browser without a screen', why: 'A browser that a program steers' },
  feed_reader: { label: 'Feed reader', why: 'It looks whether there is something new' },
  known_crawler: { label: 'Known crawler', why: 'A search engine’s or another service’s, by its name' },
  scanner: { label: 'Scanner', why: 'It checks links or looks for weak spots' },
  bot_list: { label: 'On the list of robots', why: 'Its user agent is on the public list isbot' },
  bot_parser: { label: 'Crawler, library or tool', why: 'By its user agent, as ua-parser-js reads it' },
  no_browser: {
    label: 'Names a program, and no browser',
    why: 'Its user agent names no browser or device, or gives its maker’s address',
  },
  hosting_network: {
    label: 'From a data centre',
    why: 'A browser by all it says, from a network on the operator’s list',
  },
  burst_head: {
    label: 'Burst around a new post',
    why: 'It came together with HEAD requests, as networks look at a link just after it is posted',
  },
  burst_fanout: {
    label: 'Fan-out of a post',
    why: 'One of many servers that fetched the link at the same moment, as Mastodon’s do',
  },
}

/** A label within a sentence: `On the list` becomes `on the list`, `AI crawler` stays. */
export function inSentence(label: string): string {
  return /^\p{Lu}\p{Ll}/u.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label
}

const REASONS = new Map<string, Words>(Object.entries(REASON_WORDS))

/** Words for a reason code; the code itself, readable, where an older or newer service knows it and this page does not. */
export function reasonWords(reason: string): Words {
  return REASONS.get(reason) ?? { label: reason.replaceAll('_', ' '), why: '' }
}
