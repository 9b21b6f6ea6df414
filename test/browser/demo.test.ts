import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { createService, type Service, until } from '../support/service.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/jejak', import.meta.url))
const started = await startBrowser()
const missing = 'reason' in started ? started.reason : undefined
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1440, height: 900 }
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const INSTAGRAM =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 410.0.0.29.81 (iPhone16,1; iOS 18_6; de_DE; de; scale=3.00; 1179x2556)'

describe.skipIf(missing !== undefined)('the demo', () => {
  let service: Service
  let demo: ChildProcess | undefined
  /** Where the demo's pages are served. */
  let site = ''
  let printed = ''
  const open: Page[] = []

  beforeAll(async () => {
    service = await createService()
    await service.start()
    demo = spawn(
      process.execPath,
      // Its history ends long ago: today is what this test does.
      [PROGRAM, 'demo', '--hits', '2000', '--days', '3', '--until', '2026-01-31', '--site-port', '0'],
      {
        env: { ...process.env, PORT: String(service.port), JEJAK_DATA_DIR: service.dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    demo.stdout?.on('data', (text) => {
      printed += text
    })
    await until('the demo is served', async () => printed.includes('Ctrl-C'))
    site = /Its site +(\S+)\//.exec(printed)?.[1] ?? ''
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()))
  })
  afterAll(async () => {
    if (demo && demo.exitCode === null) {
      demo.kill('SIGTERM')
      await once(demo, 'exit')
    }
    await ('browser' in started ? started.browser.close() : null)
    await service?.dispose()
  })

  /** A page in a browser of its own that looks like a person's, and what it complained of and asked for. */
  async function visitor(options: BrowserContextOptions = {}) {
    const browser: Browser | undefined = 'browser' in started ? started.browser : undefined
    if (browser === undefined) throw new Error(missing)
    const context = await browser.newContext({
      viewport: DESK,
      userAgent: CHROME,
      locale: 'en-GB',
      ...options,
    })
    await context.addInitScript(
      "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false })",
    )
    const page = await context.newPage()
    open.push(page)
    const complaints: string[] = []
    const requests: { method: string; url: string; body: string }[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('request', (request) =>
      requests.push({ method: request.method(), url: request.url(), body: request.postData() ?? '' }),
    )
    return { context, page, complaints, requests }
  }

  /** What today brought, by some dimension. */
  async function today(metric: string, dimension: string): Promise<Record<string, number>> {
    const question = { site: 'demo', metrics: [metric], dimensions: [dimension], date_range: 'day' }
    const { results } = (await service.ask('/api/v1/query', { body: question })).json()
    return Object.fromEntries(
      results.map((row: { dimensions: [string]; metrics: [number] }) => [row.dimensions[0], row.metrics[0]]),
    )
  }

  /** The first day there is, a name, and the button. */
  async function confirm(page: Page): Promise<void> {
    const day = page.getByLabel('Day')
    const first = () => day.getAttribute('min')
    await until('the form knows its days', async () => (await first()) !== null)
    await day.fill((await first()) ?? '')
    await page.getByLabel('Your name').fill('Ada Beispiel')
    await page.getByRole('button', { name: 'Book it' }).click()
  }

  test.each([
    { width: 'a desk', viewport: DESK },
    { width: 'a telephone', viewport: PHONE },
  ])('shows all its pages on $width, light and dark, without a complaint', async ({ viewport }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await visitor({ viewport, colorScheme })
      for (const path of [
        '/',
        '/models/bayu',
        '/models/taufan',
        '/dealers',
        '/dealers/wien',
        '/test-drive',
        '/offers/summer-drive',
        '/privacy',
      ]) {
        const answer = await page.goto(site + path)
        expect([path, answer?.status()]).toEqual([path, 200])
        await page.getByRole('heading', { level: 1 }).waitFor()
        const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect([path, wider]).toEqual([path, 0])
        expect(
          await page
            .locator('img')
            .evaluateAll((images) =>
              images.every((image) => (image as { naturalWidth?: number }).naturalWidth !== 0),
            ),
        ).toBe(true)
      }
      expect(complaints).toEqual([])
    }
  })

  test('has no page where there is none, and lets nobody out of its folder', async () => {
    for (const path of [
      '/models/nope',
      '/dealers/a/b',
      '/..%2fpackage.json',
      '/pages/home.html',
      '/layout.html',
    ]) {
      expect([path, (await fetch(site + path)).status]).toEqual([path, 404])
    }
    expect((await fetch(site, { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await fetch(`${site}/brochures/sepoi-range.pdf`)).headers.get('content-type')).toBe(
      'application/pdf',
    )
  })

  describe('the dealer locator', () => {
    const results = (page: Page) => page.locator('#results .pick')

    test('finds dealers by town, postcode and name, whatever the accents', async () => {
      const { page } = await visitor()
      await page.goto(`${site}/dealers`)
      await expect.poll(() => results(page).count()).toBe(61)
      const box = page.getByLabel('Town, postcode or name')
      for (const [asked, count, first] of [
        ['zurich', 2, 'Zürich'],
        ['Zürich', 2, 'Zürich'],
        ['1030', 1, 'Wien'],
        ['morgenroth berlin', 1, 'Berlin'],
      ] as const) {
        await box.fill(asked)
        await expect.poll(() => results(page).count()).toBe(count)
        expect(await results(page).first().textContent()).toContain(first)
      }
      await box.fill('nowhere at all')
      expect(await page.getByRole('status').textContent()).toContain('No dealer like that')
    })

    test('narrows by country and service', async () => {
      const { page } = await visitor()
      await page.goto(`${site}/dealers`)
      await page.getByLabel('Country').selectOption('Malaysia')
      await expect.poll(() => results(page).count()).toBe(8)
      await page.getByLabel('Fast charging').check()
      expect(await results(page).count()).toBeLessThan(8)
    })

    test('shows a dealer with an address of its own, a number and the way there, and leads to booking', async () => {
      const { page } = await visitor({ viewport: PHONE })
      await page.goto(`${site}/dealers`)
      await page.getByLabel('Town, postcode or name').fill('Graz')
      await page.getByRole('button', { name: /Eggenberger/ }).click()
      expect(page.url()).toBe(`${site}/dealers/graz`)
      const panel = page.locator('#dealer')
      expect(await panel.getByRole('link', { name: /^\+43/ }).getAttribute('href')).toBe('tel:+43316000033')
      expect(await panel.getByRole('link', { name: 'Directions' }).getAttribute('href')).toContain(
        'openstreetmap.org/directions',
      )
      await page.reload()
      await panel.getByRole('link', { name: 'Book a test drive here' }).click()
      await expect.poll(() => page.getByLabel('Dealer').inputValue()).toBe('graz')
      await page.goBack()
      await panel.waitFor()
    })
  })

  describe('the booking form', () => {
    async function book(page: Page) {
      await page.getByRole('radio', { name: 'Taufan' }).check()
      await page.getByLabel('Dealer').selectOption('hamburg')
      await confirm(page)
    }

    test('takes nothing incomplete', async () => {
      const { page } = await visitor()
      await page.goto(`${site}/test-drive`)
      await page.getByRole('button', { name: 'Book it' }).click()
      expect(page.url()).toBe(`${site}/test-drive`)
      expect(await page.locator('#thanks').isVisible()).toBe(false)
    })

    test('says thank you, and what was entered goes nowhere', async () => {
      const { page, requests } = await visitor()
      await page.goto(`${site}/test-drive?model=bayu`)
      await book(page)
      const thanks = page.getByRole('heading', { name: 'Thank you, Ada Beispiel.' })
      await thanks.waitFor()
      expect(page.url()).toBe(`${site}/test-drive/thank-you`)
      expect(await page.locator('#thanks').textContent()).toMatch(/Taufan.*Hamburg.*TD-[0-9A-F]{8}/s)
      await until('the booking is told', async () =>
        requests.some(({ body }) => body.includes('test drive booked')),
      )
      const hosts = new Set(requests.map(({ url }) => new URL(url).origin))
      expect([...hosts].sort()).toEqual([site, `http://localhost:${service.port}`].sort())
      expect(requests.filter(({ method }) => method !== 'GET').every(({ url }) => url.endsWith('/e'))).toBe(
        true,
      )
      expect(requests.filter(({ body, url }) => /Ada|Beispiel/.test(body + url))).toEqual([])
    })

    test('is there again for whoever loads the thanks anew', async () => {
      const { page } = await visitor()
      await page.goto(`${site}/test-drive/thank-you`)
      await page.getByRole('heading', { name: 'Book a test drive' }).waitFor()
      expect(page.url()).toBe(`${site}/test-drive`)
    })
  })

  test('asks for consent once; before it nothing is kept, with it a cookie, after withdrawal none', async () => {
    const { page, context } = await visitor()
    const id = async () => (await context.cookies()).find(({ name }) => name.startsWith('jejak_id'))
    const bar = page.getByRole('region', { name: 'Your choice' })
    await page.goto(`${site}/`)
    await bar.waitFor()
    await page.goto(`${site}/dealers`)
    expect(await context.cookies()).toEqual([])
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
    await bar.getByRole('button', { name: 'That is fine' }).click()
    await until('the cookie is there', async () => (await id()) !== undefined)
    expect(await id()).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    await page.goto(`${site}/privacy`)
    await page.getByText('recognised', { exact: true }).waitFor()
    expect(await bar.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Forget me' }).click()
    await until('the cookie is gone', async () => (await id()) === undefined)
  })

  test('shows the whole way: a link in an app, the landing, a dealer search, a booking, found by query', async () => {
    const before = { goals: await today('conversions', 'goal'), clicks: await today('clicks', 'platform') }
    const { page } = await visitor({ viewport: PHONE, userAgent: INSTAGRAM, isMobile: true, hasTouch: true })
    await page.goto(`http://localhost:${service.port}/demo/bio-instagram`)
    await page.getByRole('heading', { name: 'Find a dealer' }).waitFor()
    await expect.poll(() => page.url()).not.toContain('jjk')
    expect(new URL(page.url()).searchParams.get('utm_source')).toBe('instagram')
    await page.getByLabel('Town, postcode or name').fill('köln')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('button', { name: /Venloer/ }).click()
    await page.getByRole('link', { name: 'Book a test drive here' }).click()
    await confirm(page)
    await page.getByRole('heading', { name: /Thank you/ }).waitFor()

    const more = (now: Record<string, number>, then: Record<string, number>, name: string) =>
      (now[name] ?? 0) - (then[name] ?? 0)
    await until('both conversions are found', async () => {
      const goals = await today('conversions', 'goal')
      return (
        more(goals, before.goals, 'Dealer locator search') === 1 &&
        more(goals, before.goals, 'Test drive booked') === 1
      )
    })
    expect(more(await today('clicks', 'platform'), before.clicks, 'instagram')).toBe(1)
    expect(await today('landed_clicks', 'platform')).toMatchObject({ instagram: 1 })
    expect(await today('arrivals', 'channel')).toMatchObject({ 'Organic Social': 1 })
  })

  test('is there at a second call, and gone with one command while the service runs', async () => {
    const run = async (...args: string[]) => {
      const child = spawn(process.execPath, [PROGRAM, 'demo', ...args, '--json'], {
        env: { ...process.env, PORT: String(service.port), JEJAK_DATA_DIR: service.dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      child.stdout.on('data', (text) => {
        out += text
      })
      const [code] = await once(child, 'exit')
      return { code, said: JSON.parse(out) }
    }
    const again = await run('--no-serve')
    expect(again).toMatchObject({ code: 0, said: { ready: true } })
    expect(await run('--remove')).toMatchObject({ code: 0, said: { removed: true } })
    expect(await run('--remove')).toEqual({ code: 0, said: { removed: false, hits: 0 } })
    const sites = (await service.ask('/api/v1/sites')).json().data.map(({ name }: { name: string }) => name)
    expect(sites).toEqual(['default'])
    expect((await service.ask('/demo/bio-instagram')).status).toBe(404)
  })
})
