import { crc32 } from 'node:zlib'
import type { EventFacts, RawHit } from '../domain/hit.ts'

/**
 * On disk a segment is a header and records after it. All integers little-endian.
 *
 *     header  'JEJAKSEG' (8) · format version (1) · segment id (16) · edge run (8)
 *     record  payload length (4) · CRC-32 of version and payload (4) · format version (1) · payload
 *
 * The payload is a JSON array of a hit's facts in the order of `encodeHit`: half the bytes of an object and parsed in
 * half the time, yet readable with any tool.
 */
export const SEGMENT_MAGIC = Buffer.from('JEJAKSEG')
export const SEGMENT_VERSION = 1
export const SEGMENT_HEADER_BYTES = 33
export const RECORD_VERSION = 1
export const RECORD_HEADER_BYTES = 9
/** Every field is capped well below this; what claims to be longer is not a record. */
export const MAX_PAYLOAD_BYTES = 256 * 1024

export interface SegmentHeader {
  /** 32 hex digits, random. */
  id: string
  /** 16 hex digits. */
  edgeRun: string
}

export function segmentHeader({ id, edgeRun }: SegmentHeader): Buffer {
  return Buffer.concat([
    SEGMENT_MAGIC,
    Buffer.from([SEGMENT_VERSION]),
    Buffer.from(id, 'hex'),
    Buffer.from(edgeRun, 'hex'),
  ])
}

/** `incomplete` while its writer may still be at it, `newer` for a format this version does not know. */
export function readSegmentHeader(bytes: Buffer): SegmentHeader | 'incomplete' | 'newer' | 'foreign' {
  if (bytes.length < SEGMENT_HEADER_BYTES) return 'incomplete'
  if (!bytes.subarray(0, 8).equals(SEGMENT_MAGIC)) return 'foreign'
  if ((bytes[8] ?? 0) > SEGMENT_VERSION) return 'newer'
  return { id: bytes.toString('hex', 9, 25), edgeRun: bytes.toString('hex', 25, 33) }
}

/**
 * Writes one record into `target` at `offset`, which must have room for `RECORD_HEADER_BYTES + 3 × payload.length`.
 *
 * @returns the offset behind the record.
 */
export function writeRecord(target: Buffer, offset: number, payload: string): number {
  const body = offset + RECORD_HEADER_BYTES
  const length = target.write(payload, body, 'utf8')
  target.writeUInt32LE(length, offset)
  target[offset + 8] = RECORD_VERSION
  target.writeUInt32LE(crc32(target.subarray(offset + 8, body + length)), offset + 4)
  return body + length
}

export type RecordAt =
  | { kind: 'record'; end: number }
  /** The bytes are not all there yet. */
  | { kind: 'incomplete' }
  /** The bytes are there and not what was written; `end` is where the record said it ends. */
  | { kind: 'damaged'; end: number }
  | { kind: 'newer'; version: number }

/** The record at `offset` of `bytes`. */
export function readRecord(bytes: Buffer, offset: number): RecordAt {
  const body = offset + RECORD_HEADER_BYTES
  if (body > bytes.length) return { kind: 'incomplete' }
  const length = bytes.readUInt32LE(offset)
  if (length > MAX_PAYLOAD_BYTES) return { kind: 'damaged', end: bytes.length }
  const end = body + length
  if (end > bytes.length) return { kind: 'incomplete' }
  if (crc32(bytes.subarray(offset + 8, end)) !== bytes.readUInt32LE(offset + 4))
    return { kind: 'damaged', end }
  const version = bytes[offset + 8] ?? 0
  if (version > RECORD_VERSION) return { kind: 'newer', version }
  return { kind: 'record', end }
}

