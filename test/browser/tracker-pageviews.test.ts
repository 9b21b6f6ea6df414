import { describe, expect, it } from 'vitest'
import { missing, site, startCachingBrowser, startLoneBrowser } from './tracker-support.ts'

const ID = /^[0-9a-f]{32}$/

const jejak = site()

describe.skipIf(missing !== undefined)(`pageviews${missing ? ` (${missing})` : ''}`, () => {
  it('sends one pageview to the endpoint beside the script, as text and without credentials', async () => {
    jejak.pages.set('/cars', { attributes: 'data-site="shop"' })
    const page = await jejak.newPage()
    await page.context().addCookies([{ name: 'basket', value: 'full', url: jejak.address() }])
    await page.goto(jejak.address('/cars?a=1&b=%zz#part'))
    await jejak.received('pageview', 1)
    const [message] = jejak.messages
    expect(message).toMatchObject({ path: '/e', site: 'shop' })
    expect(message).not.toHaveProperty('consent')
    expect(message?.headers['content-type']).toMatch(/^text\/plain/)
    expect(message?.headers.cookie).toBeUndefined()
    expect(message?.events).toEqual([
      {
        kind: 'pageview',
        id: expect.stringMatching(ID),
        url: jejak.address('/cars?a=1&b=%zz'),
        referrer: '',
        age: expect.any(Number),
      },
    ])
    expect(jejak.complaints).toEqual([])
  })

  it('names the page before as referrer', async () => {
    jejak.pages.set('/', { body: '<a href="/next">next</a>' })
    const page = await jejak.visit('/')
    await page.click('a')
    const [, second] = await jejak.received('pageview', 2)
    expect(second).toMatchObject({ url: jejak.address('/next'), referrer: jejak.address('/') })
  })

  it.each([
    ['/a?x=1&jjk=ID-_1&y=%zz#h', '/a?x=1&y=%zz#h'],
    ['/a?jjk=ID-_1', '/a'],
    ['/a?jjk=ID-_1&y#jjk=2', '/a?y#jjk=2'],
    ['/a?jjkx=1&jjk=ID-_1', '/a?jjkx=1'],
    ['//two//slashes?jjk=ID-_1&$&=$1', '//two//slashes?$&=$1'],
  ])('takes the click id of %s out of the address bar and leaves %s', async (path, left) => {
    const page = await jejak.newPage()
    await page.addInitScript('if (!history.state) history.replaceState({ own: [1] }, "")')
    await page.goto(jejak.address(path))
    const [view] = await jejak.received('pageview', 1)
    expect(view).toMatchObject({ clickId: 'ID-_1', url: jejak.address(left.replace(/#.*/, '')) })
    expect(await page.evaluate('location.href')).toBe(jejak.address(left))
    expect(await page.evaluate('history.state')).toEqual({ own: [1] })
    expect(jejak.events('pageview')).toHaveLength(1)
  })

  it('takes the click id under another name, and past a <base> of another host', async () => {
    jejak.pages.set('/', {
      attributes: 'data-parameter="from"',
      head: '<base href="https://cdn.test/">',
      script: jejak.address('/t.js'),
    })
    const page = await jejak.visit('/?from=ID&jjk=x')
    expect((await jejak.received('pageview', 1))[0]).toMatchObject({ clickId: 'ID' })
    expect(await page.evaluate('location.href')).toBe(jejak.address('/?jjk=x'))
  })

  it('follows a single-page app by pushState, replaceState and back, and only to other pages', async () => {
    const page = await jejak.visit('/one')
    await page.evaluate(`
      history.pushState({ n: 2 }, '', '/two?q=1')
      history.pushState({ n: 2 }, '', '/two?q=1#part')
      history.replaceState({ n: 3 }, '', '/two?q=1')
      history.replaceState({ n: 4 }, '', '/two?q=2')
    `)
    expect(await page.evaluate('history.state')).toEqual({ n: 4 })
    await jejak.received('pageview', 3)
    await page.evaluate('history.go(-2)')
    const views = await jejak.received('pageview', 4)
    expect(views.map(({ url }) => url)).toEqual(
      ['/one', '/two?q=1', '/two?q=2', '/one'].map((path) => jejak.address(path)),
    )
    expect(views.map(({ referrer }) => referrer)).toEqual([
      '',
      jejak.address('/one'),
      jejak.address('/two?q=1'),
      jejak.address('/two?q=2'),
    ])
    expect(new Set(views.map(({ id }) => id)).size).toBe(4)
  })

  it('takes the click id of a navigation inside the page too, without counting its removal', async () => {
    const page = await jejak.visit('/one')
    await page.evaluate(`history.pushState({ n: 2 }, '', '/two?a=1&jjk=SPA')`)
    const [, second] = await jejak.received('pageview', 2)
    expect(second).toMatchObject({ url: jejak.address('/two?a=1'), clickId: 'SPA' })
    expect(await page.evaluate('[location.href, history.state]')).toEqual([
      jejak.address('/two?a=1'),
      { n: 2 },
    ])
    await page.evaluate(`jejak('goal', 'end')`)
    await jejak.received('event', 1)
    expect(jejak.events('pageview')).toHaveLength(2)
  })

  it('lets a wrong navigation fail as it would without the script', async () => {
    const page = await jejak.visit('/')
    const failure = page.evaluate(`history.pushState(null, '', 'https://other.test/')`)
    await expect(failure).rejects.toThrow(/SecurityError|cannot be created/)
  })

  it('counts parts after # where the site says that they are pages', async () => {
    jejak.pages.set('/', { attributes: 'data-hash' })
    const page = await jejak.visit('/#/one')
    await page.evaluate(`location.hash = '/two'`)
    const views = await jejak.received('pageview', 2)
    expect(views.map(({ url }) => url)).toEqual([jejak.address('/#/one'), jejak.address('/#/two')])
  })

  it('counts only by call in manual mode, with an address of its own where one is named', async () => {
    jejak.pages.set('/', { attributes: 'data-manual' })
    const page = await jejak.visit('/?jjk=ID')
    await page.evaluate(`history.pushState(null, '', '/elsewhere?jjk=ID'); jejak('goal', 'before')`)
    expect((await jejak.received('event', 1))[0]).toMatchObject({
      url: jejak.address('/?jjk=ID'),
      page: expect.stringMatching(ID),
    })
    expect(jejak.events('pageview')).toEqual([])
    await page.evaluate(`jejak('pageview', { url: '/virtual' }); jejak('pageview')`)
    const views = await jejak.received('pageview', 2)
    expect(views.map(({ url }) => url)).toEqual([jejak.address('/virtual'), jejak.address('/elsewhere')])
    expect(views[0]).toMatchObject({ clickId: 'ID' })
    expect(await page.evaluate('location.search')).toBe('')
  })

  it('takes calls made before it is there, in their order', async () => {
    const stub = `window.jejak = window.jejak || function () { (jejak.q = jejak.q || []).push(arguments) }`
    jejak.pages.set('/', {
      head: `<script>${stub}; const early = jejak; jejak('goal', 'first', { value: 1 }); jejak('goal', 'second')</script>`,
    })
    const page = await jejak.visit('/')
    // Whoever has kept the stub still gets through.
    await page.evaluate(`early('goal', 'third')`)
    const goals = await jejak.received('event', 3)
    expect(goals.map(({ name }) => name)).toEqual(['first', 'second', 'third'])
    expect(goals.map((goal) => goal.page)).toEqual(Array(3).fill(jejak.events('pageview')[0]?.id))
  })

  it('counts once where two copies of the script are on a page', async () => {
    jejak.pages.set('/', { head: '<script defer data-automation src="/x/t.js"></script>' })
    const page = await jejak.visit('/')
    await page.evaluate(`history.pushState(null, '', '/two'); jejak('goal', 'done')`)
    await jejak.received('event', 1)
    expect(jejak.events().map(({ kind }) => kind)).toEqual(['pageview', 'pageview', 'event'])
    // The first one's place: a copy behind it has nothing to say.
    expect(new Set(jejak.messages.map(({ path }) => path))).toEqual(new Set(['/x/e']))
  })

  it('still sends the pageview of a page that is left at once', async () => {
    const leave = `addEventListener('DOMContentLoaded', () => location.replace('about:blank'))`
    jejak.pages.set('/brief', { head: `<script>${leave}</script>` })
    const page = await jejak.newPage()
    await page.goto(jejak.address('/brief'), { waitUntil: 'commit' })
    await page.waitForURL('about:blank')
    expect((await jejak.received('pageview', 1))[0]?.url).toBe(jejak.address('/brief'))
  })

  it('still sends the pageview of a page whose tab is closed at once', async () => {
    const page = await jejak.newPage()
    await page.goto(jejak.address('/'))
    await page.evaluate('window.open("/brief").onload = (e) => e.target.defaultView.close()')
    await expect
      .poll(() => jejak.events('pageview').map(({ url }) => url), { timeout: 10_000 })
      .toContain(jejak.address('/brief'))
  })

  it('counts a page made ready in advance when it is shown, not before', async () => {
    const page = await jejak.newPage()
    await page.addInitScript(`
      Object.defineProperty(Document.prototype, 'prerendering', { configurable: true, get: () => !window.shownNow })
    `)
    await page.goto(jejak.address('/ready?jjk=ID'))
    await page.evaluate(`jejak('goal', 'early')`)
    expect(jejak.messages).toEqual([])
    expect(await page.evaluate('location.search')).toBe('?jjk=ID')
    await page.evaluate(`window.shownNow = true; document.dispatchEvent(new Event('prerenderingchange'))`)
    expect((await jejak.received('pageview', 1))[0]).toMatchObject({ clickId: 'ID' })
    expect((await jejak.received('event', 1))[0]?.name).toBe('early')
  })

  it('ignores browsers driven by programs, unless the tag says otherwise', async () => {
    jejak.pages.set('/driven', { script: '', head: '<script defer src="/t.js"></script>' })
    const page = await jejak.visit('/driven?jjk=ID')
    await page.evaluate(`jejak('goal', 'x'); jejak('consent', true)`)
    await page.goto(jejak.address('/after'))
    await jejak.received('pageview', 1)
    expect(jejak.events().map(({ url }) => url)).toEqual([jejak.address('/after')])
  })
})

describe.skipIf(missing !== undefined)('pageviews in a browser with all its caches', () => {
  it('counts a page that comes back from the back/forward cache once more', async (test) => {
    const full = await startCachingBrowser()
    if (full === null) return test.skip('no Chromium of the system')
    try {
      const page = await jejak.newPage({}, full)
      await page.goto(jejak.address('/first'))
      await jejak.received('pageview', 1)
      await page.evaluate('window.kept = true')
      await page.goto(jejak.address('/second'))
      await jejak.received('pageview', 2)
      await page.evaluate('setTimeout(() => history.back())')
      const views = await jejak.received('pageview', 3)
      expect(views.map(({ url }) => url)).toEqual(
        ['/first', '/second', '/first'].map((path) => jejak.address(path)),
      )
      // Restored, not loaded again; and no arrival from elsewhere.
      expect(await page.evaluate('window.kept')).toBe(true)
      expect(views[2]?.referrer).toBe(jejak.address('/first'))
    } finally {
      await full.close()
    }
  })

  it('counts a prerendered page when it is shown, not before', async (test) => {
    const rules = JSON.stringify({ prerender: [{ urls: ['/next?jjk=ID'], eagerness: 'immediate' }] })
    const follow = `setInterval(async () => {
      if ((await (await fetch('/go')).text()).includes('now')) location.href = '/next?jjk=ID'
    }, 200)`
    const ping = `addEventListener('load', () => fetch('/made-ready?' + document.prerendering))`
    jejak.pages.set('/', {
      head: `<script type="speculationrules">${rules}</script><script>${follow}</script>`,
    })
    jejak.pages.set('/next', { head: `<script>${ping}</script>` })
    const end = startLoneBrowser(jejak.address('/'))
    if (end === null) return test.skip('no Chromium of the system')
    try {
      await expect.poll(() => jejak.asked('/made-ready?true'), { timeout: 20_000 }).toHaveLength(1)
      await jejak.received('pageview', 1)
      expect(jejak.events('pageview').map(({ url }) => url)).toEqual([jejak.address('/')])
      jejak.pages.set('/go', { body: 'now' })
      const views = await jejak.received('pageview', 2)
      expect(views[1]).toMatchObject({
        url: jejak.address('/next'),
        referrer: jejak.address('/'),
        clickId: 'ID',
      })
      // It was shown as it had been made ready, not asked for again.
      expect(jejak.asked('/next?jjk=ID')).toHaveLength(1)
    } finally {
      await end()
    }
  })
})
