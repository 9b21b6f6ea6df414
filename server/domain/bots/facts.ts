import type { InAppFact } from '../channels/facts.ts'

/** Kinds of machines that the project's own tokens tell apart. */
export const BOT_CLASSES = ['ai-crawler', 'ai-assistant', 'headless', 'feed', 'crawler', 'scanner'] as const
export type BotClass = (typeof BOT_CLASSES)[number]

/** A token of a machine's user agent, lower case. */
export interface BotFact {
  token: string
  class: BotClass
}

/** A token of the fetchers that make link previews, lower case; `^` at its start ties it to the user agent's. */
export interface PreviewFact {
  token: string
  /** Who asked for the preview. */
  platform: string
}

/** The tables that the traffic detector reads. */
export interface TrafficFacts {
  bots: readonly BotFact[]
  previews: readonly PreviewFact[]
  inApp: readonly InAppFact[]
}
