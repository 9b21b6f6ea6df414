import { z } from '@hono/zod-openapi'
import limits from '../facts/link-limits.json' with { type: 'json' }
import { instant, line, paragraphs } from './fields.ts'

const STATUSES = [301, 302, 307, 308] as const
const STATES = ['active', 'disabled', 'archived'] as const
const utm = line(limits.utmCharacters).nullable().openapi({ description: 'Null or empty for none.' })

/** A name that reports group by: kept in lower case, so that `Facebook` and `facebook` are one. */
const lowerName = line(64).toLowerCase().nullable()

/** What people write about a link, beside its slug and domain. */
const fields = z.object({
  destination: z.string().openapi({
    description:
      'http or https, any port; made ASCII when saved and kept byte for byte after that. Not on a short domain, without user name and password.',
    example: 'https://example.com/test-drive',
  }),
  utm_source: utm,
  utm_medium: utm,
  utm_campaign: utm,
  utm_term: utm,
  utm_content: utm,
  status: z.literal(STATUSES).openapi({
    // Said again, since the generator knows only the first of several literals.
    type: 'integer',
    enum: [...STATUSES],
    description: 'Browsers may keep 301 and 308 for ever.',
  }),
  state: z.enum(STATES),
  expiresAt: instant.nullable(),
  fallbackUrl: z.string().nullable().openapi({
    description:
      'Where an expired, disabled or archived link leads; null for the domain’s fallback, else a 410.',
  }),
  passThrough: z.enum(['fill', 'override', 'off']).openapi({
    description:
      'What the visitor’s query may do to the destination’s: add keys it lacks, replace, or nothing.',
  }),
  clickId: z.enum(['visit', 'link', 'off']).openapi({
    description: 'A click id of its own for each redirect, one that names only the link, or none.',
  }),
  platform: lowerName,
  placement: lowerName,
  paid: z.enum(['paid', 'organic']).nullable(),
  title: line(255).nullable(),
  notes: paragraphs(5000).nullable(),
  tags: z.array(line(64).min(1)).max(50),
  postId: line(255).nullable(),
  campaignId: line(255).nullable(),
  externalId: line(255).nullable(),
})

const SLUG = `Letters of any script, digits and - _ . /, at most ${limits.slugCharacters} characters.`
const slug = z.string().optional()

export const createLinkSchema = z
  .strictObject({
    ...fields.partial().shape,
    destination: fields.shape.destination,
    state: z.enum(['active', 'disabled']).optional(),
    slug: slug.openapi({ description: `${SLUG} Made where it is left out.`, example: 'test-drive' }),
    domain: z.string().optional().openapi({ description: 'Host of a short domain; the default one else.' }),
    site: z.string().optional().openapi({ description: 'Name of a site; the domain’s site else.' }),
  })
  .openapi('NewLink')

export const patchLinkSchema = z
  .strictObject({
    ...fields.partial().shape,
    slug: slug.openapi({ description: `${SLUG} Fixed after the first click.` }),
    version: z
      .int()
      .min(1)
      .optional()
      .openapi({ description: 'The version that the edit is based on: 409 where the link has moved on.' }),
  })
  .openapi('LinkChange')

export const linkSchema = z
  .object({
    id: z.int(),
    site: z.string(),
    domain: z.string(),
    slug: z.string(),
    shortUrl: z.url(),
    ...fields.shape,
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    archivedAt: z.iso.datetime().nullable(),
    clicks: z.int().nullable().optional().openapi({
      description: 'With `include=clicks`: people’s clicks so far, null while that is not known.',
    }),
    lastClickAt: z.iso.datetime().nullable().optional(),
  })
  .openapi('Link')

export const linkPageSchema = z
  .object({ data: z.array(linkSchema), nextCursor: z.string().nullable() })
  .openapi('LinkPage')

const include = z.literal('clicks').optional().openapi({ description: 'Adds `clicks` and `lastClickAt`.' })

export const readLinkQuery = z.strictObject({ include })

export const listLinksQuery = z.strictObject({
  search: line(200)
    .optional()
    .openapi({ description: 'Part of slug, destination, title or utm_campaign, whatever the case.' }),
  state: z
    .enum([...STATES, 'all'])
    .optional()
    .openapi({ description: 'Active and disabled links where it is left out.' }),
  tag: line(64).optional(),
  site: z.string().optional().openapi({ description: 'Name of a site; links of all sites else.' }),
  cursor: z.string().optional().openapi({ description: '`nextCursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  include,
})

export type CreateLinkBody = z.infer<typeof createLinkSchema>
export type PatchLinkBody = z.infer<typeof patchLinkSchema>
export type LinkBody = z.infer<typeof linkSchema>
export type ListLinksQuery = z.infer<typeof listLinksQuery>
