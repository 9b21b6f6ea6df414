import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { DEMO_DEFAULTS, DemoError } from '../demo/make.ts'
import type { DemoRunner, DemoStatus } from '../demo/runner.ts'
import { LockTaken } from '../spool/lock.ts'
import { HttpProblem, problem, problemResponse } from './problem.ts'
import { refuseInvalid } from './validation.ts'

export interface DemoApiDeps {
  /** Null in an app whose hits are loaded elsewhere. */
  demo: DemoRunner | null
}

const PATH = '/api/v1/demo'
const MAX_BODY_BYTES = 4 * 1024
/** More than a button should begin; the command makes histories of any size. */
const MAX_HITS = 5_000_000
const tags = ['Demo']

const statusSchema = z
  .object({
    state: z
      .enum(['absent', 'making', 'unfinished', 'ready', 'removing'])
      .describe('`unfinished`: whoever made it has gone; POST goes on with it.'),
    available: z.boolean().describe('Whether this app can make one: it can where it loads hits itself.'),
    site: z.string().nullable(),
    hits: z.int().describe('About how many there shall be.'),
    made: z.int(),
    loaded: z.int(),
    days: z.int(),
    seed: z.int(),
    until: z.iso.datetime().nullable().describe('End of the history.'),
    pages: z.string().describe('Where `jejak demo` serves the made-up brand’s pages.'),
    error: z.string(),
  })
  .openapi('Demo')
const wishSchema = z
  .strictObject({
    hits: z.int().min(1000).max(MAX_HITS).optional(),
    days: z.int().min(1).max(1000).optional(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
  })
  .openapi('DemoWish', {
    description: `What is left out is as usual: ${DEMO_DEFAULTS.hits} hits, ${DEMO_DEFAULTS.days} days, seed ${DEMO_DEFAULTS.seed}.`,
  })
const oneDemo = { 'application/json': { schema: statusSchema } }
const ELSEWHERE = problemResponse('Hits are loaded elsewhere; `detail` says what to do.')

const readDemo = createRoute({
  method: 'get',
  path: PATH,
  summary: 'See how the demo stands',
  tags,
  responses: { 200: { description: 'The demo.', content: oneDemo } },
})

const makeRoute = createRoute({
  method: 'post',
  path: PATH,
  summary: 'Make a demo',
  description:
    'A site named `demo` with links, goals and a made-up history, plainly marked. It is made in the background.',
  tags,
  middleware: bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => problem(c, 413, `The body is longer than ${MAX_BODY_BYTES / 1024} kB.`),
  }),
  request: { body: { required: true, content: { 'application/json': { schema: wishSchema } } } },
  responses: {
    202: { description: 'It is being made, or stands already.', content: oneDemo },
    400: problemResponse('The request cannot be taken; `errors` names the fields.'),
    409: problemResponse('There is another demo, or a site of its name; or hits are loaded elsewhere.'),
    413: problemResponse('The body is longer than 4 kB.'),
  },
})

const removeRoute = createRoute({
  method: 'delete',
  path: PATH,
  summary: 'Take the demo away',
  description:
    'Its links, its hits, its site and all that was set up for it. Does nothing where there is none.',
  tags,
  responses: { 202: { description: 'It is going.', content: oneDemo }, 409: ELSEWHERE },
})

/** `/api/v1/demo`. */
export function demoRoutes({ demo }: DemoApiDeps): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid })

  /** @throws {HttpProblem} 409. */
  function runner(): DemoRunner {
    if (demo) return demo
    throw new HttpProblem(409, 'Hits are loaded elsewhere: run jejak demo on the machine that loads them.')
  }

  app.openapi(readDemo, (c) => c.json(shown(demo), 200))

  app.openapi(makeRoute, async (c) => {
    try {
      const begun = runner()
      await begun.start(c.req.valid('json'))
      return c.json(shown(begun), 202)
    } catch (error) {
      if (!(error instanceof DemoError || error instanceof LockTaken)) throw error
      throw new HttpProblem(409, error.message)
    }
  })

  app.openapi(removeRoute, (c) => {
    const begun = runner()
    begun.remove()
    return c.json(shown(begun), 202)
  })

  return app
}

const NO_DEMO: DemoStatus = {
  state: 'absent',
  site: null,
  hits: 0,
  made: 0,
  loaded: 0,
  days: 0,
  seed: 0,
  until: 0,
  pages: '',
  error: '',
}

function shown(demo: DemoRunner | null): z.infer<typeof statusSchema> {
  const status = demo?.status() ?? NO_DEMO
  const until = status.until > 0 ? new Date(status.until).toISOString() : null
  return { ...status, available: demo !== null, until }
}
