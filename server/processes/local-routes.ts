import { type Context, Hono } from 'hono'
import type { Control } from '../control/control.ts'
import type { DayRequest } from '../loader/judging.ts'
import type { LocalLoader } from './loading.ts'

/**
 * Answers of the loading process to commands of this machine, over the data directory's socket alone. What goes wrong
 * is answered as `{ error }`.
 */
export function localRoutes(loader: LocalLoader, control: Control): Hono {
  const { judging } = loader
  const routes = new Hono()

  async function ofSite(c: Context, siteId: number, answer: () => Promise<object | null>): Promise<Response> {
    const site = Number.isSafeInteger(siteId) ? await control.sites.byId(siteId) : null
    return site ? c.json(await answer()) : c.json({ error: `there is no site ${siteId}` }, 404)
  }

  routes.get('/_/status', (c) => c.json(loader.status()))
  routes.get('/_/counts/:edgeRun', (c) => c.json(loader.counts(c.req.param('edgeRun'))))
  routes.get('/_/judged-days', (c) => {
    const { site, from = '', to = '' } = c.req.query()
    return ofSite(c, Number(site), () => judging.days(Number(site), from, to))
  })
  routes.post('/_/judge-again', async (c) => {
    const request = await c.req.json<DayRequest>()
    return ofSite(c, request.siteId, () => judging.judgeDay(request))
  })
  routes.post('/_/judge-again/trial', async (c) => {
    const request = await c.req.json<DayRequest>()
    return ofSite(c, request.siteId, () => judging.tryDay(request))
  })
  routes.post('/_/forget-site', async (c) => {
    const { siteId } = await c.req.json<{ siteId: number }>()
    if (!Number.isSafeInteger(siteId)) return c.json({ error: 'siteId is a whole number' }, 400)
    return c.json(await loader.forgetSite(siteId))
  })
  routes.onError((error, c) => c.json({ error: error.message }, error instanceof RangeError ? 400 : 500))
  return routes
}
