import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVIDENCE_HEADERS, type Outcome, type RawHit } from '../domain/hit.ts'
import { decodeHit, encodeHit } from '../spool/record.ts'
import { type ClickFacts, type ClickLink, clickHitId, encodeClick } from './click-record.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('"', '\\', '\u2028', ''),
)
const hex16 = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 })
const count = fc.nat(2 ** 31 - 1)
const headers = fc.dictionary(fc.constantFrom(...EVIDENCE_HEADERS), text, {
  maxKeys: 5,
  noNullPrototype: true,
})
const outcome = fc.constantFrom<Outcome>('redirected', 'unknown', 'expired', 'disabled')

const link: fc.Arbitrary<ClickLink> = fc.record({
  siteId: count,
  host: text,
  linkId: fc.nat(2 ** 40 - 1),
  linkVersion: count,
  platform: text,
  placement: text,
  paid: fc.constantFrom('paid', 'organic', ''),
  postId: text,
  campaignId: text,
})

const facts = fc.record({
  edgeRun: hex16,
  sequence: fc.nat(Number.MAX_SAFE_INTEGER),
  receivedAt: fc.nat(2 ** 42),
  slug: text,
  outcome,
  status: fc.constantFrom(302, 404, 410),
  url: text,
  destination: text,
  referrer: text,
  userAgent: text,
  method: fc.constantFrom('GET', 'HEAD'),
  httpVersion: fc.constantFrom('1.0', '1.1'),
  headers,
  utm: fc.record({ source: text, medium: text, campaign: text, term: text, content: text }),
  clickIdKinds: fc.array(text, { maxLength: 3 }),
  place: fc.record({ country: text, region: text, cityId: count, networkNumber: count }),
  visitor: hex16,
  previousVisitor: fc.oneof(hex16, fc.constant('')),
  clickId: fc.constantFrom('', 'abcdefghijklmnopqrstuvwxyz-_0123456789AB'),
  variant: text,
  rule: text,
  cut: fc.array(fc.constantFrom('url', 'userAgent'), { maxLength: 2 }),
})

/** Written out field by field: what the loader must see. */
function hitOf(
  from: ClickLink,
  { headers, ...said }: typeof facts extends fc.Arbitrary<infer F> ? F : never,
): RawHit {
  return {
    kind: 'click',
    hitId: clickHitId(said.edgeRun, said.sequence),
    edgeRun: said.edgeRun,
    sequence: said.sequence,
    receivedAt: said.receivedAt,
    time: said.receivedAt,
    siteId: from.siteId,
    host: from.host,
    slug: said.slug,
    linkId: from.linkId,
    linkVersion: from.linkVersion,
    outcome: said.outcome,
    status: said.status,
    url: said.url,
    destination: said.destination,
    referrer: said.referrer,
    userAgent: said.userAgent,
    method: said.method,
    httpVersion: said.httpVersion,
    headers,
    utm: said.utm,
    clickIdKinds: said.clickIdKinds,
    country: said.place.country,
    region: said.place.region,
    cityId: said.place.cityId,
    climate: '',
    networkNumber: said.place.networkNumber,
    hosting: false,
    visitor: said.visitor,
    previousVisitor: said.previousVisitor,
    consent: 'unasked',
    clickId: said.clickId,
    platform: from.platform,
    placement: from.placement,
    paid: from.paid === 'paid' || from.paid === 'organic' ? from.paid : '',
    postId: from.postId,
    campaignId: from.campaignId,
    variant: said.variant,
    rule: said.rule,
    cut: said.cut,
    origin: 'edge',
  }
}

describe('the record of a click', () => {
  it('is byte for byte what encodeHit makes of the same hit', () => {
    fc.assert(
      fc.property(link, facts, (from, said) => {
        const { headers, ...rest } = said
        const encodable: ClickFacts = { ...rest, evidence: JSON.stringify(headers) }
        const payload = encodeClick(from, encodable)
        expect(payload).toBe(encodeHit(hitOf(from, said)))
        expect(encodeHit(decodeHit(payload, said.edgeRun))).toBe(payload)
      }),
      { numRuns: 500 },
    )
  })
})
