import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkAccess } from '../accounts/access.ts'
import { type Config, environmentOf } from '../config.ts'
import { createPreviewDetector } from '../domain/bots/preview.ts'
import { controlEdgeStore } from '../edge/control-store.ts'
import { createEdge, type Edge } from '../edge/edge.ts'
import { geoFiles, openGeo } from '../edge/geo.ts'
import type { Readiness } from '../edge/health.ts'
import { createEdgeServer } from '../edge/server.ts'
import { loadPreviewFacts } from '../facts/load.ts'
import type { LoaderStatus } from '../loader/loader.ts'
import type { Logger } from '../ops/log.ts'
import { edgeMetrics, METRICS_TYPE } from '../ops/metrics.ts'
import { packageFile } from '../paths.ts'
import type { SpoolWriter } from '../spool/spool.ts'
import { openSpoolWriter } from '../spool/writer.ts'
import { refuseAccess } from './guard.ts'
import { closeServer, listen, portOf } from './http.ts'
import { askApp } from './local-socket.ts'
import { createAppProxy, openTarget } from './proxy.ts'
import { onStop } from './stop.ts'
import { dataPaths, openConfiguredControl } from './stores.ts'
import { type Supervisor, supervise } from './supervisor.ts'

const APP_STOP_MS = 20_000
const APP_LOOK_MS = 2_000
/** An app that hangs is told from one that is slow, and holds up neither `/readyz` nor `/metrics`. */
const APP_ANSWER_MS = 5_000
/** Inserts and queries of the engine run on libuv's threads: one writer, a pool of readers, and files. */
const APP_THREADS = '16'

/** `jejak start`: the front process of one machine, with the app process behind it; `jejak edge`: it alone. */
export async function runEdge(config: Config, log: Logger, options: { withApp: boolean }): Promise<void> {
  const geo = await openGeo(geoFiles(config), log)
  const control = await openConfiguredControl(config, { renameDomain: true })
  const spool = await openSpoolWriter({
    directory: dataPaths(config.dataDir).edgeSpool,
    durability: config.durability,
    maxBytes: config.spoolMaxBytes,
    onLoss: lossLog(log),
  })
  const app = options.withApp ? startApp(config, log) : null
  const watch = app ? watchApp(config.dataDir) : null
  let phase: Readiness['phase'] = 'starting'

  const rules = { apiToken: config.apiToken, publicOrigin: config.publicUrl.origin }
  const accessOf = (req: IncomingMessage) =>
    checkAccess({ method: req.method ?? '', peer: req.socket.remoteAddress, headers: req.headers }, rules)
  const proxy = app ? createAppProxy(config.dataDir) : null

  const passOn = (req: IncomingMessage, res: ServerResponse): void => {
    const access = accessOf(req)
    const target = openTarget(req.url ?? '')
    if (!access.allowed) refuseAccess(req, res, access.detail, config.apiToken !== null)
    else if (target?.pathname === '/metrics') answerMetrics(res, edge, spool, app, config.dataDir)
    else if (proxy && target) proxy(req, res, target)
    else res.writeHead(404, { 'Cache-Control': 'no-store' }).end()
  }
  const edge = createEdge({
    store: controlEdgeStore(control),
    spool,
    geo,
    tracker: { script: builtScript('t.js'), actions: builtScript('t-actions.js') },
    trustedProxies: config.trustedProxies,
    clickIdParameter: config.clickIdParameter,
    isPreviewCrawler: createPreviewDetector(loadPreviewFacts()).isPreviewCrawler,
    passOn,
    mayUseApp: (req) => app !== null && accessOf(req).allowed,
    readiness: () => ({ phase, reasons: watch?.reasons() ?? [] }),
    log,
  })
  await edge.started
  const server = createEdgeServer(edge)
  await listen(server, config)
  phase = 'ready'
  log.info({ host: config.host, port: portOf(server), publicUrl: config.publicUrl.origin }, 'redirecting')

  onStop(log, async () => {
    phase = 'draining'
    await closeServer(server)
    edge.close()
    geo.close()
    await spool.close()
    watch?.stop()
    await app?.stop(APP_STOP_MS)
    await control.close()
  })
}

function startApp(config: Config, log: Logger): Supervisor {
  const script = process.argv[1] ?? ''
  const threads = process.env.UV_THREADPOOL_SIZE ?? APP_THREADS
  const env = { ...process.env, ...environmentOf(config), UV_THREADPOOL_SIZE: threads }
  return supervise({ script, args: ['app-child'], env, log })
}

/** Looks at the app now and then, for `/readyz`. */
function watchApp(dataDir: string) {
  let reasons = ['app: starting']
  const look = async () => {
    try {
      const { failing, blocked } = await askApp<LoaderStatus>(
        dataDir,
        'GET',
        '/_/status',
        undefined,
        APP_ANSWER_MS,
      )
      reasons = [
        ...(failing ? [`loader: ${failing}`] : []),
        ...(blocked.length > 0 ? [`loader: ${blocked.length} segments need an operator; see the log`] : []),
      ]
    } catch {
      reasons = ['app: not answering; hits wait in the spool']
    }
  }
  const timer = setInterval(look, APP_LOOK_MS)
  setTimeout(look, APP_LOOK_MS / 4)
  return { reasons: () => reasons, stop: () => clearInterval(timer) }
}

function answerMetrics(
  res: ServerResponse,
  edge: Edge,
  spool: SpoolWriter,
  app: Supervisor | null,
  dataDir: string,
): void {
  const ofApp = app
    ? askApp<string>(dataDir, 'GET', '/metrics', undefined, APP_ANSWER_MS).catch(() => '')
    : ''
  Promise.all([edgeMetrics(edge.snapshot(), spool.stats(), app?.restarts() ?? 0), ofApp]).then(
    (texts) =>
      res.writeHead(200, { 'Content-Type': METRICS_TYPE, 'Cache-Control': 'no-store' }).end(texts.join('\n')),
    () => res.writeHead(500).end(),
  )
}

/** A full disk loses thousands of hits a second; the log hears of it once in ten seconds. */
function lossLog(log: Logger) {
  let unsaid = 0
  let saidAt = 0
  return (reason: string, hits: number) => {
    unsaid += hits
    if (Date.now() - saidAt < 10_000) return
    log.error({ reason, hits: unsaid }, 'hits are lost: the spool cannot keep them; redirects go on')
    unsaid = 0
    saidAt = Date.now()
  }
}

function builtScript(name: string): string {
  return readFileSync(packageFile('dist', 'tracker', name), 'utf8')
}
