import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router'
import { compareSearch } from '../features/compare/search.ts'
import { linksSearch } from '../features/links/search.ts'
import { modelsSearch } from '../features/models/search.ts'
import { rulesSearch } from '../features/rules/search.ts'
import { whySearch } from '../features/why/search.ts'
import { parseSearch, stringifySearch } from '../shared/url/search.ts'
import { z } from '../shared/zod.ts'
import { Broken, NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: Broken,
  validateSearch: z.object({ site: z.string().optional().catch(undefined) }),
  // The chosen site goes along from page to page.
  search: { middlewares: [retainSearchParams(['site'])] },
})

const compare = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./compare-route.tsx'), 'CompareRoute'),
})

const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import('../features/models/models-page.tsx'), 'ModelsPage'),
})

const links = createRoute({
  getParentRoute: () => root,
  path: '/links',
  validateSearch: linksSearch,
  component: lazyRouteComponent(() => import('../features/links/links-page.tsx'), 'LinksPage'),
})

const why = createRoute({
  getParentRoute: () => root,
  path: '/why',
  validateSearch: whySearch,
  component: lazyRouteComponent(() => import('../features/why/why-page.tsx'), 'WhyPage'),
})

const rules = createRoute({
  getParentRoute: () => root,
  path: '/rules',
  validateSearch: rulesSearch,
  component: lazyRouteComponent(() => import('../features/rules/rules-page.tsx'), 'RulesPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([compare, models, links, why, rules]),
  basepath: '/app',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
