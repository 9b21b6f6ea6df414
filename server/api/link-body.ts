import type { LinkChange } from '../control/control.ts'
import { parseDestination } from '../domain/links/destination.ts'
import type { Link, LinkState } from '../domain/links/link.ts'
import { parseSlug } from '../domain/links/slug.ts'
import type { ApiDeps, LinkClicks } from './deps.ts'
import { type FieldErrors, toIso } from './fields.ts'
import type { CreateLinkBody, LinkBody, ListLinksQuery, PatchLinkBody } from './link-schemas.ts'

const UTM_NAMES = ['source', 'medium', 'campaign', 'term', 'content'] as const

/** How long a list waits for its clicks: people look at it, and it has all else at hand. */
const CLICKS_WAIT_MS = 2000

/** Reads what a request says of a link; what cannot be taken is noted in `errors`. */
export async function toChange(
  deps: ApiDeps,
  body: CreateLinkBody | PatchLinkBody,
  errors: FieldErrors,
): Promise<LinkChange> {
  const rules = {
    shortDomains: (await deps.control.domains.list()).map((domain) => domain.host),
    clickIdParameter: deps.clickIdParameter,
  }
  const address = (field: 'destination' | 'fallbackUrl', text: string) =>
    errors.take(field, parseDestination(text, rules))
  const { destination, slug, fallbackUrl, expiresAt, tags } = body
  return {
    destination: destination === undefined ? undefined : address('destination', destination),
    slug: slug === undefined ? undefined : errors.take('slug', parseSlug(slug)),
    utm: Object.fromEntries(UTM_NAMES.map((name) => [name, orEmpty(body[`utm_${name}`])])),
    status: body.status,
    state: body.state,
    expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt,
    fallbackUrl: typeof fallbackUrl === 'string' ? address('fallbackUrl', fallbackUrl) : fallbackUrl,
    passThrough: body.passThrough,
    clickId: body.clickId,
    platform: orNull(body.platform),
    placement: orNull(body.placement),
    paid: body.paid,
    title: orNull(body.title),
    notes: orNull(body.notes),
    tags: tags === undefined ? undefined : [...new Set(tags)],
    postId: orNull(body.postId),
    campaignId: orNull(body.campaignId),
    externalId: orNull(body.externalId),
  }
}

/** Which states a list shows: without a wish, what is not archived. */
export function toStates(state: ListLinksQuery['state']): readonly LinkState[] | undefined {
  if (state === undefined) return ['active', 'disabled']
  return state === 'all' ? undefined : [state]
}

/** Links as the API shows them; with their clicks, null while the warehouse does not answer, where those are asked for. */
export async function toBodies(
  deps: ApiDeps,
  links: readonly Link[],
  include: 'clicks' | undefined,
): Promise<LinkBody[]> {
  const sites = new Map((await deps.control.sites.list()).map((site) => [site.id, site.name]))
  const bodies = links.map((link) => toBody(deps.publicUrl, link, sites.get(link.siteId) ?? ''))
  if (include === undefined) return bodies
  const clicks = await clicksOf(deps, links)
  return bodies.map((body) => {
    const known = clicks?.get(body.id) ?? (clicks && { clicks: 0, lastClickAt: null })
    const last = known?.lastClickAt ?? null
    return { ...body, clicks: known?.clicks ?? null, lastClickAt: last === null ? null : toIso(last) }
  })
}

function toBody(publicUrl: URL, link: Link, site: string): LinkBody {
  return {
    id: link.id,
    site,
    domain: link.domain,
    slug: link.slug,
    shortUrl: `${publicUrl.protocol}//${link.domain}/${encodeURI(link.slug)}`,
    destination: link.destination,
    utm_source: orNull(link.utm.source),
    utm_medium: orNull(link.utm.medium),
    utm_campaign: orNull(link.utm.campaign),
    utm_term: orNull(link.utm.term),
    utm_content: orNull(link.utm.content),
    status: link.status,
    state: link.state,
    expiresAt: link.expiresAt === null ? null : toIso(link.expiresAt),
    fallbackUrl: link.fallbackUrl,
    passThrough: link.passThrough,
    clickId: link.clickId,
    platform: link.platform,
    placement: link.placement,
    paid: link.paid,
    title: link.title,
    notes: link.notes,
    tags: link.tags,
    postId: link.postId,
    campaignId: link.campaignId,
    externalId: link.externalId,
    version: link.version,
    createdAt: toIso(link.createdAt),
    updatedAt: toIso(link.updatedAt),
    archivedAt: link.archivedAt === null ? null : toIso(link.archivedAt),
  }
}

/** Null where the warehouse does not answer, or not in time. */
async function clicksOf(
  deps: ApiDeps,
  links: readonly Link[],
): Promise<ReadonlyMap<number, LinkClicks> | null> {
  const bySite = new Map<number, number[]>()
  for (const { id, siteId } of links) bySite.set(siteId, [...(bySite.get(siteId) ?? []), id])
  const asked = Promise.all([...bySite].map(([siteId, ids]) => deps.linkClicks(siteId, ids)))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, CLICKS_WAIT_MS, null)
  })
  try {
    const answers = await Promise.race([asked, late])
    return answers && new Map(answers.flatMap((answer) => [...answer]))
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

function orNull<Text extends string | null | undefined>(text: Text): Text | null {
  return text === '' ? null : text
}

function orEmpty(text: string | null | undefined): string | undefined {
  return text === null ? '' : text
}
