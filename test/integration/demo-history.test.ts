import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { demoHistory, type HistoryOptions } from '../../server/demo/history.ts'
import { planLinks } from '../../server/demo/plan.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { createJudge } from '../../server/domain/judge.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { createClickIdSigner } from '../../server/domain/links/click-id.ts'
import type { Link } from '../../server/domain/links/link.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { loadFacts } from '../../server/facts/load.ts'
import { decodeHit, encodeHit } from '../../server/spool/record.ts'
import { temporaryFolder } from '../support/import-files.ts'

const DAY_MS = 86_400_000
/** The clocks of Europe go back on 25 October 2026. */
const UNTIL = Date.UTC(2026, 10, 22, 12)
const KEY = Buffer.alloc(32, 7)
const SITE = { id: 2, timezone: 'Europe/Berlin', origin: 'https://sepoi.example' }

function options(change: Partial<HistoryOptions> = {}): HistoryOptions {
  const period = { seed: 1, days: 90, until: UNTIL, ...change }
  const links = planLinks(period).map((link, index) => ({ ...link, id: index + 1, version: 1 }))
  return { hits: 20_000, site: SITE, domain: 'localhost:8080', links, clickIdKey: KEY, ...period, ...change }
}

const hitsOf = (change: Partial<HistoryOptions> = {}) => [...demoHistory(options(change))]
const texts = (hits: readonly RawHit[]) => hits.map(encodeHit)

/** One history for what only looks at it. */
const history = hitsOf()

describe('the same seed', () => {
  test('gives the same hits', () => {
    expect(texts(hitsOf())).toEqual(texts(history))
  })

  test('and another one others', () => {
    const known = new Set(texts(history))
    expect(texts(hitsOf({ seed: 2, hits: 5000 })).filter((text) => known.has(text))).toEqual([])
  })
})

describe.each([
  { name: 'ninety days', change: {} },
  { name: 'one day', change: { days: 1, hits: 3000 } },
  { name: 'a year', change: { days: 365, hits: 8000 } },
])('a history of $name', ({ change }) => {
  const { hits, days } = options(change)
  const made = hitsOf(change)

  test('has about as many hits as were asked for', () => {
    expect(Math.abs(made.length / hits - 1)).toBeLessThan(0.1)
  })

  test('lies within its days, in the order of time, and names no hit twice', () => {
    const times = made.map(({ time }) => time)
    expect(times.every(Number.isInteger)).toBe(true)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(UNTIL - days * DAY_MS)
    expect(times.at(-1)).toBeLessThan(UNTIL)
    expect(new Set(made.map(({ hitId }) => hitId)).size).toBe(made.length)
    expect(made.every(({ hitId }) => /^[0-9a-f]{32}$/.test(hitId))).toBe(true)
  })
})

test('hits survive the spool as they are, and all of them say that they are the demo’s', () => {
  for (const hit of history.slice(0, 500)) expect(decodeHit(encodeHit(hit), hit.edgeRun)).toEqual(hit)
  expect(new Set(history.map(({ origin }) => origin))).toEqual(new Set(['demo']))
  expect(new Set(history.map(({ siteId }) => siteId))).toEqual(new Set([SITE.id]))
})

