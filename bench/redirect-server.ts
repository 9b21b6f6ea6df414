import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { openControl } from '../server/control/open.ts'
import { createPreviewDetector } from '../server/domain/bots/preview.ts'
import { controlEdgeStore } from '../server/edge/control-store.ts'
import { createEdge } from '../server/edge/edge.ts'
import { openGeo } from '../server/edge/geo.ts'
import { createEdgeServer } from '../server/edge/server.ts'
import { loadPreviewFacts } from '../server/facts/load.ts'
import { openSpoolWriter } from '../server/spool/writer.ts'
import { BENCH_HOST } from './redirect-links.ts'

/*
 * One of the servers that `redirect.ts` compares, in a process of its own: `node redirect-server.mjs KIND FOLDER`.
 * Says its port over the channel and, whenever asked, what it has used so far.
 */
const DESTINATION = 'https://www.example.com/cars/city-hatch?utm_source=instagram&utm_medium=social'

async function listen(kind: string, folder: string): Promise<number> {
  if (kind === 'node') return onFreePort(constantNode())
  if (kind === 'hono') return constantHono()
  return onFreePort(await edge(folder, kind === 'edge-proxied' ? ['127.0.0.0/8'] : []))
}

function constantNode(): Server {
  return createServer((_, res) => {
    res.writeHead(302, { Location: DESTINATION, 'Cache-Control': 'private, no-store' })
    res.end()
  })
}

function constantHono(): Promise<number> {
  const app = new Hono()
  app.get('/:slug', (context) => {
    context.header('Cache-Control', 'private, no-store')
    return context.redirect(DESTINATION, 302)
  })
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port))
  })
}

/** The edge as production runs it. */
async function edge(folder: string, trustedProxies: string[]): Promise<Server> {
  const control = await openControl(`sqlite:${join(folder, 'control.db')}`, { defaultDomain: BENCH_HOST })
  const spool = await openSpoolWriter({
    directory: join(folder, `spool-${process.pid}`),
    durability: 'write',
    maxBytes: 20e9,
  })
  const previews = createPreviewDetector(loadPreviewFacts())
  const running = createEdge({
    store: controlEdgeStore(control),
    spool,
    geo: await openGeo(),
    tracker: { script: '', actions: '' },
    trustedProxies,
    isPreviewCrawler: previews.isPreviewCrawler,
    passOn: (_, res) => res.writeHead(404).end(),
  })
  await running.started
  process.on('message', (message) => {
    if (message !== 'snapshot') return
    process.send?.({ snapshot: running.snapshot(), spool: spool.stats() })
  })
  return createEdgeServer(running)
}

function onFreePort(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    })
  })
}

process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: (user + system) / 1e6, rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit())

const [kind = '', folder = ''] = process.argv.slice(2)
process.send?.({ port: await listen(kind, folder) })
