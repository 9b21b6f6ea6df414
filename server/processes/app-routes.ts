import { existsSync, readFileSync } from 'node:fs'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { createApi } from '../api/app.ts'
import { attributionRoutes } from '../api/attribution.ts'
import { classifyRoutes } from '../api/classify.ts'
import { compareRoutes } from '../api/compare.ts'
import type { ConversionTaker } from '../api/conversion-take.ts'
import { conversionRoutes } from '../api/conversions.ts'
import { demoRoutes } from '../api/demo.ts'
import { funnelRoutes } from '../api/funnel.ts'
import { goalRoutes } from '../api/goals.ts'
import { pageKindRoutes } from '../api/page-kinds.ts'
import { queryRoutes } from '../api/query.ts'
import { ruleRoutes } from '../api/rules.ts'
import type { Config } from '../config.ts'
import type { Control } from '../control/control.ts'
import type { DemoRunner } from '../demo/runner.ts'
import { compileRules } from '../domain/rules/compile.ts'
import type { Loader } from '../loader/loader.ts'
import type { Logger } from '../ops/log.ts'
import { loaderMetrics, METRICS_TYPE } from '../ops/metrics.ts'
import { packageFile } from '../paths.ts'
import { linkClicks } from '../reports/link-clicks.ts'
import { channelsOfRules } from '../reports/own-channels.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

export interface AppParts {
  config: Config
  control: Control
  warehouse: Warehouse
  /** Null in an app whose hits are loaded elsewhere. */
  loader: Loader | null
  /** Takes in conversions that other systems tell. */
  intake: ConversionTaker
  /** Null in an app whose hits are loaded elsewhere. */
  demo: DemoRunner | null
  /** Unix ms until which everything received is in the warehouse. */
  freshness(): number
  log: Logger
}

const DASHBOARD = packageFile('dist', 'dashboard')
/** Recharts and Radix place things by style attributes; nothing else comes from elsewhere or is written in the page. */
const DASHBOARD_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
}

/** Everything the app process answers: the API, reports, the dashboard's files, its metrics. */
export function appRoutes(parts: AppParts): Hono {
  const { config, control, warehouse, loader, intake, demo, freshness, log } = parts
  const app = new Hono()
  const onError = (error: unknown) =>
    log.error({ error: String(error), stack: stackOf(error) }, 'a request failed')
  const api = createApi({
    control,
    publicUrl: config.publicUrl,
    clickIdParameter: config.clickIdParameter,
    linkClicks: (siteId, linkIds) => linkClicks(warehouse, { id: siteId }, linkIds),
    onError,
  })
  const ownChannels = async (siteId: number) => channelsOfRules((await control.rules.of(siteId)).rules)
  const goals = async (siteId: number) => (await control.goals.of(siteId)).items
  const pageKinds = async (siteId: number) => (await control.pageKinds.of(siteId)).items
  const sites = control.sites
  api.route('/', queryRoutes({ warehouse, sites, ownChannels, goals, pageKinds, freshness }))
  api.route('/', compareRoutes({ warehouse, sites, ownChannels, goals, pageKinds, freshness }))
  api.route('/', funnelRoutes({ warehouse, sites, goals, pageKinds, freshness }))
  api.route('/', attributionRoutes({ warehouse, sites, goals, ownChannels, freshness, onError }))
  api.route('/', goalRoutes({ control }))
  api.route('/', conversionRoutes({ control, intake, warehouse, freshness, onError }))
  api.route('/', pageKindRoutes({ control }))
  api.route('/', ruleRoutes({ control, warehouse }))
  api.route('/', demoRoutes({ demo }))
  api.route(
    '/',
    classifyRoutes({
      async siteOf(name) {
        const site = await control.sites.byName(name)
        if (!site) return null
        const { rules, revision } = await control.rules.of(site.id)
        return { hostnames: site.hostnames, rules: compileRules(rules, revision) }
      },
    }),
  )

  app.get('/metrics', async (c) =>
    c.body(loader ? await loaderMetrics(loader.status(), Date.now()) : '', 200, {
      'Content-Type': METRICS_TYPE,
    }),
  )
  app.use('/app/*', async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(DASHBOARD_HEADERS)) c.res.headers.set(name, value)
    const immutable = c.req.path.startsWith('/app/assets/') && c.res.status === 200
    c.res.headers.set('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  })
  // A view's state stands in the query: it goes along.
  app.get('/app', (c) => c.redirect(`/app/${new URL(c.req.url).search}`))
  app.use(
    '/app/*',
    serveStatic({ root: DASHBOARD, rewriteRequestPath: (path) => path.replace(/^\/app/, '') }),
  )
  app.get('/app/assets/*', (c) => c.text('There is no such file.', 404))
  // Every other address below /app is a view of the dashboard's own.
  app.get('/app/*', (c) => {
    const page = `${DASHBOARD}/index.html`
    if (!existsSync(page)) return c.text('The dashboard is not built: run npm run build.', 503)
    return c.html(readFileSync(page, 'utf8'))
  })
  app.route('/', api)
  return app
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined
}
