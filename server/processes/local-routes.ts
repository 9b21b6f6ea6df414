import { Hono } from 'hono'
import type { Control } from '../control/control.ts'
import { localDays } from '../domain/time/local-day.ts'
import type { Loader } from '../loader/loader.ts'

/** Answers of the loading process to commands of this machine, over the data directory's socket alone. */
export function localRoutes(loader: Loader, control: Control): Hono {
  const routes = new Hono()
  routes.get('/_/status', (c) => c.json(loader.status()))
  routes.get('/_/counts/:edgeRun', (c) => c.json(loader.counts(c.req.param('edgeRun'))))
  routes.post('/_/judge-again', async (c) => {
    const { siteId, day } = await c.req.json<{ siteId: number; day: string }>()
    const site = await control.sites.byId(siteId)
    if (!site) return c.json({ error: `there is no site ${siteId}` }, 404)
    const { start, end } = localDays(site.timezone).bounds(day)
    return c.json(await loader.judgeAgain({ siteId, from: start, to: end, days: [day] }))
  })
  return routes
}