describe('judged by the product’s own rules', () => {
  const { links } = options()
  const byId = new Map<number, Link>(
    links.map(({ id, slug, platform, placement, paid, postId, campaignId, utm }) => [
      id,
      { id, domain: 'localhost:8080', slug, platform, placement, paid, postId, campaignId, utm } as Link,
    ]),
  )
  const judge = createJudge(loadFacts())
  const signer = createClickIdSigner({ current: KEY, previous: null })
  const days = localDays(SITE.timezone)
  const site = {
    id: SITE.id,
    name: 'demo',
    hostnames: ['sepoi.example'],
    timezone: SITE.timezone,
    currency: 'EUR',
    pageKeys: [],
    keepClickIds: false,
  }
  const judged = history.map((hit): [RawHit, JudgedHit] => {
    const read = hit.kind !== 'click' && hit.clickId !== '' ? signer.read(hit.clickId) : null
    const valid = read?.verdict === 'valid' ? read : null
    const verdict =
      read === null ? '' : valid === null ? 'forged' : hit.time - valid.time > DAY_MS ? 'expired' : 'verified'
    const landing = {
      verdict,
      link: byId.get(valid?.linkId ?? 0) ?? null,
      clickedAt: valid?.time ?? 0,
    } as const
    return [hit, judge.judge(hit, { site, days, landing })]
  })
  const arrivals = judged.filter(
    ([, { kind, entry, traffic }]) => kind === 'pageview' && entry && traffic === 'person',
  )
  const share = (channel: string) =>
    arrivals.filter(([, judgement]) => judgement.channel === channel).length / arrivals.length

  test('every click id is genuine, and people’s landings are tied to their link', () => {
    const landings = judged.filter(([hit]) => hit.kind === 'pageview' && hit.clickId !== '')
    expect(landings.length).toBeGreaterThan(500)
    expect(new Set(landings.map(([, { landing }]) => landing))).toEqual(new Set(['verified', 'expired']))
    expect(landings.every(([, { linkId }]) => byId.has(linkId))).toBe(true)
  })

  test.each([
    ['Organic Search', 0.25, 0.42],
    ['Organic Social', 0.18, 0.36],
    ['Organic Video', 0.01, 0.1],
    ['Direct', 0.09, 0.24],
    ['Paid Search', 0.04, 0.11],
    ['Paid Social', 0.02, 0.09],
    ['Referral', 0.01, 0.06],
    ['Email', 0.005, 0.05],
    ['AI Assistants', 0.004, 0.04],
  ])('%s brings a believable share of arrivals', (channel, least, most) => {
    expect(share(channel)).toBeGreaterThan(least)
    expect(share(channel)).toBeLessThan(most)
  })

  test('nobody arrives by a channel that the demo does not have', () => {
    const known = new Set(arrivals.map(([, { channel }]) => channel))
    expect([...known].sort()).toEqual([
      'AI Assistants',
      'Direct',
      'Email',
      'Organic Search',
      'Organic Social',
      'Organic Video',
      'Paid Search',
      'Paid Social',
      'Referral',
    ])
  })

  test('people are taken for people, and machines of each kind for what they are', () => {
    const person = (hit: RawHit) => 'accept-language' in hit.headers && !('sec-purpose' in hit.headers)
    for (const [hit, { traffic, trafficReason }] of judged) {
      if (hit.kind !== 'conversion' && person(hit))
        expect([traffic, trafficReason, hit.userAgent]).toEqual(['person', '', hit.userAgent])
    }
    const kinds = new Set(judged.map(([, { traffic }]) => traffic))
    expect([...kinds].sort()).toEqual(['bot', 'head', 'person', 'prefetch', 'preview'])
  })

  test('clicks are lost on the way, more in apps than in browsers', () => {
    const clicks = judged.filter(([, { kind, traffic }]) => kind === 'click' && traffic === 'person')
    const landed = new Set(
      judged.flatMap(([hit, { landing }]) => (landing === 'verified' ? [hit.clickId] : [])),
    )
    const rate = (platforms: string[]) => {
      const some = clicks.filter(([hit]) => platforms.includes(hit.platform))
      return some.filter(([hit]) => landed.has(hit.clickId)).length / some.length
    }
    expect(rate(['tiktok', 'instagram'])).toBeGreaterThan(0.6)
    expect(rate(['tiktok', 'instagram'])).toBeLessThan(rate(['youtube', 'facebook']))
    expect(rate(['youtube', 'facebook'])).toBeLessThan(0.97)
  })

  test('Social looks up dealers and stays on telephones, Search books', () => {
    const side = (name: string) => {
      const people = arrivals.filter(([, judgement]) => judgement.side === name)
      const keys = new Set(people.map(([hit]) => hit.visitor))
      const reached = (goal: string) =>
        judged.filter(([hit]) => hit.event?.name === goal && keys.has(hit.visitor)).length / people.length
      return {
        dealers:
          people.filter(([, { landingPage }]) => landingPage === 'sepoi.example/dealers').length /
          people.length,
        mobile: people.filter(([, { device }]) => device === 'mobile').length / people.length,
        booked: reached('test drive booked'),
      }
    }
    const [search, social] = [side('Search'), side('Social')]
    expect(social.dealers).toBeGreaterThan(search.dealers * 1.2)
    expect(social.mobile).toBeGreaterThan(search.mobile * 1.2)
    expect(search.booked).toBeGreaterThan(social.booked * 2)
    expect(social.booked).toBeGreaterThan(0)
  })
})

test('people sleep, each country by its own clock', () => {
  const inHours = (country: string, from: number, to: number) =>
    history.filter(({ kind, country: code, time, userAgent }) => {
      const hour = new Date(time).getUTCHours()
      return kind === 'pageview' && code === country && !/bot/i.test(userAgent) && hour >= from && hour < to
    }).length
  // Two to five at night in Berlin, and seven to ten in the evening; in Kuala Lumpur the former is before noon.
  expect(inHours('DE', 1, 4)).toBeLessThan(inHours('DE', 17, 20) / 5)
  expect(inHours('MY', 1, 4)).toBeGreaterThan(inHours('MY', 18, 21) * 2)
})

