import { describe, expect, test } from 'vitest'
import { loadFacts } from '../facts/load.ts'
import { emptyHit, type RawHit } from './hit.ts'
import { createJudge, type JudgeContext, rulesVersionOf } from './judge.ts'
import type { Link } from './links/link.ts'
import type { Site } from './site.ts'
import { localDays } from './time/local-day.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const site: Site = {
  id: 7,
  name: 'default',
  hostnames: ['example.com'],
  timezone: 'Asia/Kathmandu',
  currency: 'EUR',
  pageKeys: ['model'],
  keepClickIds: false,
}
const link: Link = {
  id: 3,
  siteId: 7,
  domain: 'go.example.net',
  slug: 'Spring',
  slugKey: 'spring',
  destination: 'https://www.example.com/cars/',
  utm: { source: 'fb', medium: 'social', campaign: 'spring-shop', term: '', content: '' },
  status: 302,
  state: 'active',
  expiresAt: null,
  fallbackUrl: null,
  passThrough: 'fill',
  clickId: 'visit',
  platform: 'facebook',
  placement: 'story_sticker',
  paid: null,
  title: null,
  notes: null,
  tags: [],
  postId: 'post-1',
  campaignId: 'campaign-1',
  externalId: null,
  version: 2,
  createdAt: 0,
  updatedAt: 0,
  archivedAt: null,
}
const days = localDays(site.timezone)
const { judge } = createJudge(loadFacts())

function judged(
  parts: Partial<RawHit>,
  landing: JudgeContext['landing'] = { verdict: '', link: null, clickedAt: 0 },
) {
  return judge(
    { ...emptyHit(), siteId: 7, userAgent: CHROME, method: 'GET', ...parts },
    { site, days, landing },
  )
}

describe('a click', () => {
  const click = {
    kind: 'click',
    host: 'go.example.net',
    slug: 'spring',
    outcome: 'redirected',
    // 18:30 UTC is 00:15 of the next day in Kathmandu.
    time: Date.UTC(2026, 2, 1, 18, 30),
    linkId: 3,
    destination: 'https://www.Example.com/cars/index.html?model=x&utm_source=fb',
    utm: { ...link.utm },
    platform: 'instagram',
    placement: 'bio',
    postId: 'post-9',
    campaignId: 'campaign-9',
  } satisfies Partial<RawHit>

  test('is labelled by what its link said at that moment', () => {
    expect(judged(click)).toMatchObject({
      day: '2026-03-02',
      traffic: 'person',
      trafficReason: '',
      entry: false,
      channel: 'Organic Social',
      side: 'Social',
      source: 'Instagram',
      campaign: 'spring-shop',
      channelRule: 'link',
      platform: 'instagram',
      placement: 'bio',
      postId: 'post-9',
      campaignId: 'campaign-9',
      linkId: 3,
      link: 'go.example.net/spring',
      landingPage: 'example.com/cars?model=x',
      device: 'desktop',
      browser: 'Chrome',
      os: 'Windows',
      landing: '',
      rulesVersion: rulesVersionOf(0),
    })
  })

  test('that was imported knows its link by address only, and its referrer decides', () => {
    const imported = judged({
      ...click,
      linkId: 0,
      platform: '',
      utm: emptyHit().utm,
      referrer: 'http://t.co/x',
    })
    expect(imported).toMatchObject({ source: 'X', platform: 'x', link: 'go.example.net/spring', linkId: 0 })
  })

  test('that is no person’s keeps its label beside the reason', () => {
    expect(judged({ ...click, method: 'HEAD' })).toMatchObject({
      traffic: 'head',
      trafficReason: 'head_request',
    })
    expect(judged({ ...click, userAgent: '' })).toMatchObject({
      traffic: 'bot',
      trafficReason: 'no_user_agent',
    })
  })
})

describe('a pageview', () => {
  const view = {
    kind: 'pageview',
    host: 'example.com',
    url: 'https://example.com/cars?model=x&b=',
  } satisfies Partial<RawHit>

  test('is an entry where its referrer is absent or of another site', () => {
    expect(judged(view)).toMatchObject({
      entry: true,
      channel: 'Direct',
      landingPage: 'example.com/cars?model=x',
    })
    expect(judged({ ...view, referrer: 'https://www.google.com/' })).toMatchObject({
      entry: true,
      side: 'Search',
    })
    expect(judged({ ...view, referrer: 'https://www.example.com/' }).entry).toBe(false)
    expect(judged({ ...view, referrer: 'https://blog.example.com/' })).toMatchObject({
      entry: false,
      channel: 'Direct',
      channelRule: 'internal',
    })
  })

  test('of a host that nobody has entered for the site begins nowhere but outside that host', () => {
    const imported = { ...view, host: 'old.example.org', url: 'https://old.example.org/page' }
    expect(judged({ ...imported, referrer: 'https://old.example.org/' })).toMatchObject({
      entry: false,
      channel: 'Direct',
      channelRule: 'internal',
    })
    expect(judged({ ...imported, referrer: 'https://www.google.com/' }).entry).toBe(true)
  })

  test('that a genuine click id ties to a link is labelled by the link, whatever the referrer says', () => {
    const landing = { verdict: 'verified', link, clickedAt: 0 } as const
    expect(judged({ ...view, referrer: 'https://www.google.com/' }, landing)).toMatchObject({
      channel: 'Organic Social',
      source: 'Facebook',
      campaign: 'spring-shop',
      placement: 'story_sticker',
      postId: 'post-1',
      campaignId: 'campaign-1',
      linkId: 3,
      link: 'go.example.net/Spring',
      landing: 'verified',
    })
  })

  test('whose click id is forged is labelled by nothing of the link', () => {
    const forged = judged(
      { ...view, referrer: 'https://www.google.com/' },
      { verdict: 'forged', link, clickedAt: 0 },
    )
    expect(forged).toMatchObject({
      channel: 'Organic Search',
      link: '',
      linkId: 0,
      postId: '',
      landing: 'forged',
    })
    expect(forged.campaign).toBe('')
  })
})
