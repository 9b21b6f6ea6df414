import { isbot } from 'isbot'
import { isBot as isParserBot } from 'ua-parser-js/bot-detection'
import { HARMLESS_TOKENS } from '../../facts/words.ts'
import { createInAppDetector, escapeRegExp } from '../channels/in-app.ts'
import type { HitKind } from '../hit.ts'
import type { Traffic } from '../judged.ts'
import { remember } from '../remember.ts'
import type { BotClass, TrafficFacts } from './facts.ts'
import { createPreviewDetector } from './preview.ts'

/** Why a hit is not a person's; `''` for people. */
export type TrafficReason =
  | ''
  /** The request asked for headers only. */
  | 'head_request'
  /** `Purpose`, `X-Purpose`, `Sec-Purpose` or `X-Moz` says that nobody has asked for the page yet. */
  | 'prefetch_header'
  | 'no_user_agent'
  /** A fetcher of link previews. */
  | 'link_preview'
  | 'ai_crawler'
  | 'ai_assistant'
  | 'headless_browser'
  | 'feed_reader'
  | 'known_crawler'
  | 'scanner'
  /** On the list of the library `isbot`. */
  | 'bot_list'
  /** A crawler, fetcher, library or command-line tool by `ua-parser-js`. */
  | 'bot_parser'
  /** Bears the name of a program and none of a browser, or says where its maker is to be reached. */
  | 'no_browser'

export interface TrafficInput {
  kind: HitKind
  userAgent: string
  /** `''` where it is not known. */
  method: string
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
}

export interface TrafficVerdict {
  traffic: Traffic
  reason: TrafficReason
  /** Who asked for a link preview, `''` otherwise. */
  previewOf: string
}

const PERSON: TrafficVerdict = { traffic: 'person', reason: '', previewOf: '' }
const HEAD: TrafficVerdict = { traffic: 'head', reason: 'head_request', previewOf: '' }
const PREFETCH: TrafficVerdict = { traffic: 'prefetch', reason: 'prefetch_header', previewOf: '' }
const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
const REASON_OF_CLASS: Record<BotClass, TrafficReason> = {
  'ai-crawler': 'ai_crawler',
  'ai-assistant': 'ai_assistant',
  headless: 'headless_browser',
  feed: 'feed_reader',
  crawler: 'known_crawler',
  scanner: 'scanner',
}
/** Distinct user agents remembered at once, about 10 MB. */
const CACHE_SIZE = 20_000
/** Longest text the libraries' expressions are run over: stored user agents are cut at 512 bytes anyway. */
const MAX_USER_AGENT = 1024

/**
 * Makes the function that tells people from machines, by one hit alone. Tokens of apps' own browsers are tried
 * before those of bots: CUBOT telephones, `Channel/googleplay` and `Google/google` are people's. A page view that
 * the page script sent is judged by its user agent only, since its request is the script's.
 */
export function createTrafficDetector(facts: TrafficFacts): (input: TrafficInput) => TrafficVerdict {
  const inAppOf = createInAppDetector(facts.inApp)
  const previews = createPreviewDetector(facts.previews)
  const anyBot = new RegExp(facts.bots.map(({ token }) => escapeRegExp(token)).join('|'), 'i')

  const ofUserAgent = remember(CACHE_SIZE, (full): TrafficVerdict => {
    const userAgent = full.slice(0, MAX_USER_AGENT).trim()
    if (userAgent === '' || userAgent === '-') return bot('no_user_agent')
    if (inAppOf(userAgent)) return /brandverity/i.test(userAgent) ? bot('known_crawler') : PERSON
    const previewOf = previews.platformOf(userAgent)
    if (previewOf !== '') return { traffic: 'preview', reason: 'link_preview', previewOf }
    if (anyBot.test(userAgent)) {
      const lower = userAgent.toLowerCase()
      const fact = facts.bots.find(({ token }) => lower.includes(token))
      if (fact) return bot(REASON_OF_CLASS[fact.class])
    }
    if (isbot(userAgent.replace(HARMLESS, ''))) return bot('bot_list')
    if (PLAIN_BROWSER.test(userAgent) || TEXT_BROWSER.test(userAgent)) return PERSON
    if (isParserBot(userAgent)) return bot('bot_parser')
    return isProgram(userAgent) ? bot('no_browser') : PERSON
  })

  return (input) => {
    if (input.kind === 'click') {
      if (input.method === 'HEAD') return HEAD
      for (const name of PREFETCH_HEADERS) {
        const value = input.headers[name]
        if (value !== undefined && /prefetch|prerender|preview/i.test(value)) return PREFETCH
      }
    }
    return ofUserAgent(input.userAgent)
  }
}

function bot(reason: TrafficReason): TrafficVerdict {
  return { traffic: 'bot', reason, previewOf: '' }
}

const HARMLESS = new RegExp(HARMLESS_TOKENS.map(escapeRegExp).join('|'), 'g')
/** What most people send, word for word, which spares them the parser's 30 µs. */
const PLAIN_BROWSER =
  /^Mozilla\/[45]\.0 \([^()]*\)(?: AppleWebKit\/[\d.+]+ \(KHTML,? like Gecko\)(?: (?:Version|Chrome|CriOS|FxiOS|Mobile|Safari|EdgA?|EdgiOS|OPR|SamsungBrowser)\/[\w.]+| Mobile)+| Gecko\/[\d.]+ Firefox\/[\d.]+)$/
/** The parser files browsers without pictures under command-line tools. */
const TEXT_BROWSER = /^(?:E?Links|Lynx|w3m)\b/i
const BROWSER =
  /mozilla\/|webkit|gecko|khtml|presto|opera|ucweb|ucbrowser|dalvik|midp|brew|blackberry|nokia|sonyericsson|samsung|\blg[-/]|mot-|motorola|htc[_-]|zte|huawei|j2me|obigo|netfront|up\.browser|symbian|playstation|nintendo|palm|docomo|kddi|softbank|vodafone|dillo|series[46]0/i

function isProgram(userAgent: string): boolean {
  return !BROWSER.test(userAgent) || /https?:\/\/|[\w.-]{1,64}@[\w-]{1,64}\.[a-z]{2}/i.test(userAgent)
}
