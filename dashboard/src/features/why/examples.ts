import type { VisitLabel } from '../../../../server/domain/visit/classify-visit.ts'
import type { WhySearch } from './search.ts'

export interface Example {
  label: string
  visit: Omit<WhySearch, 'site'>
  /** What it is there to show; a test holds it to that. */
  shows: Partial<VisitLabel>
}

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const INSTAGRAM =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,2; iOS 18_5; en_GB; en; scale=3.00; 1179x2556; 751868219)'

/** Visits to begin with, each of a kind that is often labelled wrongly. */
export const EXAMPLES: readonly Example[] = [
  {
    label: 'Instagram story with fbclid',
    visit: {
      url: 'https://cars.example/offers?fbclid=PAZXh0bgNhZW0CMTEAAac',
      referrer: 'https://l.instagram.com/',
      ua: INSTAGRAM,
    },
    shows: { channel: 'Organic Social', source: 'Instagram', rule: 'click-id', bot: false },
  },
  {
    label: 'utm_source=ig',
    visit: { url: 'https://cars.example/?utm_source=ig&utm_medium=referral&utm_campaign=spring' },
    shows: { channel: 'Organic Social', source: 'Instagram', rule: 'utm-source', bot: null },
  },
  {
    label: 'Google with gclid',
    visit: {
      url: 'https://cars.example/test-drive?gclid=Cj0KCQiA4feBhC9ARIsABp',
      referrer: 'https://www.google.com/',
      ua: CHROME,
    },
    shows: { channel: 'Paid Search', source: 'Google', rule: 'paid-click-id', bot: false },
  },
  {
    label: 'Scheduled with Hootsuite',
    visit: {
      url: 'https://cars.example/?utm_source=hootsuite&utm_medium=twitter&utm_campaign=launch',
      referrer: 'https://t.co/aBcD123',
      ua: CHROME,
    },
    shows: { channel: 'Organic Social', source: 'X', tool: 'Hootsuite', bot: false },
  },
  {
    label: 'Telegram’s preview',
    visit: { url: 'https://cars.example/offers', ua: 'TelegramBot (like TwitterBot)' },
    shows: { bot: true, botReason: 'link_preview', platform: 'telegram' },
  },
  {
    label: 'ChatGPT',
    visit: {
      url: 'https://cars.example/dealers?utm_source=chatgpt.com',
      referrer: 'https://chatgpt.com/',
      ua: CHROME,
    },
    shows: { channel: 'AI Assistants', source: 'ChatGPT', bot: false },
  },
]
