import { describe, expect, it } from 'vitest'
import { changedFields, complaints, EMPTY_FORM, finalAddress, formOf } from './link-form.ts'
import type { LinkRecord } from './link-record.ts'

const LINK: LinkRecord = {
  id: 7,
  slug: 'drive',
  domain: 'go.example',
  shortUrl: 'https://go.example/drive',
  destination: 'https://example.com/drive',
  utm_source: 'instagram',
  utm_medium: null,
  utm_campaign: null,
  utm_term: null,
  utm_content: null,
  status: 302,
  state: 'active',
  expiresAt: '2027-03-28T10:15:00.000Z',
  fallbackUrl: null,
  passThrough: 'fill',
  clickId: 'visit',
  platform: 'instagram',
  placement: null,
  paid: null,
  title: 'Drive',
  notes: null,
  tags: ['a', 'b'],
  version: 3,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
}

describe('what is sent', () => {
  it('for a new link is only what was filled in', () => {
    const form = { ...EMPTY_FORM, destination: ' https://example.com ', tags: 'x, y,,x', status: '301' }
    expect(changedFields(form, EMPTY_FORM)).toEqual({
      destination: 'https://example.com',
      tags: ['x', 'y'],
      status: 301,
    })
  })

  it('for an edit is only what changed, null for what was emptied', () => {
    const first = formOf(LINK)
    expect(changedFields(first, first)).toEqual({})
    expect(changedFields({ ...first, title: '', utm_medium: 'social', tags: '' }, first)).toEqual({
      title: null,
      utm_medium: 'social',
      tags: [],
    })
  })

  it('keeps the expiry to the minute through the reader’s clock', () => {
    const first = formOf(LINK)
    expect(first.expiresAt).toMatch(/^2027-03-2\dT\d\d:\d5$/)
    const moved = changedFields({ ...first, expiresAt: first.expiresAt }, { ...first, expiresAt: '' })
    expect(moved).toEqual({ expiresAt: LINK.expiresAt })
  })
})

describe('what is said before the server is asked', () => {
  it('names the field', () => {
    const form = { ...EMPTY_FORM, destination: 'ftp://x', slug: 'a b', fallbackUrl: 'nowhere' }
    expect(Object.keys(complaints(form, EMPTY_FORM)).sort()).toEqual(['destination', 'fallbackUrl', 'slug'])
  })

  it('is nothing where only the destination is given', () => {
    expect(complaints({ ...EMPTY_FORM, destination: 'https://example.com' }, EMPTY_FORM)).toEqual({})
  })

  it('does not let a slug be taken away', () => {
    const first = formOf(LINK)
    expect(complaints({ ...first, slug: '' }, first)).toHaveProperty('slug')
  })
})

describe('the preview', () => {
  it('puts the UTM values in place and the click id last, before the fragment', () => {
    const form = {
      ...EMPTY_FORM,
      destination: 'https://example.com/a?utm_source=x&b=1#c',
      utm_source: 'tik tok',
    }
    expect(finalAddress(form)).toEqual({
      address: 'https://example.com/a?utm_source=tik%20tok&b=1&jjk=…#c',
      withClickId: true,
    })
    expect(finalAddress({ ...form, clickId: 'off' })?.address).toBe(
      'https://example.com/a?utm_source=tik%20tok&b=1#c',
    )
  })

  it('is none while the destination is no address', () => {
    expect(finalAddress({ ...EMPTY_FORM, destination: 'example' })).toBeNull()
  })
})