test('posts go off now and then: on its best day a viral one has many times the usual clicks', () => {
  const perDay = new Map<string, number>()
  for (const { kind, platform, time } of history) {
    if (kind !== 'click' || platform !== 'tiktok') continue
    const day = new Date(time).toISOString().slice(0, 10)
    perDay.set(day, (perDay.get(day) ?? 0) + 1)
  }
  const counts = [...perDay.values()].sort((a, b) => a - b)
  expect(counts.at(-1)).toBeGreaterThan(8 * (counts[Math.floor(counts.length / 2)] ?? 0))
})

test('what has just been posted is looked at by X’s and Mastodon’s servers at once', () => {
  const near = ({ publishedAt }: { publishedAt: number }, hit: RawHit) =>
    hit.time >= publishedAt && hit.time < publishedAt + 90_000
  const { links } = options({ hits: 200_000 })
  const made = hitsOf({ hits: 200_000, days: 20 })
  const posted = planLinks({ seed: 1, days: 20, until: UNTIL })
  const looks = (platform: string) => {
    const post = posted.find((link) => link.platform === platform && link.halfLifeHours !== null)
    return made.filter((hit) => hit.slug === post?.slug && near(post, hit))
  }
  expect(links.length).toBeGreaterThan(posted.length)
  const ofX = looks('x')
  expect(ofX.filter(({ method }) => method === 'HEAD')).toHaveLength(3)
  expect(ofX.filter(({ userAgent }) => userAgent.startsWith('Twitterbot'))).toHaveLength(1)
  expect(
    looks('mastodon').filter(({ userAgent }) => userAgent.startsWith('Mastodon/')).length,
  ).toBeGreaterThan(40)
})

test('those who have consented are known on later days, and come by search after a post', () => {
  const visits = new Map<string, RawHit[]>()
  for (const hit of history) {
    if (hit.kind === 'pageview' && hit.consent === 'granted')
      visits.set(hit.visitor, [...(visits.get(hit.visitor) ?? []), hit])
  }
  const dayOf = ({ time }: RawHit) => Math.floor(time / DAY_MS)
  const returned = [...visits.values()].filter((hits) => new Set(hits.map(dayOf)).size > 1)
  expect(returned.length).toBeGreaterThan(20)
  const bySearch = returned.filter((hits) => hits.some(({ referrer }) => referrer.includes('google')))
  expect(bySearch.length).toBeGreaterThan(5)
})

test('without consent a visitor has another key each day of the site’s zone', () => {
  const days = localDays(SITE.timezone)
  const dayOfKey = new Map<string, string>()
  for (const { visitor, consent, kind, time } of history) {
    if (consent === 'granted' || visitor === '' || kind === 'conversion') continue
    const day = days.dayOf(time)
    expect(dayOfKey.get(visitor) ?? day).toBe(day)
    dayOfKey.set(visitor, day)
  }
})

test('the dealers’ system tells of bookings later, takes some back, and names what was paid', () => {
  const booked = new Map(
    history.flatMap(({ event, time }) => (event?.name === 'test drive booked' ? [[event.key, time]] : [])),
  )
  const told = history.filter(({ kind }) => kind === 'conversion')
  expect(told.length).toBeGreaterThan(20)
  for (const { event, time } of told) {
    const bookedAt = booked.get(event?.key.replace(/-(?:drive|sale)$/, '') ?? '')
    expect(time).toBeGreaterThan(bookedAt ?? Number.POSITIVE_INFINITY)
    expect(event?.name === 'Car bought').toBe(event?.value !== '')
  }
  const cancelled = told.filter(({ event }) => event?.cancelled)
  for (const { event } of cancelled) {
    expect(event?.version).toBe(2)
    expect(told.some((one) => one.event?.key === event?.key && one.event?.version === 1)).toBe(true)
  }
})

test('a history streams: it takes no more memory the longer it is', async () => {
  const folder = await temporaryFolder()
  const script = join(folder, 'count.ts')
  const server = (path: string) => JSON.stringify(pathToFileURL(join(process.cwd(), 'server', path)).href)
  writeFileSync(
    script,
    `import { demoHistory } from ${server('demo/history.ts')}
     import { planLinks } from ${server('demo/plan.ts')}
     const period = { seed: 1, days: 90, until: ${UNTIL} }
     const links = planLinks(period).map((link, index) => ({ ...link, id: index + 1, version: 1 }))
     const site = ${JSON.stringify(SITE)}
     let hits = 0
     for (const hit of demoHistory({ ...period, hits: 300_000, site, domain: 'go.example', links, clickIdKey: Buffer.alloc(32) })) {
       if (hit.hitId !== '') hits++
     }
     console.log(hits)`,
  )
  // Kept together these hits would take some 500 MB; the program itself needs about 30.
  const child = spawn(process.execPath, ['--import', 'tsx', '--max-old-space-size=72', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (text) => {
    said += text
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  expect(Number(said)).toBeGreaterThan(250_000)
}, 120_000)
