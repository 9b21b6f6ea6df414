import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { packageFile } from '../paths.ts'

export interface DemoSiteOptions {
  /** Where the page script comes from and events go: `http://localhost:8080`. */
  jejak: string
  /** Query parameter of the click id. */
  clickIdParameter: string
}

interface Page {
  title: string
  /** File below `demo/site/pages`. */
  file: string
  status?: number
  values?: Record<string, string>
}

const ROOT = packageFile('demo', 'site')
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
}
const NOT_FOUND: Page = { title: 'Not found', file: 'not-found.html', status: 404 }

/**
 * The demo's brand site: its pages with the page script in them, and the files that they use. It takes nothing in, asks
 * nobody and keeps nothing. Its caller lets it listen, on this machine alone.
 */
export function createDemoSite(options: DemoSiteOptions): Server {
  const layout = readText('layout.html')
  const files = filesBelow('assets')
  const models: Record<string, Record<string, string>> = JSON.parse(readText('models.json'))
  const headers = { 'Content-Security-Policy': policyOf(options.jejak), ...SAFE_HEADERS }

  function pageAt(path: string): Page | null {
    const model = /^\/models\/([a-z]+)$/.exec(path)?.[1]
    const values = model === undefined ? undefined : models[model]
    if (values) return { title: values.name ?? '', file: 'model.html', values }
    if (/^\/dealers(?:\/[a-z0-9-]+)?$/.test(path)) return { title: 'Find a dealer', file: 'dealers.html' }
    return PAGES[path] ?? null
  }

  function html(page: Page): string {
    const main = filled(readText(join('pages', page.file)), page.values ?? {})
    const { jejak, clickIdParameter } = options
    return filled(layout, { title: page.title, main, jejak, clickIdParameter })
  }

  function answer(req: IncomingMessage, res: ServerResponse): void {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    const path = pathOf(req.url ?? '/')
    const file = path === null ? undefined : files.get(path)
    const body = file ?? Buffer.from(html((path === null ? null : pageAt(path)) ?? NOT_FOUND))
    const found = file !== undefined || (path !== null && pageAt(path) !== null)
    res.writeHead(found ? 200 : 404, {
      ...headers,
      'Content-Type': file
        ? (TYPES[extname(path ?? '')] ?? 'application/octet-stream')
        : 'text/html; charset=utf-8',
      'Content-Length': body.length,
      'Cache-Control': 'no-cache',
    })
    res.end(req.method === 'HEAD' ? undefined : body)
  }

  return createServer(answer)
}

const PAGES: Record<string, Page> = {
  '/': { title: 'Electric cars for the long way home', file: 'home.html' },
  '/test-drive': { title: 'Book a test drive', file: 'test-drive.html' },
  '/test-drive/thank-you': { title: 'Book a test drive', file: 'test-drive.html' },
  '/offers/summer-drive': { title: 'Summer drive weekend', file: 'offer.html' },
  '/privacy': { title: 'Privacy', file: 'privacy.html' },
}

const SAFE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
}

/** Nothing but our own files and the page script: what a strict policy leaves is what the demo shows to work. */
function policyOf(jejak: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${jejak}`,
    `connect-src 'self' ${jejak}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The path without a closing slash; null for one that cannot be read. */
function pathOf(target: string): string | null {
  try {
    const { pathname } = new URL(target, 'http://localhost')
    return decodeURIComponent(pathname).replace(/(.)\/+$/, '$1')
  } catch {
    return null
  }
}

/** The files of a folder by the path they are asked for. */
function filesBelow(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>([['/dealers.json', readFileSync(join(ROOT, 'dealers.json'))]])
  for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(join(ROOT, folder).length).replaceAll('\\', '/'), readFileSync(path))
  }
  return files
}

function readText(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** `{{name}}` stands for a value; all values are our own. */
function filled(template: string, values: Record<string, string>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}
