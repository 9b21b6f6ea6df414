/**
 * Draws the pictures of the documents: starts the built service in a temporary folder, fills it with `demo-data.mjs` and
 * with the demo, and photographs the pages into docs/images/. Needs a Chromium (`CHROMIUM` names one beside the usual places).
 *
 *     npm run build && node scripts/pictures.mjs
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const images = join(root, 'docs', 'images')
const places = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const browserPath = places.find((path) => path !== '' && existsSync(path))
if (browserPath === undefined) throw new Error('no Chromium is installed; name one in CHROMIUM')

const LINKS = [
  {
    slug: 'drive-in',
    destination: 'https://www.cars.example/test-drive',
    platform: 'instagram',
    placement: 'bio',
    title: 'Test drive, bio',
  },
  {
    slug: 'spring-in',
    destination: 'https://www.cars.example/offers/spring',
    platform: 'instagram',
    placement: 'story',
    title: 'Spring offer, story',
  },
  {
    slug: 'aurora-ti',
    destination: 'https://www.cars.example/cars/aurora',
    platform: 'tiktok',
    placement: 'description',
    title: 'Aurora film',
  },
]

const folder = mkdtempSync(join(tmpdir(), 'jejak-pictures-'))
const env = {
  ...process.env,
  PORT: '0',
  JEJAK_DATA_DIR: join(folder, 'data'),
  JEJAK_PUBLIC_URL: 'https://go.cars.example',
}
const service = spawn(process.execPath, [join(root, 'bin', 'jejak'), 'start'], {
  env,
  stdio: ['ignore', 'inherit', 'pipe'],
})
const ended = once(service, 'exit')
try {
  const url = `http://127.0.0.1:${await readyPort(service)}`
  await send(`${url}/api/v1/sites/1`, 'PATCH', {
    hostnames: ['cars.example'],
    timezone: 'Europe/Berlin',
    currency: 'EUR',
  })
  for (const link of LINKS) await send(`${url}/api/v1/links`, 'POST', link)
  run('scripts/demo-data.mjs', folder, '--end', '2026-03-29')
  run('bin/jejak', 'import', 'access-log', join(folder, 'access.log'), '--host', 'www.cars.example')
  run('bin/jejak', 'import', 'bitly', join(folder, 'clicks.ndjson'))
  const days = '2026-03-02..2026-03-29'
  await photograph('compare', `${url}/app/?range=${days}&compare=previous`, 'Landing pages')
  // Models need people who come back and goals that they reach: those the demo has.
  run('bin/jejak', 'demo', '--until', '2026-03-29', '--no-serve')
  await photograph('models', `${url}/app/models?site=demo&range=${days}`, 'Credit by channel')
} finally {
  service.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}

/** A page, light and dark, once the table is there that its heading names. */
async function photograph(name, address, heading) {
  mkdirSync(images, { recursive: true })
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 966 },
        colorScheme,
        reducedMotion: 'reduce',
        locale: 'en-GB',
      })
      await page.goto(address, { waitUntil: 'networkidle' })
      await page.getByRole('region', { name: heading }).getByRole('table').first().waitFor()
      // The chart grows in once its figures are there.
      await page.waitForTimeout(1_000)
      await page.screenshot({ path: join(images, `${name}-${colorScheme}.png`) })
      await page.close()
    }
  } finally {
    await browser.close()
  }
}

/** The port that the system gave, once redirects and API answer. */
async function readyPort(child) {
  let port = 0
  let app = false
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.startsWith('{')) continue
    const { msg, port: given } = JSON.parse(line)
    if (msg === 'redirecting') port = given
    if (msg === 'the app is ready') app = true
    if (port > 0 && app) {
      child.stderr.resume()
      return port
    }
  }
  throw new Error('the service ended before it was ready')
}

async function send(url, method, body) {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { env, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${script} ended with ${status}`)
}
