import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Site } from '../../server/domain/site.ts'

/** A site as a first start makes it, for tests. */
export const testSite: Site = {
  id: 1,
  name: 'default',
  hostnames: [],
  timezone: 'UTC',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jejak-imports-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Bytes in chunks of `size`, as a file might be read. */
export async function* inChunks(bytes: Buffer | string, size = 1 << 16): AsyncGenerator<Buffer> {
  const all = Buffer.from(bytes)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

/** A line of bitly's feed; `undefined` leaves a field out. */
export function bitlyLine(fields: Record<string, unknown> = {}): string {
  const click = {
    a: 'Mozilla/5.0 (X11; Linux x86_64; rv:10.0) Gecko/20100101 Firefox/10.0',
    c: 'US',
    nk: 0,
    tz: 'America/Boise',
    gr: 'ID',
    g: 'Gl0bal',
    h: 'us3rHa',
    l: 'somebody',
    al: 'en-US,en;q=0.5',
    hh: 'go.example.gov',
    r: 'http://www.facebook.com/l/x/go.example.gov/us3rHa',
    u: 'http://agency.example.gov/report?utm_source=tw&utm_medium=social',
    t: 1_331_923_247,
    hc: 1_331_822_918,
    cy: 'Boise',
    ll: [43.6, -116.2],
    ...fields,
  }
  return JSON.stringify(click).replaceAll('/', '\\/')
}

export interface LogFields {
  address?: string
  user?: string
  time?: string
  request?: string
  status?: number
  referrer?: string
  agent?: string
}

/** A line in the combined format; fields stand in it as they are given. */
export function combinedLine(fields: LogFields = {}): string {
  const { referrer = 'http://www.google.com/search?q=trail', agent = 'Mozilla/5.0 (X11) Firefox/38.0' } =
    fields
  return `${commonLine(fields)} "${referrer}" "${agent}"`
}

export function commonLine(fields: LogFields = {}): string {
  const { address = '192.0.2.7', user = '-', time = '17/May/2015:10:05:03 +0000' } = fields
  const { request = 'GET /blog/post.html HTTP/1.1', status = 200 } = fields
  return `${address} - ${user} [${time}] "${request}" ${status} 5120`
}
