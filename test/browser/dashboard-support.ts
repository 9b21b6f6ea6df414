import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Scenario } from '../../dashboard/dev/fixture-data.ts'
import { type FixtureServer, startFixtureServer } from '../../dashboard/dev/fixture-server.ts'
import { startBrowser } from '../support/browser.ts'

const started = await startBrowser()

/** Why the tests cannot run here; undefined where a browser is up. */
export const missing = 'reason' in started ? started.reason : undefined

export interface OpenPage {
  page: Page
  /** What the page complained of: errors, refused content, requests to other hosts. */
  complaints: string[]
}

/** Builds the dashboard once for a test file and opens its pages, each in a fresh browser context. */
export function dashboard() {
  const dist = mkdtempSync(join(tmpdir(), 'jejak-dashboard-'))
  const browser: Browser | undefined = 'browser' in started ? started.browser : undefined
  const servers = new Map<Scenario, FixtureServer>()
  const open: Page[] = []

  beforeAll(async () => {
    await build({ root: 'dashboard', logLevel: 'error', build: { outDir: dist, emptyOutDir: true } })
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()))
  })
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.close()))
    await browser?.close()
    rmSync(dist, { recursive: true, force: true })
  })

  return async function visit(
    scenario: Scenario,
    path = '',
    options: BrowserContextOptions = {},
  ): Promise<OpenPage> {
    if (browser === undefined) throw new Error(missing)
    const server = servers.get(scenario) ?? (await startFixtureServer(scenario, dist))
    servers.set(scenario, server)
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1440, height: 900 },
      ...options,
    })
    const page = await context.newPage()
    open.push(page)
    const complaints: string[] = []
    // Not every refusal by the policy says so on the console: an eval is refused in silence.
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
      if (new URL(request.url()).host !== new URL(server.url).host && !request.url().startsWith('blob:')) {
        complaints.push(`asked another host: ${request.url()}`)
      }
    })
    await page.goto(server.url + path)
    return { page, complaints }
  }
}

/** A part of the page by its heading. */
export const card = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })
