import { isbot } from 'isbot'
import { isBot as isParserBot } from 'ua-parser-js/bot-detection'
import { HARMLESS_TOKENS } from '../../facts/words.ts'
import { createInAppDetector, escapeRegExp } from '../channels/in-app.ts'
import type { HitKind } from '../hit.ts'
import type { Traffic } from '../judged.ts'
import { remember } from '../remember.ts'
import type { BurstReason } from './burst.ts'
import type { BotClass, TrafficFacts } from './facts.ts'
import { createPreviewDetector } from './preview.ts'

/** Why a hit is not a person's; `''` for people. */
export type TrafficReason =
  | ''
  /** The request asked for headers only. */
  | 'head_request'
  /** `Purpose`, `X-Purpose`, `Sec-Purpose` or `X-Moz` says that nobody has asked for the page yet. */
  | 'prefetch_header'
  /** `Sec-Fetch-Mode` says that a script or an image asked, not somebody who goes to a page. */
  | 'not_navigation'
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
  /** Bears the name of a program and none of a browser or a device, or says where its maker is to be reached. */
  | 'no_browser'
  /** A person's browser by all that it says, from a network of machines (`RawHit.hosting`). */
  | 'hosting_network'
  /** A person's seen alone, a machine's by what came around it. */
  | BurstReason

export interface TrafficInput {
  kind: HitKind
  userAgent: string
  /** `''` where it is not known. */
  method: string
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
  /** The hit came from a data centre, by the operator's list of networks. */
  hosting?: boolean
}

export interface TrafficVerdict {
  traffic: Traffic
  reason: TrafficReason
  /** The kind of machine; `''` for people. */
  class: TrafficClass
  /** Who asked for a link preview, `''` otherwise. */
  previewOf: string
}

/**
 * `preview`: link previews. `program`: something that names itself and is no browser. `network`: by where it stands.
 * `burst`: by what came around it.
 */
export type TrafficClass =
  | ''
  | BotClass
  | 'preview'
  | 'head'
  | 'prefetch'
  | 'script'
  | 'nameless'
  | 'program'
  | 'network'
  | 'burst'

const PERSON: TrafficVerdict = { traffic: 'person', reason: '', class: '', previewOf: '' }
const HEAD: TrafficVerdict = { traffic: 'head', reason: 'head_request', class: 'head', previewOf: '' }
const PREFETCH: TrafficVerdict = {
  traffic: 'prefetch',
  reason: 'prefetch_header',
  class: 'prefetch',
  previewOf: '',
}
const SCRIPT = bot('not_navigation', 'script')
const HOSTING = bot('hosting_network', 'network')
const HEADLESS = bot('headless_browser', 'headless')
/** Headers by which a browser says that nobody has asked for the page yet. */
export const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const
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
 * the page script sent is judged by its user agent and network only, since its request is the script's.
 *
 * Of `Sec-Fetch-*` only a mode other than `navigate` counts: every browser that sends the header says `navigate`
 * when somebody follows a link. That it is missing proves nothing (old browsers, plain http, proxies), and neither
 * does `X-Requested-With`, which names the app around a web view and acquits nobody.
 */
export function createTrafficDetector(facts: TrafficFacts): (input: TrafficInput) => TrafficVerdict {
  const inAppOf = createInAppDetector(facts.inApp)
  const previews = createPreviewDetector(facts.previews)
  const anyBot = new RegExp(facts.bots.map(({ token }) => escapeRegExp(token)).join('|'), 'i')

  const ofUserAgent = remember(CACHE_SIZE, (full): TrafficVerdict => {
    const userAgent = full.slice(0, MAX_USER_AGENT).trim()
    if (userAgent === '' || userAgent === '-') return bot('no_user_agent', 'nameless')
    if (inAppOf(userAgent)) return /brandverity/i.test(userAgent) ? bot('known_crawler', 'crawler') : PERSON
    const previewOf = previews.platformOf(userAgent)
    if (previewOf !== '') return { traffic: 'preview', reason: 'link_preview', class: 'preview', previewOf }
    if (anyBot.test(userAgent)) {
      const lower = userAgent.toLowerCase()
      const fact = facts.bots.find(({ token }) => lower.includes(token))
      if (fact) return bot(REASON_OF_CLASS[fact.class], fact.class)
    }
    if (TEXT_BROWSER.test(userAgent)) return PERSON
    if (PHONE_BROWSER.test(userAgent) && !NOT_A_PHONE.test(userAgent)) return PERSON
    if (APP_VIEW.test(userAgent) && !NOT_A_PHONE.test(userAgent)) return PERSON
    if (isbot(userAgent.replace(HARMLESS, ''))) return bot('bot_list', 'crawler')
    if (PLAIN_BROWSER.test(userAgent)) return PERSON
    if (isParserBot(userAgent)) return bot('bot_parser', 'crawler')
    return isProgram(userAgent) ? bot('no_browser', 'program') : PERSON
  })

  return (input) => {
    const byRequest = input.kind === 'click' ? ofRequest(input) : null
    if (byRequest === HEAD || byRequest === PREFETCH) return byRequest
    const verdict = ofUserAgent(input.userAgent)
    if (verdict !== PERSON) return verdict
    return byRequest ?? (input.hosting ? HOSTING : PERSON)
  }
}

