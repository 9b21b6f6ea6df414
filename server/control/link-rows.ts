import { domainToUnicode } from 'node:url'
import type { Selectable } from 'kysely'
import { foldCase } from '../domain/links/case-folding.ts'
import type { Link } from '../domain/links/link.ts'
import type { LinkFields } from './control.ts'
import { type LinkTable, textList } from './schema.ts'

/** A row of `links` with the host of its domain. */
export type LinkRow = Selectable<LinkTable> & { domain: string }

/** What a new link says where its maker said nothing. */
export const DEFAULT_FIELDS: Omit<LinkFields, 'destination'> = {
  utm: { source: '', medium: '', campaign: '', term: '', content: '' },
  status: 302,
  state: 'active',
  expiresAt: null,
  fallbackUrl: null,
  passThrough: 'fill',
  clickId: 'visit',
  platform: null,
  placement: null,
  paid: null,
  title: null,
  notes: null,
  tags: [],
  postId: null,
  campaignId: null,
  externalId: null,
}

export function toLink(row: LinkRow): Link {
  return {
    id: row.id,
    siteId: row.site_id,
    domain: row.domain,
    slug: row.slug,
    slugKey: row.slug_key,
    destination: row.destination,
    utm: {
      source: row.utm_source,
      medium: row.utm_medium,
      campaign: row.utm_campaign,
      term: row.utm_term,
      content: row.utm_content,
    },
    status: row.status,
    state: row.state,
    expiresAt: row.expires_at,
    fallbackUrl: row.fallback_url,
    passThrough: row.pass_through,
    clickId: row.click_id,
    platform: row.platform,
    placement: row.placement,
    paid: row.paid,
    title: row.title,
    notes: row.notes,
    tags: textList(row.tags),
    postId: row.post_id,
    campaignId: row.campaign_id,
    externalId: row.external_id,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    archivedAt: row.archived_at,
  }
}

/** The columns that a link's slug and fields decide, those for searching included. */
export function toColumns(slug: string, fields: LinkFields) {
  return {
    slug,
    destination: fields.destination,
    utm_source: fields.utm.source,
    utm_medium: fields.utm.medium,
    utm_campaign: fields.utm.campaign,
    utm_term: fields.utm.term,
    utm_content: fields.utm.content,
    status: fields.status,
    state: fields.state,
    expires_at: fields.expiresAt,
    fallback_url: fields.fallbackUrl,
    pass_through: fields.passThrough,
    click_id: fields.clickId,
    platform: fields.platform,
    placement: fields.placement,
    paid: fields.paid,
    title: fields.title,
    notes: fields.notes,
    tags: JSON.stringify(fields.tags),
    post_id: fields.postId,
    campaign_id: fields.campaignId,
    external_id: fields.externalId,
    search_text: foldCase(
      [slug, fields.destination, readable(fields.destination), fields.title ?? '', fields.utm.campaign].join(
        '\n',
      ),
    ),
    tag_keys: `\n${foldCase(fields.tags.join('\n'))}\n`,
  }
}

/** `LIKE` pattern that finds `text` anywhere; for use with `escape '\'`. */
export function containing(text: string): string {
  return `%${foldCase(text).replace(/[\\%_]/g, '\\$&')}%`
}

/** `LIKE` pattern for `tag_keys` that finds a whole tag. Tags hold no line breaks. */
export function containingTag(tag: string): string {
  return containing(`\n${tag}\n`)
}

/** A destination as people type it, so that they find `https://müller.de/größe` by its own letters. */
function readable(destination: string): string {
  const url = new URL(destination)
  try {
    return domainToUnicode(url.hostname) + decodeURI(url.pathname)
  } catch {
    return domainToUnicode(url.hostname)
  }
}
