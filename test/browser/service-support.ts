import { randomBytes } from 'node:crypto'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { createService, type Service, until } from '../support/service.ts'

const started = await startBrowser()

/** Why the tests cannot run here; undefined where a browser is up. */
export const missing = 'reason' in started ? started.reason : undefined

/** Host of the pages that the test's site has. */
export const HOST = 'cars.example'
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'

export interface ServicePages {
  service: () => Service
  /** Opens a page of the dashboard that the service serves, in a fresh browser context. */
  visit: (path: string, options?: BrowserContextOptions) => Promise<OpenPage>
  /** Has people arrive from a referrer, and waits until reports count them. */
  arrive: (referrer: string, people: number) => Promise<void>
  /** Arrivals of today, by channel. */
  arrivals: () => Promise<Record<string, number>>
}

export interface OpenPage {
  page: Page
  /** What the page complained of: errors, refused content, requests to other hosts. */
  complaints: string[]
}

/** The built product, running for a test file, with its one site on `HOST`. */
export function servicePages(): ServicePages {
  const browser: Browser | undefined = 'browser' in started ? started.browser : undefined
  const open: Page[] = []
  let running: Service | undefined
  const service = () => {
    if (running === undefined) throw new Error('the service is not up')
    return running
  }

  beforeAll(async () => {
    if (missing !== undefined) return
    running = await createService()
    await running.start()
    const { data } = (await running.ask('/api/v1/sites')).json()
    const site = `/api/v1/sites/${data[0].id}`
    const patched = await running.ask(site, { method: 'PATCH', body: { hostnames: [HOST] } })
    if (patched.status !== 200) throw new Error(patched.text)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()))
  })
  afterAll(async () => {
    await browser?.close()
    await running?.dispose()
  })

  async function arrivals(): Promise<Record<string, number>> {
    const question = { metrics: ['arrivals'], dimensions: ['channel'], date_range: 'day' }
    const { results } = (await service().ask('/api/v1/query', { body: question })).json()
    return Object.fromEntries(
      results.map((row: { dimensions: [string]; metrics: [number] }) => [row.dimensions[0], row.metrics[0]]),
    )
  }
  const total = async () => Object.values(await arrivals()).reduce((sum, count) => sum + count, 0)

  return {
    service,
    arrivals,
    async visit(path, options = {}) {
      if (browser === undefined) throw new Error(missing)
      const context = await browser.newContext({
        locale: 'en-GB',
        viewport: { width: 1440, height: 900 },
        ...options,
      })
      const page = await context.newPage()
      open.push(page)
      const complaints: string[] = []
      const origin = `http://localhost:${service().port}`
      await page.addInitScript(
        "addEventListener('securitypolicyviolation', (e) => console.error('refused by policy: ' + e.violatedDirective))",
      )
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          complaints.push(message.text())
        }
      })
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== origin) complaints.push(`asked another host: ${request.url()}`)
      })
      await page.goto(`${origin}/app/${path}`)
      return { page, complaints }
    },
    async arrive(referrer, people) {
      const before = await total()
      for (let count = 0; count < people; count += 1) {
        const body = JSON.stringify({
          id: randomBytes(16).toString('hex'),
          url: `https://${HOST}/test-drive`,
          referrer,
        })
        const headers = { origin: `https://${HOST}`, 'user-agent': BROWSER }
        // The edge learns of the site's hosts a moment after they are saved.
        await until('the pageview is taken', async () => {
          const { status } = await service().ask('/e', { headers, body })
          return status === 202
        })
      }
      await until('the arrivals are counted', async () => (await total()) === before + people)
    },
  }
}

/** A part of the page by its heading. */
export const card = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })
