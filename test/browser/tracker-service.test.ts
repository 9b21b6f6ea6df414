import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../support/browser.ts'
import { createService, type Service, until } from '../support/service.ts'

const started = await startBrowser()
const missing = 'reason' in started ? started.reason : undefined
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

describe.skipIf(missing !== undefined)(
  `the page script and the service${missing ? ` (${missing})` : ''}`,
  () => {
    let service: Service
    /** Statuses that the collect endpoint has answered with, in order. */
    const statuses: number[] = []
    let context: BrowserContext
    let page: Page
    const site = createServer((_, res) => {
      const tag = `<script defer data-automation src="http://localhost:${service.port}/t.js"></script>`
      const body = '<a href="tel:+4989123" data-jejak-goal="called">call</a>'
      res.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html>${tag}${body}`)
    })

    beforeAll(async () => {
      if ('reason' in started) return
      service = await createService()
      await service.start()
      site.listen(0, '127.0.0.1')
      await once(site, 'listening')
      const host = `localhost:${(site.address() as AddressInfo).port}`
      const patched = await service.ask('/api/v1/sites/1', { method: 'PATCH', body: { hostnames: [host] } })
      expect(patched.status).toBe(200)
      const link = { destination: `http://${host}/land?a=1`, slug: 'drive', platform: 'instagram' }
      expect((await service.ask('/api/v1/links', { body: link })).status).toBe(201)
      context = await started.browser.newContext({ userAgent: IPHONE })
      page = await context.newPage()
      page.on('response', (answer) => {
        if (answer.url().endsWith('/e')) statuses.push(answer.status())
      })
    })
    afterAll(async () => {
      if ('browser' in started) await started.browser.close()
      site.closeAllConnections()
      site.close()
      await service?.dispose()
    })

    const taken = (count: number) =>
      until(`${count} messages are answered`, async () => statuses.length >= count, 20_000)

    it('lands a click: the address is clean, and the visit has the link’s channel', async () => {
      await page.goto(`http://localhost:${service.port}/drive`)
      await taken(1)
      expect(new URL(page.url()).search).toBe('?a=1')
      await until('the landing is counted', async () => {
        const body = { metrics: ['arrivals'], dimensions: ['channel'], date_range: 'day' }
        const { results } = (await service.ask('/api/v1/query', { body })).json()
        return JSON.stringify(results) === '[{"dimensions":["Organic Social"],"metrics":[1]}]'
      })
    })

    it('gives an id by consent alone, and takes it back on withdrawal', async () => {
      expect(await context.cookies()).toEqual([])
      await page.evaluate(`jejak('consent', true); jejak('identify', 'someone')`)
      await until('there is an id', async () => (await context.cookies()).some(({ httpOnly }) => httpOnly))
      await page.evaluate(`jejak('consent', false)`)
      await until('there is none', async () => (await context.cookies()).length === 0)
    })

    it('has nothing refused of what pages tell, and one bad event takes no other down', async () => {
      expect(new Set(statuses)).toEqual(new Set([202]))
      const before = statuses.length
      await page.evaluate(`
      jejak('goal', 'bad', { currency: 'euro' })
      jejak('goal', 'good', { value: 10 / 3, currency: 'EUR', id: 4711, props: { model: 'Atlas', doors: 5 } })
      history.pushState(null, '', '/two')
    `)
      await taken(before + 4)
      // All, then each by itself: two goals, perhaps attention, and a pageview.
      expect(statuses.slice(before).filter((status) => status === 400)).toHaveLength(2)
      expect(statuses.slice(before).filter((status) => status === 202).length).toBeGreaterThanOrEqual(2)
    })

    it('serves the script’s second half too, which sees marks and links', async () => {
      const before = statuses.length
      await page.reload()
      await taken(before + 1)
      const told = page.waitForRequest((request) => request.postData()?.includes('"type":"tel"') ?? false)
      await page.waitForLoadState('networkidle')
      await page.click('a')
      const [message] = await Promise.all([told, taken(before + 2)])
      expect(message.postDataJSON().events).toMatchObject([
        { kind: 'event', type: 'custom', name: 'called' },
        { kind: 'event', type: 'tel', target: 'tel:+4989123' },
      ])
      expect(statuses.at(-1)).toBe(202)
    })
  },
)
