import { describe, expect, it } from 'vitest'
import { missing, site } from './tracker-support.ts'

const jejak = site()

/** What the device holds of a page's origin. */
const STORED = `(async () => ({
  cookies: document.cookie,
  local: { ...localStorage },
  session: { ...sessionStorage },
  databases: (await indexedDB.databases()).map(({ name }) => name),
  caches: await caches.keys(),
}))()`
const NOTHING = { cookies: '', local: {}, session: {}, databases: [], caches: [] }

describe.skipIf(missing !== undefined)(`delivery${missing ? ` (${missing})` : ''}`, () => {
  it.each([
    [503, 'the service is down'],
    [429, 'the service has had too many'],
    [0, 'the connection breaks'],
  ])('tries again after %i (%s), under the same id, with the age it has by then', async (status) => {
    jejak.answers.push(status, status)
    await jejak.visit('/')
    await expect.poll(() => jejak.messages.length, { timeout: 15_000 }).toBe(3)
    const tries = jejak.messages.map(({ events }) => events[0])
    expect(new Set(tries.map((event) => event?.id)).size).toBe(1)
    const ages = tries.map((event) => event?.age ?? -1)
    expect(ages[0]).toBeGreaterThanOrEqual(0)
    // The pauses are 2 and 4 seconds.
    expect((ages[1] ?? 0) - (ages[0] ?? 0)).toBeGreaterThanOrEqual(1_990)
    expect((ages[2] ?? 0) - (ages[1] ?? 0)).toBeGreaterThanOrEqual(3_990)
    expect(jejak.complaints).toEqual([])
  })

  it('gives up after six more tries with longer and longer pauses, until something else happens', async () => {
    jejak.answers.push(...Array(8).fill(503))
    const page = await jejak.newPage()
    await page.clock.install()
    await page.goto(jejak.address('/'))
    await expect.poll(() => jejak.messages.length).toBe(1)
    for (const [done, pause] of [2, 4, 8, 16, 32, 64].entries()) {
      await page.clock.runFor(pause * 1_000 - 600)
      expect(jejak.messages).toHaveLength(done + 1)
      await page.clock.runFor(700)
      await expect.poll(() => jejak.messages.length).toBe(done + 2)
      // The answer has arrived at the page, and the next pause has begun.
      await page.evaluate('new Promise((done) => queueMicrotask(done))')
      await page.waitForLoadState('networkidle')
    }
    await page.clock.runFor(600_000)
    expect(jejak.messages).toHaveLength(7)
    jejak.answers.length = 0
    await page.evaluate(`jejak('goal', 'later')`)
    await jejak.received('event', 1)
    const kinds = jejak.messages.at(-1)?.events.map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['pageview', 'event']))
    expect(new Set(jejak.events('pageview').map(({ id }) => id)).size).toBe(1)
  })

  it.each([400, 403, 413])('does not try again after %i', async (status) => {
    jejak.answers.push(status)
    const page = await jejak.newPage()
    await page.clock.install()
    await page.goto(jejak.address('/'))
    await jejak.received('pageview', 1)
    await page.waitForLoadState('networkidle')
    await page.clock.runFor(300_000)
    await page.evaluate(`jejak('goal', 'after')`)
    await jejak.received('event', 1)
    expect(jejak.events('pageview')).toHaveLength(1)
  })

  it('gives each event of a refused message a message of its own, once', async () => {
    const page = await jejak.visit('/')
    await jejak.received('pageview', 1)
    jejak.answers.push(400, 202, 400, 202)
    await page.evaluate(`jejak('goal', 'a'); jejak('goal', 'b', { currency: 'euro' }); jejak('goal', 'c')`)
    await expect.poll(() => jejak.messages.length, { timeout: 10_000 }).toBe(5)
    await page.waitForLoadState('networkidle')
    expect(jejak.messages.slice(1).map(({ events }) => events.map(({ name }) => name))).toEqual([
      ['a', 'b', 'c'],
      ['a'],
      ['b'],
      ['c'],
    ])
  })

  it('keeps the ages of a page right whose clock is set wrong, and back', async () => {
    const page = await jejak.newPage()
    await page.addInitScript(`Date.now = () => 0; Date = class extends Date { constructor() { super(0) } }`)
    await page.goto(jejak.address('/'))
    expect((await jejak.received('pageview', 1))[0]?.age).toBeLessThan(10_000)
  })

  it('asks the browser to let each request outlive the page', async () => {
    // On one machine a request is out before its page is gone, so that its loss cannot be seen.
    const page = await jejak.newPage()
    await page.addInitScript(`
      const real = fetch
      window.asked = []
      window.fetch = (to, options) => { asked.push(options.keepalive); return real(to, options) }
    `)
    await page.goto(jejak.address('/'))
    await page.evaluate(`jejak('goal', 'x')`)
    await jejak.received('event', 1)
    const asked = (await page.evaluate('asked')) as unknown[]
    expect(asked.length).toBeGreaterThan(0)
    expect(new Set(asked)).toEqual(new Set([true]))
  })

  it('sends by beacon where there is no fetch', async () => {
    const page = await jejak.newPage()
    await page.addInitScript('window.fetch = undefined')
    await page.goto(jejak.address('/'))
    await jejak.received('pageview', 1)
    await page.evaluate(`jejak('goal', 'one')`)
    await jejak.received('event', 1)
    expect(jejak.messages).toHaveLength(2)
    expect(jejak.messages[0]?.headers['content-type']).toMatch(/^text\/plain/)
    expect(jejak.complaints).toEqual([])
  })

  it.each([
    ['fetch throws', `window.fetch = () => { throw new Error('broken') }`],
    ['fetch answers with nothing', 'window.fetch = () => undefined'],
    ['neither fetch nor beacon is there', 'window.fetch = undefined; navigator.sendBeacon = undefined'],
    ['the beacon refuses', 'window.fetch = undefined; navigator.sendBeacon = () => false'],
    [
      'there is no storage',
      `for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })`,
    ],
    [
      'history cannot be changed',
      `Object.freeze(History.prototype); history.replaceState = () => { throw new Error('too often') }`,
    ],
    ['there are no random numbers', 'Object.defineProperty(window, "crypto", { value: undefined })'],
  ])('disturbs no page where %s', async (_, breakIt) => {
    const page = await jejak.newPage()
    await page.addInitScript(breakIt)
    await page.goto(jejak.address('/?jjk=ID'))
    await page.waitForFunction('document.readyState === "complete"')
    await page.evaluate(`
      typeof jejak === 'function' && ['goal', 'consent', 'identify', 'optOut', 'pageview'].forEach((name) => jejak(name, 'x'))
    `)
    await page.waitForTimeout(300)
    expect(jejak.complaints).toEqual([])
  })

  it('counts where storage is forbidden, and where the address cannot be changed', async () => {
    const page = await jejak.newPage()
    await page.addInitScript(`
      for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })
      history.replaceState = () => { throw new Error('too often') }
    `)
    await page.goto(jejak.address('/?jjk=ID'))
    expect((await jejak.received('pageview', 1))[0]).toMatchObject({ clickId: 'ID' })
    await page.evaluate(`jejak('consent', true)`)
    await jejak.received('engagement', 1)
    expect(jejak.messages.at(-1)?.consent).toBe(true)
    expect(jejak.complaints).toEqual([])
  })

  it('is silent where the script’s requests are blocked', async () => {
    const page = await jejak.newPage()
    await page.route('**/e', (route) => route.abort('blockedbyclient'))
    await page.route('**/t.js?actions', (route) => route.abort('blockedbyclient'))
    await page.goto(jejak.address('/'))
    await page.evaluate(`jejak('goal', 'x')`)
    await page.waitForLoadState('networkidle')
    expect(jejak.messages).toEqual([])
    expect(jejak.complaints).toEqual([])
  })
})

