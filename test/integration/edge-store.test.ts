import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Link } from '../../server/domain/links/link.ts'
import type { EdgeStore } from '../../server/edge/store.ts'
import { type HarnessOptions, type RunningEdge, startEdge } from './edge-harness.ts'

/** The edge polls four times a second; a busy machine gets more. */
const PATIENCE = { timeout: 10_000 }

const running: RunningEdge[] = []
async function start(options: HarnessOptions = {}): Promise<RunningEdge> {
  const edge = await startEdge(options)
  running.push(edge)
  return edge
}
afterEach(async () => {
  // Those that share a control store were started after its owner.
  for (const edge of running.splice(0).reverse()) await edge.close()
})

async function makeLink(edge: RunningEdge, slug: string, destination = 'https://old.test/'): Promise<Link> {
  const { id } = await edge.control.domains.default()
  return edge.control.links.create({ domainId: id, slug, destination, clickId: 'off' })
}

const leadsTo = async (edge: RunningEdge, slug: string) => (await edge.ask(`/${slug}`)).headers.location

/** A store that can be sent away and called back. */
function switchable() {
  const asked = { linkBySlug: 0 }
  let away = false
  let hanging = false
  const wrap = (store: EdgeStore): EdgeStore => {
    const through =
      <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
      async (...args: Args): Promise<Answer> => {
        if (hanging) return new Promise(() => {})
        if (away) throw new Error('connection refused')
        return call(...args)
      }
    return {
      linkBySlug: through((host: string, key: string) => {
        asked.linkBySlug++
        return store.linkBySlug(host, key)
      }),
      latestRevision: through(() => store.latestRevision()),
      changedSince: through((revision: number, limit: number) => store.changedSince(revision, limit)),
      domains: through(() => store.domains()),
      sites: through(() => store.sites()),
      clickIdKeys: through(() => store.clickIdKeys()),
      salt: through((site: number, day: string, now: number) => store.salt(site, day, now)),
    }
  }
  return {
    wrap,
    asked,
    goAway: () => {
      away = true
    },
    hang: () => {
      hanging = true
    },
    comeBack: () => {
      away = false
      hanging = false
    },
  }
}

describe('an edit', () => {
  it('is live in every edge, with no pause in the load on the link', async () => {
    const first = await start()
    const second = await start({ control: first.control })
    const link = await makeLink(first, 'sale')
    for (const edge of [first, second]) expect(await leadsTo(edge, 'sale')).toBe('https://old.test/')
    await first.control.links.update(link.id, { destination: 'https://new.test/' })
    const edited = Date.now()
    for (const edge of [first, second]) {
      let location: string | undefined
      do location = await leadsTo(edge, 'sale')
      while (location !== 'https://new.test/' && Date.now() - edited < PATIENCE.timeout)
      expect(location).toBe('https://new.test/')
    }
    expect(first.hits().at(-1)?.linkVersion).toBe(link.version + 1)
  })

  it('of the state, the slug, the site’s keys or the signing key is taken in as well', async () => {
    const edge = await start()
    const link = await makeLink(edge, 'one', 'https://shop.test/?model=x')
    await leadsTo(edge, 'one')
    expect(edge.hits().at(-1)?.destination).toBe('https://shop.test/?model=')

    await edge.control.sites.update(link.siteId, { pageKeys: ['model'] })
    await edge.settled()
    await leadsTo(edge, 'one')
    expect(edge.hits().at(-1)?.destination).toBe('https://shop.test/?model=x')

    await edge.control.links.update(link.id, { slug: 'two' })
    await edge.settled()
    expect((await edge.ask('/one')).status).toBe(404)
    expect(await leadsTo(edge, 'two')).toBe('https://shop.test/?model=x')

    await edge.control.links.update(link.id, { state: 'disabled' })
    await edge.settled()
    expect((await edge.ask('/two')).status).toBe(410)

    await edge.control.links.update(link.id, { state: 'active', clickId: 'link' })
    await edge.settled()
    const before = await leadsTo(edge, 'two')
    await edge.control.keys.rotate()
    await edge.settled()
    expect(await leadsTo(edge, 'two')).not.toBe(before)
  })

  it('that makes a slug which was asked for in vain is live too', async () => {
    const edge = await start()
    expect((await edge.ask('/soon')).status).toBe(404)
    expect((await edge.ask('/soon')).status).toBe(404)
    await makeLink(edge, 'soon')
    await edge.settled()
    expect(await leadsTo(edge, 'soon')).toBe('https://old.test/')
  })

  it('that overtakes a look-up is not undone by it', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let lookUps = 0
    const edge = await start({
      store: (store) => ({
        ...store,
        async linkBySlug(host, key) {
          const link = await store.linkBySlug(host, key)
          if (++lookUps === 1) await held
          return link
        },
      }),
    })
    const link = await makeLink(edge, 'race')
    await edge.settled()
    const answer = leadsTo(edge, 'race')
    await vi.waitFor(() => expect(lookUps).toBe(1), PATIENCE)
    await edge.control.links.update(link.id, { destination: 'https://new.test/' })
    await edge.settled()
    release()
    expect(await answer).toBe('https://new.test/')
    expect(await leadsTo(edge, 'race')).toBe('https://new.test/')
    expect(lookUps).toBe(2)
  })

  it('is asked for once by all who come at the same time', async () => {
    const store = switchable()
    const edge = await start({ store: store.wrap })
    await makeLink(edge, 'crowd')
    await edge.settled()
    const answers = await Promise.all(Array.from({ length: 30 }, () => edge.ask('/crowd')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([302]))
    expect(store.asked.linkBySlug).toBe(1)
  })
})

