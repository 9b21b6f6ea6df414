import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TEXT_CAPS } from '../domain/hit.ts'
import type { Link, PassThrough } from '../domain/links/link.ts'
import { aroundClickId, joined, linkTarget, mergeQuery, utmPairs } from '../domain/links/merge.ts'
import { privateUrl } from '../domain/urls/private-url.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import { capBytes } from './cap.ts'
import { utmJson } from './click-record.ts'
import { routeTerms, shapeOf } from './link-route.ts'
import { createTermsPool } from './link-terms.ts'

const merge = { clickIdNames: new Set(['fbclid', 'gclid']), clickIdParameter: 'jjk' }
const NO_KEYS: ReadonlySet<string> = new Set()
const termsOf = createTermsPool(10)
const ordinary: Link = {
  id: 7,
  siteId: 1,
  domain: 'go.test',
  slug: 'sale',
  slugKey: 'sale',
  destination: 'https://shop.test/cars#top',
  utm: { source: 'ig', medium: 'social', campaign: '', term: '', content: '' },
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
  version: 3,
  createdAt: 0,
  updatedAt: 0,
  archivedAt: null,
}

function ready(change: Partial<Link>, keptKeys = NO_KEYS, fallbackUrl: string | null = null) {
  const link = { ...ordinary, ...change }
  const terms = termsOf(link)
  const { route } = routeTerms(terms, { fallbackUrl, keptKeys, merge })
  const { id, version, destination } = link
  const shape = shapeOf(destination, terms)
  const atHand = { id, version, destination, terms, shape, privateDestination: '', privateBy: null }
  return { route: (query: string, now: number) => route(atHand, query, now) }
}

describe('the route of a link in force', () => {
  it('puts the click id last in the query, before the fragment', () => {
    const { before, after, status, outcome } = ready({}).route('a=1', 0)
    expect(before).toBe('https://shop.test/cars?utm_source=ig&utm_medium=social&a=1&jjk=')
    expect({ after, status, outcome }).toEqual({ after: '#top', status: 302, outcome: 'redirected' })
  })

  it('says of itself what its destination says, whatever a request brings along', () => {
    const destination = fc.constantFrom(
      ...[
        'https://shop.test',
        'https://shop.test/?',
        'https://shop.test/p?a=1&',
        'https://shop.test/p?model=x#f',
        'https://shop.test/p?model=x&b=2',
      ],
      ...[
        'https://shop.test/p?q="x\\y',
        'https://shop.test/?utm_source=own&e=me@home.test',
        'https://u.test/?%75tm_term=t',
        'https://u.test/?fbclid=1',
      ],
      `https://shop.test/?utm_term=${'t'.repeat(2500)}`,
    )
    const pair = fc.constantFrom(
      ...[
        'a=2',
        'model=y',
        'b',
        '',
        'utm_source=me',
        'UTM_Term=x%20y',
        'utm_campaign=a@b.test',
        'fbclid=IwAR',
        'gclid=%zz',
      ],
      ...[
        'jjk=1',
        '%6ajk=2',
        'e=mail@home.test',
        'a"b\\c=1',
        'q="\\',
        '=',
        'c=#d',
        `long=${'l'.repeat(3000)}`,
        `q=${'q'.repeat(8000)}`,
      ],
    )
    const query = fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.join('&'))
    const policy = fc.constantFrom<PassThrough>('fill', 'override', 'off')
    const keys = fc.constantFrom(NO_KEYS, new Set(['model', 'fbclid']))
    fc.assert(
      fc.property(destination, query, policy, keys, fc.boolean(), (url, asked, passThrough, kept, ownUtm) => {
        const utm = ownUtm ? ordinary.utm : { ...ordinary.utm, source: '', medium: '' }
        const route = ready({ destination: url, passThrough, utm }, kept).route(asked, 0)
        const target = mergeQuery(linkTarget(url, utmPairs(utm)), asked, passThrough, merge)
        expect(route.location).toBe(joined(target))
        expect({ before: route.before, after: route.after }).toEqual(aroundClickId(target, 'jjk'))
        const whole = privateUrl(route.location, kept)
        const stored = capBytes(whole, TEXT_CAPS.destination)
        expect(route.destinationJson).toBe(JSON.stringify(stored))
        expect(route.destinationCut).toBe(stored !== whole)
        expect(route.utmJson).toBe(utmJson(readUtm(target.query)))
        if (route.privateQuery !== null) expect(`?${route.privateQuery}`).toBe(privateUrl(`?${asked}`, kept))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the route of a link that has ended', () => {
  it('is the link’s fallback, else the domain’s, else nowhere', () => {
    const ended = { state: 'disabled' } as const
    const own = ready(
      { ...ended, fallbackUrl: 'https://shop.test/own' },
      NO_KEYS,
      'https://shop.test/all',
    ).route('a=1', 0)
    expect(own).toMatchObject({
      status: 302,
      outcome: 'disabled',
      destinationJson: '"https://shop.test/own"',
    })
    expect(ready(ended, NO_KEYS, 'https://shop.test/all').route('', 0).location).toBe('https://shop.test/all')
    expect(ready(ended).route('', 0)).toMatchObject({ status: 410, location: '', destinationJson: '""' })
  })

  it('begins at the very millisecond of its expiry', () => {
    const { route } = ready({ expiresAt: 1000 })
    expect(route('', 999).outcome).toBe('redirected')
    expect(route('', 1000)).toMatchObject({ outcome: 'expired', status: 410 })
  })
})

describe('terms of links', () => {
  it('are shared by links that differ in number, slug, destination and title only', () => {
    const pool = createTermsPool(10)
    const terms = pool(ordinary)
    expect(
      pool({ ...ordinary, id: 8, slug: 'x', slugKey: 'x', destination: 'https://x.test/', title: 't' }),
    ).toBe(terms)
    for (const change of [
      { clickId: 'off' },
      { platform: 'x' },
      { expiresAt: 5 },
      { siteId: 2 },
      { domain: 'other.test' },
    ] as const) {
      expect(pool({ ...ordinary, ...change })).not.toBe(terms)
    }
  })
})
