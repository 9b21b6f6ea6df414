import { TEXT_CAPS } from '../domain/hit.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import type { AddressReader, ClientAddress, ForwardingHeaders } from './address.ts'
import { capBytes, headerText } from './cap.ts'
import type { Geo, KnownPlace } from './geo.ts'
import { jsonText } from './request-headers.ts'
import { type DailySalts, visitorKey } from './salts.ts'
import { createTextMemo } from './text-memo.ts'

/** A text as it is stored, and as JSON. */
export interface StoredText {
  text: string
  json: string
  cut: boolean
}

export interface StoredUserAgent extends StoredText {
  /** A link-preview crawler: gets no click id. */
  previewCrawler: boolean
}

/** Who asks, without the address. */
export interface Visitor {
  place: KnownPlace
  /** 16 hex digits, or empty. */
  key: string
  /** The key under yesterday's salt, in a day's first half hour. */
  previousKey: string
}

/** What the edge knows of whoever makes a request. */
export interface VisitReader {
  client(peer: string | undefined, headers: ForwardingHeaders): ClientAddress
  /** @param userAgent as the header had it */
  visitor(client: ClientAddress, userAgent: string, siteId: number, now: number): Visitor
  userAgent(raw: string): StoredUserAgent
  referrer(raw: string, keptKeys: ReadonlySet<string>): StoredText
}

export interface VisitOptions {
  addresses: AddressReader
  geo: Geo
  salts: DailySalts
  isPreviewCrawler(userAgent: string): boolean
}

const NO_KEYS: ReadonlySet<string> = new Set()
const MEMO_TEXTS = 5000
const MEMO_REFERRER_LENGTH = 256

/** Turns what a request says of its sender into what may be kept: the address ends here. */
export function createVisitReader(options: VisitOptions): VisitReader {
  const { addresses, geo, salts } = options
  const userAgent = createTextMemo<StoredUserAgent>(
    (raw) => {
      const whole = headerText(raw)
      const previewCrawler = options.isPreviewCrawler(whole)
      return { ...storedText(whole, TEXT_CAPS.userAgent), previewCrawler }
    },
    MEMO_TEXTS,
    TEXT_CAPS.userAgent,
  )
  const referrerBy = (raw: string, keptKeys: ReadonlySet<string>) =>
    storedText(privateUrl(headerText(raw), keptKeys), TEXT_CAPS.referrer)
  const plainReferrer = createTextMemo((raw) => referrerBy(raw, NO_KEYS), MEMO_TEXTS, MEMO_REFERRER_LENGTH)
  return {
    client: (peer, headers) => addresses.read(peer, headers),
    visitor(client, agent, siteId, now) {
      const { current, previous } = salts.at(siteId, now)
      return {
        place: geo.placeOf(client.address),
        key: visitorKey(current, siteId, client.household, agent),
        previousKey: previous === '' ? '' : visitorKey(previous, siteId, client.household, agent),
      }
    },
    userAgent,
    referrer: (raw, keptKeys) => (keptKeys.size === 0 ? plainReferrer(raw) : referrerBy(raw, keptKeys)),
  }
}

export function storedText(whole: string, maxBytes: number): StoredText {
  const text = capBytes(whole, maxBytes)
  return { text, json: jsonText(text), cut: text !== whole }
}
