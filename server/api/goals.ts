import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Goal } from '../domain/goals/goal.ts'
import { parseGoals } from '../domain/goals/parse.ts'
import { GOAL_TEMPLATES } from '../facts/goal-templates.ts'
import { goalProperties, goalTemplatesSchema } from './goal-schemas.ts'
import { type SiteListControl, type SiteListResource, siteListRoutes } from './site-list.ts'

const TEMPLATE_IDS = GOAL_TEMPLATES.map(({ id }) => id)

const GOALS: SiteListResource<Goal> = {
  path: 'goals',
  key: 'goals',
  one: 'goal',
  many: 'goals',
  tag: 'Goals',
  about:
    'What the site wants its visitors to do. A goal is looked for in all history, from when it is added.',
  schemaName: 'Goal',
  properties: goalProperties,
  required: ['name', 'match'],
  store: ({ goals }) => goals,
  parse: (input, place) => parseGoals(input, place, TEMPLATE_IDS),
}

const templatesRoute = createRoute({
  method: 'get',
  path: '/api/v1/goal-templates',
  summary: 'Goals to begin with',
  description: 'Send one as a goal, with its id as `template`; name and match may be changed.',
  tags: ['Goals'],
  responses: {
    200: {
      description: 'All templates.',
      content: { 'application/json': { schema: goalTemplatesSchema } },
    },
  },
})

/** `/api/v1/sites/{id}/goals` and `/api/v1/goal-templates`. */
export function goalRoutes({ control }: { control: SiteListControl }): OpenAPIHono {
  const app = siteListRoutes(GOALS, control)
  app.openapi(templatesRoute, (c) => c.json({ data: [...GOAL_TEMPLATES] }, 200))
  return app
}