describe('a control store that is away', () => {
  it('leaves known links as they are, and others 503, and is caught up with', async () => {
    const store = switchable()
    const edge = await start({ store: store.wrap })
    const known = await makeLink(edge, 'known')
    const later = await makeLink(edge, 'later')
    expect(await leadsTo(edge, 'known')).toBe('https://old.test/')

    store.goAway()
    await vi.waitFor(() => expect(edge.edge.snapshot().storeReachable).toBe(false), PATIENCE)
    const hits = edge.hits().length
    expect(await leadsTo(edge, 'known')).toBe('https://old.test/')
    const unknown = await edge.ask('/later')
    expect(unknown).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2', 'cache-control': 'no-store' },
    })
    expect(edge.hits()).toHaveLength(hits + 1)
    const ready = await edge.ask('/readyz')
    expect(ready.status).toBe(200)
    expect(JSON.parse(ready.body)).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringMatching(/^control store/)],
    })

    await edge.control.links.update(known.id, { destination: 'https://new.test/' })
    await edge.control.links.update(later.id, { destination: 'https://later.test/' })
    store.comeBack()
    await edge.settled()
    expect(await leadsTo(edge, 'known')).toBe('https://new.test/')
    expect(await leadsTo(edge, 'later')).toBe('https://later.test/')
    await vi.waitFor(
      async () => expect(JSON.parse((await edge.ask('/readyz')).body).status).toBe('ok'),
      PATIENCE,
    )
  })

  it('is given two seconds when it hangs', async () => {
    const store = switchable()
    const edge = await start({ store: store.wrap })
    await makeLink(edge, 'known')
    await leadsTo(edge, 'known')
    store.hang()
    expect((await edge.ask('/other')).status).toBe(503)
    expect(await leadsTo(edge, 'known')).toBe('https://old.test/')
    store.comeBack()
    await vi.waitFor(async () => expect((await edge.ask('/other')).status).toBe(404), PATIENCE)
  })

  it('from the start means 503 for slugs and not ready, until it is heard of', async () => {
    const store = switchable()
    store.goAway()
    const edge = await start({ store: store.wrap, waitForStore: false })
    expect((await edge.ask('/any')).status).toBe(503)
    expect((await edge.ask('/healthz')).status).toBe(200)
    const ready = await edge.ask('/readyz')
    expect(ready.status).toBe(503)
    expect(JSON.parse(ready.body).status).toBe('starting')
    store.comeBack()
    await edge.edge.started
    expect((await edge.ask('/any')).status).toBe(404)
    expect((await edge.ask('/readyz')).status).toBe(200)
  })
})

