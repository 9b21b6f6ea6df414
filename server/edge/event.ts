import type { EventType } from '../domain/hit.ts'

/** What a page tells in one request. */
export interface PageMessage {
  /** The site's name, where the page says it. */
  site: string | undefined
  /** Whether the visitor has consented, as far as the page knows; undefined where it does not. */
  consent: boolean | undefined
  events: PageEvent[]
  /** Where an event's field stands in the message, as problems name it: `events[3].url`, or `url` of a lone pageview. */
  fieldOf(index: number, field: string): string
}

export type PageEvent = PageviewEvent | EngagementEvent | ActionEvent | IdentifyEvent

interface EventBase {
  /** 32 lower-case hex digits, made by the page. */
  id: string
  /** The page's address, without our click id. */
  url: URL
  /** Milliseconds between the event and its sending, by the page's monotonic clock. */
  age: number
}

export interface PageviewEvent extends EventBase {
  kind: 'pageview'
  /** The click id that the address or the event carried; empty where there was none. */
  clickId: string
  referrer: string
}

interface OnPage extends EventBase {
  /** Id of the pageview on which it happened. */
  page: string
}

export interface EngagementEvent extends OnPage {
  kind: 'engagement'
  /** Milliseconds of attention since the last report. */
  engaged: number
  /** Per cent of the page's height. */
  scroll: number
}

export interface ActionEvent extends OnPage {
  kind: 'event'
  type: ActionType
  name: string
  /** As the page gave it. */
  target: string
  /** A decimal of at most four places, or empty. */
  value: string
  currency: string
  key: string
  props: Record<string, string>
  /** Some property was longer than its cap. */
  propsCut: boolean
}

export interface IdentifyEvent extends OnPage {
  kind: 'identify'
  externalId: string
}

/** What a page may report beside pageviews and attention. */
export type ActionType = Extract<EventType, 'custom' | 'outbound' | 'download' | 'tel' | 'mail' | 'form'>

export interface EventProblem {
  field: string
  message: string
}
