import { TEXT_CAPS } from '../domain/hit.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import type { AddressReader, ClientAddress, ForwardingHeaders } from './address.ts'
import { capBytes, headerText } from './cap.ts'
import type { Geo, Place } from './geo.ts'
import { type DailySalts, visitorKey } from './salts.ts'
import { createTextMemo } from './text-memo.ts'

/** A text as it is stored. */
export interface StoredText {
  text: string
  cut: boolean
}

export interface StoredUserAgent extends StoredText {
  /** A link-preview crawler: gets no click id. */
  previewCrawler: boolean
}

/** Who asks, without the address. */
export interface Visitor {
  place: Place
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
const MEMO_TEXTS = 2000

/** Turns what a request says of its sender into what may be kept: the address ends here. */
export function createVisitReader(options: VisitOptions): VisitReader {
  const { addresses, geo, salts } = options
  const userAgent = createTextMemo<StoredUserAgent>(
    (raw) => {
      const whole = headerText(raw)
      const text = capBytes(whole, TEXT_CAPS.userAgent)
      return { text, cut: text !== whole, previewCrawler: options.isPreviewCrawler(whole) }
    },
    MEMO_TEXTS,
    TEXT_CAPS.userAgent,
  )
  const plainReferrer = createTextMemo(
    (raw) => storedUrl(headerText(raw), NO_KEYS, TEXT_CAPS.referrer),
    MEMO_TEXTS,
    256,
  )
  return {
    client: (peer, headers) => addresses.read(peer, headers),
    visitor(client, agent, siteId, now) {
      const { current, previous } = salts.at(siteId, now)
      return {
        place: geo.placeOf(client.address),
        key: visitorKey(current, siteId, client.household, agent),
        previousKey: visitorKey(previous, siteId, client.household, agent),
      }
    },
    userAgent,
    referrer: (raw, keptKeys) =>
      keptKeys.size === 0 ? plainReferrer(raw) : storedUrl(headerText(raw), keptKeys, TEXT_CAPS.referrer),
  }
}

/** An address made private, then capped. */
export function storedUrl(url: string, keptKeys: ReadonlySet<string>, maxBytes: number): StoredText {
  const whole = privateUrl(url, keptKeys)
  const text = capBytes(whole, maxBytes)
  return { text, cut: text !== whole }
}
