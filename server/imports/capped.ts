import { type RawHit, TEXT_CAPS } from '../domain/hit.ts'
import { capBytes } from '../edge/cap.ts'

/** Accept-Language is the one header that imports keep; real ones stay below 100 bytes. */
const ACCEPT_LANGUAGE_CAP = 255
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no live request can hold must not come in by a file
const CONTROL = /[\x00-\x1f\x7f]/g

/**
 * Stores texts in a hit as an edge would: without control characters (a live request cannot carry any), capped by
 * `TEXT_CAPS` at a whole character, with the field named in `hit.cut` where something was cut.
 */
export function setTexts(hit: RawHit, texts: Partial<Record<keyof typeof TEXT_CAPS, string>>): void {
  for (const field of Object.keys(TEXT_CAPS) as (keyof typeof TEXT_CAPS)[]) {
    const text = texts[field]
    if (text !== undefined) hit[field] = capped(hit, field, text, TEXT_CAPS[field])
  }
}

/** The same for the Accept-Language header; an empty one is left out. */
export function setAcceptLanguage(hit: RawHit, value: string): void {
  if (value !== '')
    hit.headers['accept-language'] = capped(hit, 'accept-language', value, ACCEPT_LANGUAGE_CAP)
}

function capped(hit: RawHit, field: string, text: string, maxBytes: number): string {
  const clean = text.replace(CONTROL, ' ')
  const short = capBytes(clean, maxBytes)
  if (short !== clean) hit.cut.push(field)
  return short
}