describe('what the process around the edge says', () => {
  it('is in /readyz: reasons degrade it, draining ends it', async () => {
    let phase: 'ready' | 'draining' = 'ready'
    const edge = await start({ readiness: () => ({ phase, reasons: ['engine: restarting'] }) })
    const ready = await edge.ask('/readyz')
    expect(ready.status).toBe(200)
    expect(JSON.parse(ready.body)).toMatchObject({ status: 'degraded', reasons: ['engine: restarting'] })
    phase = 'draining'
    expect(await edge.ask('/readyz')).toMatchObject({ status: 503 })
  })

  it('goes with a warning where forwarding headers come from just anybody', async () => {
    const warnings: string[] = []
    const edge = await start({
      log: { info() {}, error() {}, warn: (_, message) => void warnings.push(message) },
    })
    for (let i = 0; i < 3; i++) await edge.ask('/x', { headers: { 'x-forwarded-for': '1.2.3.4' } })
    await vi.waitFor(() => expect(warnings).toHaveLength(1), PATIENCE)
    expect(JSON.parse((await edge.ask('/readyz')).body)).toMatchObject({
      status: 'ok',
      warnings: [expect.any(String)],
    })
    expect(warnings[0]).not.toMatch(/1\.2\.3\.4/)
  })
})

describe('a spool that takes nothing more', () => {
  it('does not stop redirects; the loss is counted and shown, and events are told', async () => {
    const edge = await start({ spoolMaxBytes: 0 })
    const site = await edge.control.sites.byName('default')
    await edge.control.sites.update(site?.id ?? 0, { hostnames: ['shop.example'] })
    await makeLink(edge, 'known')
    await edge.settled()
    expect(await leadsTo(edge, 'known')).toBe('https://old.test/')
    const event = { id: '0'.repeat(32), url: 'https://shop.example/' }
    expect((await edge.ask('/e', { method: 'POST' }, JSON.stringify(event))).status).toBe(503)
    expect(edge.edge.snapshot()).toMatchObject({ redirected: 1, lost: 2 })
    expect(JSON.parse((await edge.ask('/readyz')).body).reasons[0]).toMatch(/spool_full/)
  })
})

describe('a flood of unknown slugs', () => {
  it('from one address is answered, and stored sixty times a minute', async () => {
    let instant = 1_800_000_000_000
    const edge = await start({ now: () => instant, trustedProxies: ['127.0.0.1'] })
    await makeLink(edge, 'known')
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
    for (let i = 0; i < 65; i++) expect((await edge.ask(`/none-${i}`, from('1.2.3.4'))).status).toBe(404)
    expect(edge.hits()).toHaveLength(60)
    expect(edge.edge.snapshot()).toMatchObject({ unknown: 65, flooded: 5 })
    await edge.ask('/none', from('1.2.3.5'))
    expect(edge.hits()).toHaveLength(61)
    await edge.ask('/known', from('1.2.3.4'))
    expect(edge.hits()).toHaveLength(62)
    instant += 60_000
    await edge.ask('/none', from('1.2.3.4'))
    expect(edge.hits()).toHaveLength(63)
  })
})

describe('the latencies of redirects', () => {
  it('are counted, each in its bucket', async () => {
    const edge = await start()
    await makeLink(edge, 'known')
    for (let i = 0; i < 5; i++) await edge.ask('/known')
    const { latency, redirected, cachedLinks } = edge.edge.snapshot()
    expect({ redirected, cachedLinks, count: latency.count }).toEqual({
      redirected: 5,
      cachedLinks: 1,
      count: 5,
    })
    expect(latency.counts.reduce((sum, count) => sum + count)).toBe(5)
    expect(latency.counts).toHaveLength(latency.bounds.length + 1)
    expect(latency.sumMs).toBeGreaterThan(0)
  })
})