/** A hit as a record's payload. The edge run stands once, in the segment's header. Events have one fact more. */
export function encodeHit(hit: RawHit): string {
  const facts: unknown[] = [
    hit.kind,
    hit.hitId,
    hit.sequence,
    hit.receivedAt,
    hit.time,
    hit.siteId,
    hit.host,
    hit.slug,
    hit.linkId,
    hit.linkVersion,
    hit.outcome,
    hit.status,
    hit.url,
    hit.destination,
    hit.referrer,
    hit.userAgent,
    hit.method,
    hit.httpVersion,
    hit.headers,
    hit.utm.source,
    hit.utm.medium,
    hit.utm.campaign,
    hit.utm.term,
    hit.utm.content,
    hit.clickIdKinds,
    hit.country,
    hit.region,
    hit.cityId,
    hit.climate,
    hit.networkNumber,
    hit.hosting ? 1 : 0,
    hit.visitor,
    hit.previousVisitor,
    hit.consent,
    hit.clickId,
    hit.platform,
    hit.placement,
    hit.paid,
    hit.postId,
    hit.campaignId,
    hit.variant,
    hit.rule,
    hit.cut,
    hit.origin,
  ]
  if (hit.event) facts.push(hit.event)
  return JSON.stringify(facts)
}

type EncodedHit = [
  kind: RawHit['kind'],
  hitId: string,
  sequence: number,
  receivedAt: number,
  time: number,
  siteId: number,
  host: string,
  slug: string,
  linkId: number,
  linkVersion: number,
  outcome: RawHit['outcome'],
  status: number,
  url: string,
  destination: string,
  referrer: string,
  userAgent: string,
  method: string,
  httpVersion: string,
  headers: Record<string, string>,
  utmSource: string,
  utmMedium: string,
  utmCampaign: string,
  utmTerm: string,
  utmContent: string,
  clickIdKinds: string[],
  country: string,
  region: string,
  cityId: number,
  climate: string,
  networkNumber: number,
  hosting: 0 | 1,
  visitor: string,
  previousVisitor: string,
  consent: RawHit['consent'],
  clickId: string,
  platform: string,
  placement: string,
  paid: RawHit['paid'],
  postId: string,
  campaignId: string,
  variant: string,
  rule: string,
  cut: string[],
  origin: string,
  event?: EventFacts,
]
const ENCODED_FIELDS = 44

/**
 * The hit that `encodeHit` wrote.
 *
 * @throws {SyntaxError} for a payload that is no such array; its checksum held, so it was written wrongly.
 */
export function decodeHit(payload: string, edgeRun: string): RawHit {
  const fields: EncodedHit = JSON.parse(payload)
  if (!Array.isArray(fields) || fields.length < ENCODED_FIELDS || fields.length > ENCODED_FIELDS + 1) {
    throw new SyntaxError(`a hit has ${ENCODED_FIELDS} fields, an event one more`)
  }
  return {
    kind: fields[0],
    hitId: fields[1],
    edgeRun,
    sequence: fields[2],
    receivedAt: fields[3],
    time: fields[4],
    siteId: fields[5],
    host: fields[6],
    slug: fields[7],
    linkId: fields[8],
    linkVersion: fields[9],
    outcome: fields[10],
    status: fields[11],
    url: fields[12],
    destination: fields[13],
    referrer: fields[14],
    userAgent: fields[15],
    method: fields[16],
    httpVersion: fields[17],
    headers: fields[18],
    utm: {
      source: fields[19],
      medium: fields[20],
      campaign: fields[21],
      term: fields[22],
      content: fields[23],
    },
    clickIdKinds: fields[24],
    country: fields[25],
    region: fields[26],
    cityId: fields[27],
    climate: fields[28],
    networkNumber: fields[29],
    hosting: fields[30] === 1,
    visitor: fields[31],
    previousVisitor: fields[32],
    consent: fields[33],
    clickId: fields[34],
    platform: fields[35],
    placement: fields[36],
    paid: fields[37],
    postId: fields[38],
    campaignId: fields[39],
    variant: fields[40],
    rule: fields[41],
    cut: fields[42],
    origin: fields[43],
    event: fields[44] ?? null,
  }
}
