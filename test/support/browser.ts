import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A browser of a test asks nobody but the page under test. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A running browser, or why none could be started. */
export type BrowserStart = { browser: Browser } | { reason: string }

/** Starts the system's Chromium, else the one that comes with the development packages. The caller closes it. */
export async function startBrowser(): Promise<BrowserStart> {
  const reasons: string[] = []
  const system = SYSTEM.find((path) => existsSync(path))
  if (system === undefined) reasons.push('no Chromium is installed')
  else {
    const started = await launch(system, QUIET)
    if ('browser' in started) return started
    reasons.push(started.reason)
  }
  try {
    const started = await launch(await chromium.executablePath(), [...chromium.args, ...QUIET])
    if ('browser' in started) return started
    reasons.push(started.reason)
  } catch (error) {
    reasons.push(firstLine(error))
  }
  return { reason: `no browser could be started: ${reasons.join('; ')}` }
}

async function launch(executablePath: string, args: string[]): Promise<BrowserStart> {
  try {
    return { browser: await playwright.launch({ executablePath, args }) }
  } catch (error) {
    return { reason: `${executablePath}: ${firstLine(error)}` }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
