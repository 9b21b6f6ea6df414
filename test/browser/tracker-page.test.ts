import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { buildTracker, SCRIPT_LIMIT } from '../../tracker/build.mjs'
import { missing, site } from './tracker-support.ts'

const jejak = site()

it(`the script is at most ${SCRIPT_LIMIT} bytes under gzip`, async () => {
  const { 't.js': script } = await buildTracker()
  expect(SCRIPT_LIMIT).toBe(1536)
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(SCRIPT_LIMIT)
})

describe.skipIf(missing !== undefined)(`on all sorts of pages${missing ? ` (${missing})` : ''}`, () => {
  it('works under a strict content security policy with trusted types, from one host', async () => {
    const from = jejak.address('', 'localhost')
    jejak.pages.set('/', {
      script: `${from}/t.js`,
      body: '<a href="tel:123" data-jejak-goal="called">call</a>',
      headers: {
        'Content-Security-Policy': `default-src 'none'; script-src ${from}; connect-src ${from}; require-trusted-types-for 'script'; trusted-types 'none'`,
      },
    })
    const page = await jejak.visit('/?jjk=ID')
    await jejak.received('pageview', 1)
    await jejak.actionsReady(page)
    await page.click('a')
    expect((await jejak.received('event', 2)).map(({ type }) => type)).toEqual(['custom', 'tel'])
    expect(jejak.complaints).toEqual([])
  })

  it('works under a policy of nonces that trusts what they load', async () => {
    jejak.pages.set('/', {
      attributes: 'nonce="abc"',
      body: '<a href="tel:123">call</a>',
      headers: {
        'Content-Security-Policy': `script-src 'nonce-abc' 'strict-dynamic'; require-trusted-types-for 'script'`,
      },
    })
    const page = await jejak.visit('/')
    await jejak.received('pageview', 1)
    await jejak.actionsReady(page)
    await page.click('a')
    await jejak.received('event', 1)
    expect(jejak.complaints).toEqual([])
  })

  it('sends through the path from which it was loaded, on whatever host that is', async () => {
    jejak.pages.set('/', { script: '/stats/t.js?v=3', body: '<a href="tel:1">call</a>' })
    const page = await jejak.visit('/')
    await jejak.received('pageview', 1)
    await jejak.actionsReady(page)
    expect(jejak.asked('/stats/t.js?actions')).toHaveLength(1)
    await page.click('a')
    await jejak.received('event', 1)
    expect(new Set(jejak.messages.map(({ path }) => path))).toEqual(new Set(['/stats/e']))
  })

  it('sends where the page says instead', async () => {
    jejak.pages.set('/', { attributes: 'data-endpoint="/own/e"' })
    await jejak.visit('/')
    await jejak.received('pageview', 1)
    expect(jejak.messages[0]?.path).toBe('/own/e')
  })

  it('sends without a question to another host, from a page of this machine too', async () => {
    jejak.pages.set('/', { script: jejak.address('/t.js', 'localhost') })
    await jejak.visit('/')
    await jejak.received('pageview', 1)
    expect(jejak.messages[0]?.headers).toMatchObject({
      origin: jejak.address(''),
      'sec-fetch-site': 'cross-site',
    })
  })

  it('sends nothing from a file, and takes its calls', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jejak-page-'))
    try {
      const file = join(folder, 'page.html')
      writeFileSync(
        file,
        `<script src="${jejak.address('/t.js')}" data-automation></script><script>jejak('goal', 'x')</script>`,
      )
      const page = await jejak.newPage()
      await page.goto(`file://${file}`)
      await page.waitForLoadState('networkidle')
      expect(jejak.asked('/t.js')).toHaveLength(1)
      expect(jejak.messages).toEqual([])
      expect(jejak.complaints).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('ignores a headless browser that does not say it is driven', async () => {
    jejak.pages.set('/', { script: '', head: '<script defer src="/t.js"></script>' })
    const page = await jejak.newPage({ userAgent: 'Mozilla/5.0 HeadlessChrome/147.0.0.0' })
    await page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
    await page.goto(jejak.address('/'))
    await page.waitForLoadState('networkidle')
    expect(jejak.messages).toEqual([])
  })

  it('counts a browser that nobody drives', async () => {
    jejak.pages.set('/', { script: '', head: '<script defer src="/t.js"></script>' })
    const page = await jejak.newPage({ userAgent: 'Mozilla/5.0 Chrome/147.0.0.0' })
    await page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
    await page.goto(jejak.address('/'))
    await jejak.received('pageview', 1)
  })

  it('leaves nothing behind in the page but its own name', async () => {
    jejak.pages.set('/bare', { script: '' })
    const page = await jejak.visit('/bare')
    const before = await page.evaluate('Object.getOwnPropertyNames(window)')
    await page.goto(jejak.address('/'))
    await jejak.received('pageview', 1)
    const after = (await page.evaluate('Object.getOwnPropertyNames(window)')) as string[]
    expect(after.filter((name) => !(before as string[]).includes(name))).toEqual(['jejak'])
  })
})

describe.skipIf(missing !== undefined)('as a module', () => {
  const start = (options: string) => ({
    script: '',
    body: '<a href="tel:1" data-jejak-goal="called">call</a>',
    head: `<script type="module">
      import { jejak, start } from '/module.js'
      jejak('goal', 'early')
      start(${options})
      jejak('goal', 'late')
      window.ready = true
    </script>`,
  })

  it('does all that the script does, once started', async () => {
    jejak.pages.set('/', start(`{ endpoint: '/own/e', site: 'shop', automation: true, hash: false }`))
    const page = await jejak.visit('/?jjk=ID#part')
    await page.waitForFunction('window.ready')
    await page.click('a')
    const events = await jejak.received('event', 4)
    expect(events.map(({ type, name }) => name ?? type)).toEqual(['early', 'late', 'called', 'tel'])
    expect(jejak.events('pageview')).toMatchObject([{ clickId: 'ID', url: jejak.address('/') }])
    expect(jejak.messages[0]).toMatchObject({ path: '/own/e', site: 'shop' })
    expect(jejak.asked('/t.js?actions')).toEqual([])
  })

  it('and the script on one page count once', async () => {
    const module = start(`{ endpoint: '/own/e', automation: true }`)
    jejak.pages.set('/', { ...module, script: '/t.js' })
    const page = await jejak.visit('/')
    await page.waitForFunction('window.ready')
    await jejak.actionsReady(page).catch(() => {})
    await page.click('a')
    await jejak.received('event', 4)
    await page.waitForLoadState('networkidle')
    expect(jejak.events('pageview')).toHaveLength(1)
    expect(jejak.events('event')).toHaveLength(4)
  })

  it('can be imported where there is no page, and then does nothing', async () => {
    const { jejak: call, start: begin } = await import(
      `data:text/javascript,${encodeURIComponent((await buildTracker())['index.js'])}`
    )
    expect(() => {
      begin({ endpoint: '/e' })
      call('goal', 'x', { value: 1 })
    }).not.toThrow()
  })
})
