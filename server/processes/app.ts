import { createServer, type RequestListener } from 'node:http'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { checkAccess } from '../accounts/access.ts'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import { createDemoRunner } from '../demo/runner.ts'
import { followProgress } from '../loader/progress.ts'
import type { Logger } from '../ops/log.ts'
import { appRoutes } from './app-routes.ts'
import { openConversionDoor } from './conversion-spool.ts'
import { refuseAccess } from './guard.ts'
import { closeServer, listen, portOf } from './http.ts'
import { type Loading, startLoading } from './loading.ts'
import { localRoutes } from './local-routes.ts'
import { listenLocally } from './local-socket.ts'
import { endWithParent, onStop } from './stop.ts'
import { dataPaths, openConfiguredControl, openConfiguredWarehouse } from './stores.ts'

/** Redirects go before reports: a nicer app gives way where both want the processor. */
const APP_NICENESS = 10
const DRAIN_MS = 10_000

/**
 * The app process behind a front process (`jejak start`): loader, engine, API, reports, dashboard, on the data
 * directory's socket. Ends when the front process does.
 */
export async function runAppChild(config: Config, log: Logger): Promise<void> {
  endWithParent()
  lowerPriority(log)
  const control = await openConfiguredControl(config)
  const loading = await startLoading(config, control, log)
  const { loader, warehouse } = loading
  const door = await openConversionDoor(config, control, dataPaths(config.dataDir).spool, log)
  const routes = new Hono()
  routes.route('/', localRoutes(loader, control))
  const freshness = () => loader.status().completeUntil
  const { intake } = door
  const { dataDir, spoolMaxBytes } = config
  const demo = createDemoRunner({ control, loader, dataDir, spoolMaxBytes, log })
  routes.route('/', appRoutes({ config, control, warehouse, loader, intake, demo, freshness, log }))
  const server = createServer(getRequestListener(routes.fetch))
  await listenLocally(server, config.dataDir)
  log.info({}, 'the app is ready')
  const stop = async () => {
    await closeServer(server)
    await demo.stop()
    await door.close()
    await loading.stop(DRAIN_MS)
    await control.close()
  }
  onStop(log, stop, ['SIGTERM'])
}

/**
 * `jejak app`: API, reports and dashboard on a port of their own, beside edges and loaders elsewhere. With the embedded
 * engine it loads this machine's spool too, since no other process could.
 */
export async function runApp(config: Config, log: Logger): Promise<void> {
  const control = await openConfiguredControl(config)
  const loading = config.clickhouseUrl ? null : await startLoading(config, control, log)
  const warehouse = loading?.warehouse ?? (await openConfiguredWarehouse(config))
  const loader = loading?.loader ?? null
  // What is told to the app itself has to be loaded too, and no loader may be beside it.
  const own = loading ? null : await startOwnLoading(config, control, log)
  const spoolRoot = dataPaths(own?.dataDir ?? config.dataDir).spool
  const door = await openConversionDoor(config, control, spoolRoot, log)
  const { intake } = door
  const elsewhere = loader ? null : followProgress(warehouse)
  const freshness = () => loader?.status().completeUntil ?? elsewhere?.completeUntil() ?? 0
  const { dataDir, spoolMaxBytes } = config
  const demo = loader && createDemoRunner({ control, loader, dataDir, spoolMaxBytes, log })
  const routes = appRoutes({ config, control, warehouse, loader, intake, demo, freshness, log })
  const health = new Hono()
  health.get('/healthz', (c) => c.json({ status: 'ok' }))
  health.get('/readyz', async (c) => {
    const reasons = await ailments(warehouse, loader?.status().failing ?? null)
    return c.json({ status: reasons.length > 0 ? 'degraded' : 'ok', reasons, warnings: [] })
  })
  health.route('/', routes)
  const server = createServer(guarded(getRequestListener(health.fetch), config))
  await listen(server, config)
  const local = loader ? createServer(getRequestListener(localRoutes(loader, control).fetch)) : null
  if (local) await listenLocally(local, config.dataDir)
  log.info({ host: config.host, port: portOf(server) }, 'the app is ready')
  onStop(log, async () => {
    await Promise.all([closeServer(server), local && closeServer(local)])
    await demo?.stop()
    await door.close()
    elsewhere?.stop()
    await own?.loading.stop(DRAIN_MS)
    await (loading ? loading.stop(DRAIN_MS) : warehouse.close())
    await control.close()
  })
}

/** An app beside a ClickHouse server keeps a spool of its own, apart from that of an edge on the same data directory. */
const OWN_DIRECTORY = 'app'

/**
 * A loader for the conversions that are told to this app. It has a directory, a lock and a place in `completeUntil` of
 * its own, so it neither needs a `jejak loader` on the same data directory nor stands in its way.
 */
async function startOwnLoading(
  config: Config,
  control: Control,
  log: Logger,
): Promise<{ loading: Loading; dataDir: string }> {
  const dataDir = join(config.dataDir, OWN_DIRECTORY)
  return { loading: await startLoading({ ...config, dataDir }, control, log), dataDir }
}

/** `jejak loader`: loads this machine's spool into a ClickHouse server. */
export async function runLoader(config: Config, log: Logger): Promise<void> {
  const control = await openConfiguredControl(config)
  const loading = await startLoading(config, control, log)
  const server = createServer(getRequestListener(localRoutes(loading.loader, control).fetch))
  await listenLocally(server, config.dataDir)
  log.info({}, 'the loader is ready')
  onStop(log, async () => {
    await closeServer(server)
    await loading.stop(DRAIN_MS)
    await control.close()
  })
}

const OPEN_TO_ALL = new Set(['/healthz', '/readyz'])

function guarded(listener: RequestListener, config: Config): RequestListener {
  const rules = { apiToken: config.apiToken, publicOrigin: config.publicUrl.origin }
  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?')
    const access = checkAccess(
      { method: req.method ?? '', peer: req.socket.remoteAddress, headers: req.headers },
      rules,
    )
    if (access.allowed || OPEN_TO_ALL.has(path)) listener(req, res)
    else refuseAccess(req, res, access.detail, config.apiToken !== null)
  }
}

async function ailments(warehouse: { ping(): Promise<void> }, failing: string | null): Promise<string[]> {
  const reasons = failing === null ? [] : [`loader: ${failing}`]
  try {
    await warehouse.ping()
  } catch (error) {
    reasons.push(`warehouse: ${error instanceof Error ? error.message : String(error)}`)
  }
  return reasons
}

function lowerPriority(log: Logger): void {
  try {
    setPriority(APP_NICENESS)
  } catch (error) {
    log.warn({ error: String(error) }, 'the app could not lower its priority')
  }
}
