import { randomBytes } from 'node:crypto'
import type { RawHit } from '../../server/domain/hit.ts'
import { type Answer, type HarnessOptions, type RunningEdge, startEdge } from './edge-harness.ts'

export const ORIGIN = 'https://www.shop.example'
export const PAGE_URL = `${ORIGIN}/cars?model=x`
export const newId = () => randomBytes(16).toString('hex')

/** An edge with one site on shop.example, and pages that send it messages. */
export interface Shop {
  running: RunningEdge
  siteId: number
  /** Sends a message as a page of the shop does. */
  tell(message: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Sends these bytes as a page of the shop does. */
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>
  /** The hits that came since the last time this was asked. */
  newHits(): RawHit[]
}

export async function openShop(options: HarnessOptions = {}): Promise<Shop> {
  const running = await startEdge(options)
  const siteId = (await running.control.sites.byName('default'))?.id ?? 0
  await running.control.sites.update(siteId, { hostnames: ['shop.example'], pageKeys: ['model'] })
  await running.settled()
  let seen = 0
  const post: Shop['post'] = (body, headers = {}) => {
    const sent = { origin: ORIGIN, 'content-type': 'text/plain;charset=UTF-8', ...headers }
    // What sends it takes bytes as well as text.
    return running.ask('/e', { method: 'POST', headers: sent }, body as string)
  }
  return {
    running,
    siteId,
    post,
    tell: (message, headers) => post(JSON.stringify(message), headers),
    newHits() {
      const hits = running.hits().slice(seen)
      seen += hits.length
      return hits
    },
  }
}

export const pageview = (fields: object = {}) => ({
  kind: 'pageview',
  id: newId(),
  url: PAGE_URL,
  age: 0,
  ...fields,
})

/** An event that happened on a page. */
export const happened = (kind: string, fields: object = {}) => ({
  kind,
  id: newId(),
  url: PAGE_URL,
  page: newId(),
  age: 0,
  ...fields,
})

export const goal = (name: string, fields: object = {}) =>
  happened('event', { type: 'custom', name, ...fields })

export const attention = (fields: object = {}) =>
  happened('engagement', { engaged: 1500, scroll: 50, ...fields })
