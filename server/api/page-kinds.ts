import type { OpenAPIHono } from '@hono/zod-openapi'
import { PAGE_KIND_LIMITS, PAGE_KINDS, type PageKind } from '../domain/pages/page-kind.ts'
import { MAX_PATTERN_LENGTH } from '../domain/pages/page-pattern.ts'
import { parsePageKinds } from '../domain/pages/parse.ts'
import { type SiteListControl, type SiteListResource, siteListRoutes } from './site-list.ts'

const PAGE_KIND_LIST: SiteListResource<PageKind> = {
  path: 'page-kinds',
  key: 'pageKinds',
  one: 'page kind',
  many: 'page kinds',
  tag: 'Goals',
  about: 'What the site’s pages are for: the first whose pattern matches a page gives it its label and kind.',
  schemaName: 'PageKind',
  properties: {
    pattern: {
      type: 'string' as const,
      maxLength: MAX_PATTERN_LENGTH,
      description: 'Of pages, as a goal’s `page`.',
      example: '/dealers/**',
    },
    label: { type: 'string' as const, maxLength: PAGE_KIND_LIMITS.labelLength },
    kind: { type: 'string' as const, enum: [...PAGE_KINDS] },
  },
  required: ['pattern', 'label', 'kind'],
  store: ({ pageKinds }) => pageKinds,
  parse: parsePageKinds,
}

/** `/api/v1/sites/{id}/page-kinds`. */
export function pageKindRoutes({ control }: { control: SiteListControl }): OpenAPIHono {
  return siteListRoutes(PAGE_KIND_LIST, control)
}
