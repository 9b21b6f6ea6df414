import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { buildTracker } from '../../tracker/build.mjs'
import { startBrowser } from '../support/browser.ts'
import { until } from '../support/service.ts'

/** One event of a message, as it was sent. */
export interface SentEvent {
  kind: string
  id: string
  url: string
  age: number
  page?: string
  referrer?: string
  clickId?: string
  type?: string
  name?: string
  target?: string
  value?: number
  currency?: string
  key?: string
  props?: Record<string, unknown>
  engaged?: number
  scroll?: number
  externalId?: string
}

/** One request to the collect endpoint. */
export interface Message {
  path: string
  headers: IncomingHttpHeaders
  /** As it came over the wire. */
  text: string
  site?: string
  consent?: boolean
  events: SentEvent[]
}

/** What a page of the test site says; `path` in the address picks it. */
export interface TestPage {
  /** Inside `<body>`; the script's tag comes before it. */
  body?: string
  /** Attributes of the script's tag, such as `data-hash`. */
  attributes?: string
  /** Where the script comes from; `/t.js` of the same host where absent, no tag where empty. */
  script?: string
  /** In front of the script's tag. */
  head?: string
  headers?: Record<string, string>
}

const started = await startBrowser()

/** Why the tests cannot run here; undefined where a browser is up. */
export const missing = 'reason' in started ? started.reason : undefined

/**
 * A site and a collect endpoint in one server on this machine, and browsers to visit it with. What the endpoint is sent
 * stands in `messages`; it answers with the next of `answers`, else 202.
 */
export function site() {
  const browser: Browser | undefined = 'browser' in started ? started.browser : undefined
  const pages = new Map<string, TestPage>()
  const messages: Message[] = []
  /** Statuses for the next messages: 0 breaks the connection, -1 never answers. */
  const answers: number[] = []
  const requests: string[] = []
  const open: Page[] = []
  const complaints: string[] = []
  let files: Awaited<ReturnType<typeof buildTracker>>

  const server = createServer((req, res) => {
    answer(req, res).catch(() => res.destroy())
  })

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(req.url ?? '/', 'http://site.test')
    requests.push(pathname + search)
    const origin = req.headers.origin ?? '*'
    res.setHeader('Access-Control-Allow-Origin', origin)
    if (origin !== '*') res.setHeader('Access-Control-Allow-Credentials', 'true')
    if (/\/t\.js$/.test(pathname)) {
      res.setHeader('Content-Type', 'text/javascript')
      res.end(search.startsWith('?actions') ? files['t-actions.js'] : files['t.js'])
    } else if (pathname === '/module.js') {
      res.setHeader('Content-Type', 'text/javascript')
      res.end(files['index.js'])
    } else if (/\/e$/.test(pathname)) {
      await collect(req, res, pathname)
    } else {
      const page = pages.get(pathname) ?? {}
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...page.headers }).end(html(page))
    }
  }

  async function collect(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of req) parts.push(part as Buffer)
    const text = Buffer.concat(parts).toString('utf8')
    const message: Message = { path, headers: req.headers, text, ...JSON.parse(text) }
    messages.push(message)
    const status = answers.shift() ?? 202
    if (status < 0) return
    if (status === 0) res.destroy()
    else {
      // As the collect endpoint does for what it takes: an id by consent, none without.
      if (status === 202 && message.consent !== undefined) {
        const id = message.consent
          ? 'jejak_id=one; Path=/; HttpOnly; SameSite=Lax'
          : 'jejak_id=; Path=/; Max-Age=0'
        res.setHeader('Set-Cookie', id)
      }
      res.writeHead(status).end()
    }
  }

  beforeAll(async () => {
    files = await buildTracker()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  beforeEach(() => {
    pages.clear()
    messages.length = 0
    requests.length = 0
    answers.length = 0
    complaints.length = 0
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()))
  })
  afterAll(async () => {
    await browser?.close()
    server.closeAllConnections()
    server.close()
  })

  const port = () => (server.address() as AddressInfo).port

  async function newPage(options: BrowserContextOptions = {}, from = browser): Promise<Page> {
    if (from === undefined) throw new Error(missing)
    const page = await (await from.newContext(options)).newPage()
    open.push(page)
    await watchComplaints(page, complaints)
    return page
  }

  return {
    pages,
    messages,
    answers,
    /** What pages complained of: exceptions, rejections that nobody took, what a policy refused. */
    complaints,
    newPage,
    /** The requests for a path so far. */
    asked: (path: string) => requests.filter((asked) => asked === path),
    /** An address of the site; of the same server under another host where `host` says so. */
    address: (path = '/', host = '127.0.0.1') => `http://${host}:${port()}${path}`,
    events: (kind?: string) =>
      messages.flatMap(({ events }) => events).filter((event) => kind === undefined || event.kind === kind),

    async visit(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
      const page = await newPage(options)
      await page.goto(`http://127.0.0.1:${port()}${path}`)
      return page
    },

    /** Waits until the script's second half watches the page. */
    async actionsReady(page: Page): Promise<void> {
      await page.waitForFunction(
        'performance.getEntriesByType("resource").some((e) => e.name.endsWith("?actions") && e.responseEnd > 0)',
      )
      // Run, too: the same module again waits for the first run.
      await page.evaluate(
        'import(performance.getEntriesByType("resource").find((e) => e.name.endsWith("?actions")).name)',
      )
    },

    /** Waits until so many different events of a kind have come. */
    async received(kind: string, count: number): Promise<SentEvent[]> {
      const distinct = () => {
        const byId = new Map<string, SentEvent>()
        for (const { events } of messages) {
          for (const event of events) if (event.kind === kind) byId.set(event.id, event)
        }
        return [...byId.values()]
      }
      await until(
        `${count} of kind ${kind} (there are ${distinct().length})`,
        async () => distinct().length >= count,
        10_000,
      )
      return distinct()
    },
  }
}

function html({ body = '', attributes = '', script = '/t.js', head = '' }: TestPage): string {
  const tag = script && `<script defer data-automation src="${script}" ${attributes}></script>`
  return `<!doctype html><html><head><title>Test</title>${head}${tag}</head><body>${body}</body></html>`
}

async function watchComplaints(page: Page, complaints: string[]): Promise<void> {
  // Both before any listener of the page.
  await page.addInitScript(`
    addEventListener('securitypolicyviolation', (e) => console.error('refused by policy: ' + e.violatedDirective + ' ' + e.blockedURI))
    addEventListener('unhandledrejection', (e) => console.error('unhandled rejection: ' + e.reason))
  `)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text())
    }
  })
}

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

/** A browser with the back/forward cache, which playwright switches off; null where no Chromium is installed. */
export async function startCachingBrowser(): Promise<Browser | null> {
  if (SYSTEM === undefined) return null
  return chromium.launch({
    executablePath: SYSTEM,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/**
 * A browser on its own at an address, with nobody to drive it: whatever drives one holds prerendered pages up. Gives
 * what ends it, or null where no Chromium is installed.
 */
export function startLoneBrowser(address: string): (() => Promise<void>) | null {
  if (SYSTEM === undefined) return null
  const profile = mkdtempSync(join(tmpdir(), 'jejak-browser-'))
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']
  const child = spawn(SYSTEM, [...args, `--user-data-dir=${profile}`, address], {
    stdio: 'ignore',
    // A group of its own: the installed command is a script around the browser.
    detached: true,
  })
  return async () => {
    const ended = once(child, 'exit')
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}
