import type { Control } from '../control/control.ts'
import type { GoalDraft } from '../domain/goals/goal.ts'
import { slugKey } from '../domain/links/slug.ts'
import type { PageKindDraft } from '../domain/pages/page-kind.ts'
import type { Site } from '../domain/site.ts'
import { GOAL_TEMPLATES } from '../facts/goal-templates.ts'
import { TOLD_GOALS } from './crm.ts'
import type { DemoLink, PlannedLink } from './plan.ts'

export const DEMO_SITE = 'demo'
/**
 * Where the history took place: a host that can belong to nobody. Pages that are served on this machine have its own,
 * and short links lead there.
 */
export const HISTORY_ORIGIN = 'https://sepoi.example'
const TIMEZONE = 'Europe/Berlin'
const CURRENCY = 'EUR'
/** What a test drive is worth to the brand, in its currency: about one in five of those who take one buys a car. */
const BOOKING_WORTH = 180
const TAG = 'demo'

/** The demo's site, or null where there is none of this name that has these pages. */
export async function findDemoSite(control: Pick<Control, 'sites'>, host: string): Promise<Site | null> {
  const site = await control.sites.byName(DEMO_SITE)
  return site?.hostnames.includes(host) ? site : null
}

/** Makes the demo's site. Rejects with `taken` where there is a site of its name, or one with its pages' host. */
export function createDemoSite(control: Pick<Control, 'sites'>, host: string): Promise<Site> {
  return control.sites.create({
    name: DEMO_SITE,
    hostnames: [new URL(HISTORY_ORIGIN).host, host],
    timezone: TIMEZONE,
    currency: CURRENCY,
    pageKeys: [],
    keepClickIds: false,
  })
}

/** Gives the site its goals and page kinds, where it has none yet. */
export async function furnishSite(
  control: Pick<Control, 'goals' | 'pageKinds'>,
  siteId: number,
): Promise<void> {
  await control.goals.change(siteId, (goals) => (goals.length > 0 ? goals : GOALS))
  await control.pageKinds.change(siteId, (kinds) => (kinds.length > 0 ? kinds : PAGE_KINDS))
}

/** The planned links as the store has them; those that are missing are made. */
export async function furnishLinks(
  control: Pick<Control, 'links'>,
  {
    site,
    domain,
    origin,
    plan,
  }: {
    site: Site
    domain: { id: number; host: string; caseSensitive: boolean }
    origin: string
    plan: readonly PlannedLink[]
  },
): Promise<DemoLink[]> {
  const links: DemoLink[] = []
  for (const planned of plan) {
    const { slug, path, title, utm, platform, placement, paid, postId, campaignId } = planned
    const known = await control.links.bySlug(domain.host, slugKey(slug, domain.caseSensitive))
    const link =
      known?.siteId === site.id
        ? known
        : await control.links.create({
            domainId: domain.id,
            siteId: site.id,
            slug,
            destination: origin + path,
            title,
            utm,
            platform,
            placement,
            paid,
            postId,
            campaignId,
            tags: [TAG, campaignId],
            notes: 'Made up by the demo.',
          })
    links.push({ ...planned, id: link.id, version: link.version })
  }
  return links
}

const GOALS: GoalDraft[] = [
  ...GOAL_TEMPLATES.map((template): GoalDraft => {
    const { id, name, match, value, count } = template
    const worth: GoalDraft['value'] =
      id === 'test_drive_booked' ? { type: 'fixed', amount: BOOKING_WORTH } : value
    return { id: null, name, template: id, match, value: worth, count }
  }),
  {
    id: null,
    name: TOLD_GOALS.driven,
    template: null,
    match: { type: 'external' },
    value: { type: 'none' },
    count: 'every',
  },
  {
    id: null,
    name: TOLD_GOALS.bought,
    template: null,
    match: { type: 'external' },
    value: { type: 'event' },
    count: 'every',
  },
]

const PAGE_KINDS: PageKindDraft[] = [
  { id: null, pattern: '/dealers/**', label: 'Dealer locator', kind: 'dealer_locator' },
  { id: null, pattern: '/test-drive/**', label: 'Test drive', kind: 'test_drive_booking' },
  { id: null, pattern: '/offers/**', label: 'Offers', kind: 'campaign' },
  { id: null, pattern: '/models/**', label: 'Models', kind: 'other' },
]
