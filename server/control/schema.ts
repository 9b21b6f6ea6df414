import type { Generated, Kysely } from 'kysely'
import type { Link } from '../domain/links/link.ts'

/** Tables of the control store. Times are Unix milliseconds, flags 0 or 1, lists JSON: alike on both engines. */
export interface Schema {
  sites: SiteTable
  domains: DomainTable
  links: LinkTable
  rule_lists: RuleListTable
  site_lists: SiteListTable
  conversions: ConversionTable
  salts: SaltTable
  keys: KeyTable
  revisions: { name: string; value: number }
}

export type Database = Kysely<Schema>

/** A list of texts as a column holds it. */
export function textList(json: string): string[] {
  return JSON.parse(json)
}

interface SiteTable {
  id: Generated<number>
  name: string
  hostnames: string
  timezone: string
  currency: string
  page_keys: string
  keep_click_ids: number
  respect_gpc: Generated<number>
  respect_dnt: Generated<number>
  created_at: number
}

interface DomainTable {
  id: Generated<number>
  site_id: number
  host: string
  fallback_url: string | null
  case_sensitive: number
  is_default: number
  created_at: number
}

export interface LinkTable {
  id: Generated<number>
  site_id: number
  domain_id: number
  slug: string
  slug_key: string
  destination: string
  utm_source: string
  utm_medium: string
  utm_campaign: string
  utm_term: string
  utm_content: string
  status: Link['status']
  state: Link['state']
  expires_at: number | null
  fallback_url: string | null
  pass_through: Link['passThrough']
  click_id: Link['clickId']
  platform: string | null
  placement: string | null
  paid: Link['paid']
  title: string | null
  notes: string | null
  tags: string
  post_id: string | null
  campaign_id: string | null
  external_id: string | null
  version: number
  /** The store's counter when the link was last written; unique among links. */
  revision: number
  first_click_at: number | null
  created_at: number
  updated_at: number
  archived_at: number | null
  /** What `LinkQuery.search` looks in, and `LinkQuery.tag`: case-folded, since the engines fold differently. */
  search_text: string
  tag_keys: string
}

interface RuleListTable {
  site_id: number
  /** Grows with every change of the list. */
  revision: number
  /** The highest id that a rule of the site ever had. */
  last_id: number
  /** The ordered rules, as JSON. */
  rules: string
  updated_at: number
}

/** The lists that a site keeps, by name. */
export type ListName = 'goals' | 'page_kinds'

interface SiteListTable {
  site_id: number
  list: ListName
  /** Grows with every change of the list. */
  revision: number
  /** The highest id that an item of the list ever had. */
  last_id: number
  /** The ordered items, as JSON. */
  items: string
  updated_at: number
}

interface ConversionTable {
  site_id: number
  key: string
  /** The highest that was told; what follows is of it. */
  version: number
  fingerprint: string
  received_at: number
  /** The conversion as JSON, until it is known to be in a spool. */
  pending: string | null
}

interface SaltTable {
  site_id: number
  day: string
  salt: string
  created_at: number
}

interface KeyTable {
  purpose: string
  generation: number
  secret: string
  created_at: number
}