/**
 * What the request says by itself, whoever sent it: method and headers. Null where they speak for nobody. For the
 * clicks of people and of whoever poses as one; a page view's request is the script's own.
 */
export function ofRequest({
  method,
  headers,
}: Pick<TrafficInput, 'method' | 'headers'>): TrafficVerdict | null {
  if (method === 'HEAD') return HEAD
  for (const name of PREFETCH_HEADERS) {
    const value = headers[name]
    if (value !== undefined && /prefetch|prerender|preview/i.test(value)) return PREFETCH
  }
  if (headers['sec-ch-ua']?.includes('HeadlessChrome')) return HEADLESS
  const mode = headers['sec-fetch-mode']
  return mode === undefined || mode === '' || mode === 'navigate' ? null : SCRIPT
}

/** What stands of a click that looked like a person's, by what came around it (`burstsOf`). */
export function burstVerdict(reason: BurstReason): TrafficVerdict {
  return bot(reason, 'burst')
}

function bot(reason: TrafficReason, ofClass: TrafficClass): TrafficVerdict {
  return { traffic: 'bot', reason, class: ofClass, previewOf: '' }
}

const HARMLESS = new RegExp(HARMLESS_TOKENS.map(escapeRegExp).join('|'), 'g')
/** What most people send, word for word, which spares them the parser's 30 µs. */
const PLAIN_BROWSER =
  /^Mozilla\/[45]\.0 \([^()]*\)(?: AppleWebKit\/[\d.+]+ \(KHTML,? like Gecko\)(?: (?:Version|Chrome|CriOS|FxiOS|Mobile|Safari|EdgA?|EdgiOS|OPR|SamsungBrowser)\/[\w.]+| Mobile)+| Gecko\/[\d.]+ Firefox\/[\d.]+)$/
/** The libraries file browsers without pictures, and one with few, under tools. */
const TEXT_BROWSER = /^(?:E?Links|Lynx|w3m|Dillo|NetSurf)\b/i
/** Telephones from before there were browsers to speak of; lists take their `Java` and their bare names for a tool's. */
const PHONE_BROWSER =
  /\bMIDP|UP\.Browser|WAP[- ]?Browser|\bMAUI\b|_MAUI\b|Teleca|Obigo|NetFront|^UCWEB|JavaPlatform|Screen-\d+x\d+/i
/**
 * A web view of whatever app, by how Android and iOS begin its user agent. What the app adds is its own name, in which
 * lists of bots find their words: `NewsArticle/`, `Grab/`, a `|` between two measures of the screen.
 */
const APP_VIEW =
  /^Mozilla\/5\.0 \((?:Linux; [^()]*; wv\) AppleWebKit\/[\d.]+ \(KHTML, like Gecko\) Version\/4\.0 Chrome\/|iP(?:hone|ad|od)[^()]*\) AppleWebKit\/[\d.]+ \(KHTML, like Gecko\) Mobile\/)/
const NOT_A_PHONE =
  /agent|bot\b|bot[/-]|spider|crawl|compatible;|https?:\/\/|@|transcoder|validator|checker|preview|synthetic/i
const BROWSER =
  /mozilla\/|webkit|gecko|khtml|presto|opera|ucweb|ucbrowser|dalvik|midp|brew|blackberry|nokia|sonyericsson|samsung|\blg[-/]|mot-|motorola|htc[_-]|zte|huawei|j2me|obigo|netfront|up\.browser|symbian|playstation|nintendo|palm|docomo|kddi|softbank|vodafone|dillo|series[46]0/i

/** Apps name the device that they run on: an address opened by one is a person's, as on every public list. */
const DEVICE =
  /iphone|ipad|ipod|\bios\b|[-_]ios\b|android|cfnetwork|darwin|apple ?tv|windows (?:nt|phone)|\bwin(?:10|11|32|64) x|os=mac|amiga|morphos|beos|\bx11\b|quicktime|\broku|sonos|mozacfetch|microsoft office|googleapp/i
const CONTACT = /https?:\/\/|[\w.-]{1,64}@[\w-]{1,64}\.[a-z]{2}/i

/** A name that claims to be compatible, and says nothing more: `Mozilla/4.0 (compatible; grub-client-2.3)`. */
const COMPATIBLE_ALONE = /^Mozilla\/\d[\d.]* \(compatible;[^()]*(?:\([^()]*\)[^()]*)*\)?$/i
const PLATFORM = /msie|trident|gecko|khtml|konqueror|windows|linux|\bmac|office|opera|symbian/i

function isProgram(userAgent: string): boolean {
  if (CONTACT.test(userAgent)) return true
  if (DEVICE.test(userAgent)) return false
  return !BROWSER.test(userAgent) || (COMPATIBLE_ALONE.test(userAgent) && !PLATFORM.test(userAgent))
}
