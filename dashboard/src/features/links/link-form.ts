import type { UtmValues } from '../../../../server/domain/hit.ts'
import { parseDestination } from '../../../../server/domain/links/destination.ts'
import { aroundClickId, joined, linkTarget, utmPairs } from '../../../../server/domain/links/merge.ts'
import { parseSlug } from '../../../../server/domain/links/slug.ts'
import type { LinkRecord } from './link-record.ts'
import type { LinkBody } from './links-api.ts'

/** What the form holds: every field a text, as controls give it. */
export interface LinkForm {
  destination: string
  /** Host of the short link; empty for the default one. Fixed once the link is made. */
  domain: string
  slug: string
  title: string
  utm_source: string
  utm_medium: string
  utm_campaign: string
  utm_term: string
  utm_content: string
  platform: string
  placement: string
  paid: string
  status: string
  /** `YYYY-MM-DDTHH:mm` on the reader's clock. */
  expiresAt: string
  fallbackUrl: string
  passThrough: string
  clickId: string
  tags: string
  notes: string
}

export const EMPTY_FORM: LinkForm = {
  destination: '',
  domain: '',
  slug: '',
  title: '',
  utm_source: '',
  utm_medium: '',
  utm_campaign: '',
  utm_term: '',
  utm_content: '',
  platform: '',
  placement: '',
  paid: '',
  status: '302',
  expiresAt: '',
  fallbackUrl: '',
  passThrough: 'fill',
  clickId: 'visit',
  tags: '',
  notes: '',
}

export function formOf(link: LinkRecord): LinkForm {
  return {
    destination: link.destination,
    domain: link.domain,
    slug: link.slug,
    title: link.title ?? '',
    utm_source: link.utm_source ?? '',
    utm_medium: link.utm_medium ?? '',
    utm_campaign: link.utm_campaign ?? '',
    utm_term: link.utm_term ?? '',
    utm_content: link.utm_content ?? '',
    platform: link.platform ?? '',
    placement: link.placement ?? '',
    paid: link.paid ?? '',
    status: String(link.status),
    expiresAt: link.expiresAt === null ? '' : localClock(new Date(link.expiresAt)),
    fallbackUrl: link.fallbackUrl ?? '',
    passThrough: link.passThrough,
    clickId: link.clickId,
    tags: link.tags.join(', '),
    notes: link.notes ?? '',
  }
}

/** The fields that differ from the first state of the form, as the API takes them; an emptied one is null. */
export function changedFields(form: LinkForm, first: LinkForm): LinkBody {
  const body: LinkBody = {}
  for (const key of Object.keys(form) as (keyof LinkForm)[]) {
    if (form[key].trim() !== first[key].trim()) body[key] = sent(key, form[key].trim())
  }
  return body
}

function sent(key: keyof LinkForm, text: string): LinkBody[string] {
  if (key === 'tags') return tagsOf(text)
  if (text === '') return null
  if (key === 'status') return Number(text)
  return key === 'expiresAt' ? new Date(text).toISOString() : text
}

function tagsOf(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '')
}

/** An instant as a `datetime-local` control writes it. */
function localClock(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/**
 * What can be said before the server is asked, by the server's own rules. Whether a slug is taken and which hosts are
 * short domains only the server knows.
 */
export function complaints(form: LinkForm, first: LinkForm): Partial<Record<keyof LinkForm, string>> {
  const found: Partial<Record<keyof LinkForm, string>> = {}
  const destination = parseDestination(form.destination, ADDRESS_RULES)
  if (!destination.ok) found.destination = destination.message
  // Left out, a new link's slug is made; one that is there cannot be taken away.
  const slug = form.slug.trim() === first.slug ? null : parseSlug(form.slug.trim())
  if (slug !== null && !slug.ok) found.slug = slug.message
  const fallback = form.fallbackUrl.trim() === '' ? null : parseDestination(form.fallbackUrl, ADDRESS_RULES)
  if (fallback !== null && !fallback.ok) found.fallbackUrl = fallback.message
  return found
}

const ADDRESS_RULES = { shortDomains: [], clickIdParameter: 'jjk' }

/** Where the link will lead, made by the code that makes the redirect; null while the destination is no address. */
export function finalAddress(form: LinkForm): { address: string; withClickId: boolean } | null {
  const destination = parseDestination(form.destination, ADDRESS_RULES)
  if (!destination.ok) return null
  const utm: UtmValues = {
    source: form.utm_source.trim(),
    medium: form.utm_medium.trim(),
    campaign: form.utm_campaign.trim(),
    term: form.utm_term.trim(),
    content: form.utm_content.trim(),
  }
  const target = linkTarget(destination.value, utmPairs(utm))
  if (form.clickId === 'off') return { address: joined(target), withClickId: false }
  const { before, after } = aroundClickId(target, ADDRESS_RULES.clickIdParameter)
  return { address: `${before}…${after}`, withClickId: true }
}