describe.skipIf(missing !== undefined)('consent', () => {
  it('before it, nothing is stored on the device, whatever a visit does', async () => {
    jejak.answers.push(503, 503)
    const page = await jejak.visit('/one?jjk=ID')
    await page.evaluate(`
      jejak('goal', 'x', { id: 'order' }); jejak('identify', 'someone'); history.pushState(null, '', '/two')
    `)
    await jejak.received('pageview', 2)
    await page.goto(jejak.address('/three'))
    await page.evaluate(`jejak('consent', false)`)
    await page.goto(jejak.address('/four'))
    await jejak.received('pageview', 4)
    expect(await page.evaluate(STORED)).toEqual(NOTHING)
    expect(await page.context().cookies()).toEqual([])
    expect(jejak.messages.map(({ text }) => text).join()).not.toContain('someone')
    expect(jejak.events('identify')).toEqual([])
  })

  it('is told by every message from then on, with credentials, and known to the next pages of the tab', async () => {
    const page = await jejak.visit('/one')
    await jejak.received('pageview', 1)
    await page.evaluate(`jejak('consent', true); jejak('identify', 4711)`)
    const [identify] = await jejak.received('identify', 1)
    expect(identify).toMatchObject({ externalId: '4711', page: jejak.events('pageview')[0]?.id })
    await expect.poll(() => page.context().cookies()).toMatchObject([{ name: 'jejak_id', httpOnly: true }])
    await page.goto(jejak.address('/two'))
    await jejak.received('pageview', 2)
    expect(jejak.messages[0]).not.toHaveProperty('consent')
    expect(jejak.messages.slice(1).map(({ consent }) => consent)).not.toContain(undefined)
    expect(jejak.messages.at(-1)?.headers.cookie).toBe('jejak_id=one')
  })

  it('is in the message of the pageview where the page tells it before the script is there', async () => {
    const stub = `window.jejak = function () { (jejak.q = jejak.q || []).push(arguments) }; jejak('consent', true)`
    jejak.pages.set('/', { head: `<script>${stub}</script>` })
    await jejak.visit('/')
    await jejak.received('pageview', 1)
    expect(jejak.messages[0]).toMatchObject({ consent: true })
  })

  it('lets what could not be sent outlive the page, under the same ids and with its age', async () => {
    const page = await jejak.visit('/one')
    await jejak.received('pageview', 1)
    await page.evaluate(`jejak('consent', true)`)
    await expect.poll(() => page.context().cookies()).toHaveLength(1)
    jejak.answers.push(...Array(20).fill(503))
    await page.evaluate(`jejak('goal', 'booked')`)
    const [lost] = await jejak.received('event', 1)
    await page.waitForTimeout(300)
    await page.goto(jejak.address('/empty.html'))
    jejak.answers.length = 0
    jejak.messages.length = 0
    await page.goto(jejak.address('/two'))
    const [again] = await jejak.received('event', 1)
    expect(again).toMatchObject({
      id: lost?.id,
      page: lost?.page,
      url: jejak.address('/one'),
      name: 'booked',
    })
    expect(again?.age).toBeGreaterThanOrEqual(300)
    expect(again?.age).toBeLessThan(60_000)
    await expect.poll(() => page.evaluate('sessionStorage.jejak')).toBe('[]')
  })

  it('taken back is told once, deletes what is stored, and is told again only if that failed', async () => {
    const page = await jejak.visit('/')
    await page.evaluate(`jejak('consent', true)`)
    await expect.poll(() => page.context().cookies()).toHaveLength(1)
    jejak.answers.push(503)
    jejak.messages.length = 0
    await page.evaluate(`jejak('consent', false)`)
    expect(await page.evaluate(STORED)).toEqual(NOTHING)
    await expect.poll(() => page.context().cookies(), { timeout: 10_000 }).toEqual([])
    expect(jejak.messages.map(({ consent, headers }) => [consent, headers.cookie])).toEqual([
      [false, 'jejak_id=one'],
      [false, 'jejak_id=one'],
    ])
    await page.context().addCookies([{ name: 'basket', value: 'full', url: jejak.address() }])
    await page.evaluate(`jejak('goal', 'after'); jejak('identify', 'someone')`)
    await jejak.received('event', 1)
    expect(jejak.messages.at(-1)).not.toHaveProperty('consent')
    expect(jejak.messages.at(-1)?.headers.cookie).toBeUndefined()
    expect(jejak.events('identify')).toEqual([])
    await page.context().clearCookies()
    expect(await page.evaluate(STORED)).toEqual(NOTHING)
  })

  it('the last decision counts, also while an earlier one is under way', async () => {
    const page = await jejak.visit('/')
    await jejak.received('pageview', 1)
    await page.evaluate(`jejak('consent', true); jejak('consent', false); jejak('consent', true)`)
    await expect.poll(() => page.context().cookies()).toHaveLength(1)
    await page.evaluate(`jejak('goal', 'x')`)
    await jejak.received('event', 1)
    expect(jejak.messages.at(-1)?.consent).toBe(true)
  })
})

