import { pick, referrer, seeded, userAgent } from './support/traffic.ts'

export const BENCH_SITE = 'www.example.com'
const ORIGIN = `https://${BENCH_SITE}`

export interface Message {
  method: 'POST'
  path: '/e'
  headers: Record<string, string>
  body: string
}

/** What a page tells at a time: its view, or view, attention and a goal as one batch. */
export type MessageKind = 'pageview' | 'batch'

const PAGES = ['cars/city-hatch', 'dealers', 'test-drive', 'offers/spring', 'cars/compare']

/** Messages of pages in phones and desktops, each from an address of its own, as a proxy in front passes them on. */
export function messages(count: number, kind: MessageKind, seed: number): Message[] {
  const random = seeded(seed)
  return Array.from({ length: count }, () => {
    const view = id(random)
    const campaign = `utm_source=instagram&utm_medium=social&utm_campaign=spring-${Math.floor(random() * 300)}`
    const url = `${ORIGIN}/${pick(random, PAGES)}?model=x${Math.floor(random() * 40)}&${campaign}`
    const pageview = { id: view, url, referrer: referrer(random), age: 12.5 }
    const told =
      kind === 'pageview'
        ? pageview
        : {
            site: 'default',
            events: [
              { kind: 'pageview', ...pageview },
              { kind: 'engagement', id: id(random), url, page: view, engaged: 4200, scroll: 61, age: 3.1 },
              {
                ...{ kind: 'event', id: id(random), url, page: view, type: 'custom', age: 1.5 },
                ...{ name: 'dealer found', value: 12.5, currency: 'EUR', props: { dealer: 'd-12', km: 7 } },
              },
            ],
          }
    const body = JSON.stringify(told)
    return { method: 'POST', path: '/e', headers: headers(random), body }
  })
}

function headers(random: () => number): Record<string, string> {
  return {
    host: 'go.example',
    'user-agent': userAgent(random),
    accept: '*/*',
    'accept-language': 'de-DE,de;q=0.9,en;q=0.8',
    'accept-encoding': 'gzip, deflate, br',
    'content-type': 'text/plain;charset=UTF-8',
    origin: ORIGIN,
    referer: `${ORIGIN}/`,
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    'x-forwarded-for': `${[11, 1, 1, 1].map((least) => least + Math.floor(random() * 200)).join('.')}`,
  }
}

function id(random: () => number): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
}
