import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVIDENCE_HEADERS, emptyHit, type Outcome, type RawHit } from '../domain/hit.ts'
import { decodeHit, encodeHit } from '../spool/record.ts'
import {
  choiceJson,
  clickHitId,
  encodeClick,
  linkJson,
  placeJson,
  siteJson,
  termsJson,
  utmJson,
} from './click-record.ts'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('"', '\\', '\u2028', '\ud800', ''),
)
const hex16 = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 })
const count = fc.nat(2 ** 31 - 1)

const hits: fc.Arbitrary<RawHit> = fc
  .record({
    edgeRun: hex16,
    sequence: fc.nat(Number.MAX_SAFE_INTEGER),
    receivedAt: fc.nat(2 ** 42),
    siteId: count,
    host: text,
    slug: text,
    linkId: fc.nat(2 ** 40 - 1),
    linkVersion: count,
    outcome: fc.constantFrom<Outcome>('redirected', 'unknown', 'expired', 'disabled'),
    status: fc.constantFrom(302, 404, 410),
    url: text,
    destination: text,
    referrer: text,
    userAgent: text,
    method: fc.constantFrom('GET', 'HEAD'),
    httpVersion: fc.constantFrom('1.0', '1.1'),
    headers: fc.dictionary(fc.constantFrom(...EVIDENCE_HEADERS), text, { maxKeys: 5, noNullPrototype: true }),
    utm: fc.record({ source: text, medium: text, campaign: text, term: text, content: text }),
    clickIdKinds: fc.array(text, { maxLength: 3 }),
    country: text,
    region: text,
    cityId: count,
    networkNumber: count,
    hosting: fc.boolean(),
    visitor: hex16,
    previousVisitor: fc.oneof(hex16, fc.constant('')),
    clickId: fc.constantFrom('', 'abcdefghijklmnopqrstuvwxyz-_0123456789AB'),
    platform: text,
    placement: text,
    paid: fc.constantFrom('paid' as const, 'organic' as const, '' as const),
    postId: text,
    campaignId: text,
    variant: text,
    rule: text,
    cut: fc.array(fc.constantFrom('url', 'userAgent'), { maxLength: 2 }),
  })
  .map((facts) => ({
    ...emptyHit(),
    ...facts,
    hitId: clickHitId(facts.edgeRun, facts.sequence),
    time: facts.receivedAt,
  }))

describe('the record of a click', () => {
  it('is byte for byte what encodeHit makes of the same hit', () => {
    fc.assert(
      fc.property(hits, (hit) => {
        const payload = encodeClick({
          ...hit,
          siteJson: siteJson(hit.siteId, hit.host),
          linkJson: linkJson(hit.linkId, hit.linkVersion),
          destinationJson: JSON.stringify(hit.destination),
          referrerJson: JSON.stringify(hit.referrer),
          userAgentJson: JSON.stringify(hit.userAgent),
          evidenceJson: JSON.stringify(hit.headers),
          utmJson: utmJson(hit.utm),
          placeJson: placeJson(hit),
          termsJson: termsJson(hit),
          choiceJson: choiceJson(hit.variant, hit.rule),
        })
        expect(payload).toBe(encodeHit(hit))
        expect(encodeHit(decodeHit(payload, hit.edgeRun))).toBe(payload)
      }),
      { numRuns: 500 },
    )
  })
})