describe.skipIf(missing !== undefined)('staff that have opted out', () => {
  it('send nothing from then on, until they opt in again', async () => {
    const page = await jejak.visit('/staff?jejak-opt-out')
    await page.goto(jejak.address('/next'))
    await page.evaluate(`jejak('goal', 'x'); jejak('consent', true)`)
    await page.waitForLoadState('networkidle')
    expect(jejak.messages).toEqual([])
    await page.evaluate(`jejak('optOut', false)`)
    await page.goto(jejak.address('/again'))
    expect((await jejak.received('pageview', 1))[0]?.url).toBe(jejak.address('/again'))
  })

  it('send nothing of what was waiting then, nor what an earlier page of theirs had kept', async () => {
    jejak.answers.push(...Array(20).fill(503))
    const page = await jejak.visit('/')
    await page.evaluate(`jejak('consent', true); jejak('goal', 'x')`)
    await jejak.received('event', 1)
    await page.waitForLoadState('networkidle')
    await page.evaluate(`jejak('optOut')`)
    jejak.answers.length = 0
    jejak.messages.length = 0
    // Longer than the first pauses before another try.
    await page.waitForTimeout(4_500)
    await page.goto(jejak.address('/next'))
    await page.waitForLoadState('networkidle')
    expect(jejak.messages).toEqual([])
  })

  it('can do so by a call of the page, at once', async () => {
    const page = await jejak.visit('/')
    await jejak.received('pageview', 1)
    await page.evaluate(`jejak('optOut'); jejak('goal', 'x')`)
    await page.goto(jejak.address('/next'))
    await page.waitForLoadState('networkidle')
    expect(jejak.events().map(({ kind }) => kind)).toEqual(['pageview'])
  })
})
