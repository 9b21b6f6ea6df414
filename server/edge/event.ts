import { z } from 'zod'
import limits from '../facts/edge-limits.json' with { type: 'json' }

/** One pageview as the page script sends it. */
export interface PageEvent {
  /** 32 lower-case hex digits, made by the page. */
  id: string
  /** The page's address, without our click id. */
  url: URL
  /** The click id that the address or the event carried; empty where there was none. */
  clickId: string
  referrer: string
  /** Milliseconds between the pageview and its sending, by the page's monotonic clock. */
  age: number
  /** The site's name, where the page says it. */
  site: string | undefined
}

export interface EventProblem {
  field: string
  message: string
}

const text = (max: number) => z.string().max(max)

const shape = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits, random for each pageview'),
  url: text(limits.eventBytes),
  referrer: text(limits.eventBytes).default(''),
  age: z.number().min(0).max(limits.eventMaxAgeMs).default(0),
  clickId: text(limits.eventBytes).default(''),
  site: text(255).optional(),
})

/**
 * Reads an event's JSON. The click id is taken from the address where the event names none, and out of the address in
 * any case.
 *
 * @param clickIdParameter lower case
 */
export function readEvent(json: string, clickIdParameter: string): PageEvent | EventProblem[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return [{ field: '', message: 'The body must be one JSON object.' }]
  }
  const checked = shape.safeParse(parsed)
  if (!checked.success) {
    return checked.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))
  }
  const { id, referrer, age, site } = checked.data
  const url = pageAddress(checked.data.url)
  if (!url) return [{ field: 'url', message: 'must be an absolute http or https address' }]
  const fromAddress = takeParameter(url, clickIdParameter)
  return { id, url, clickId: checked.data.clickId || fromAddress, referrer, age, site }
}

function pageAddress(text: string): URL | null {
  try {
    const url = new URL(text)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null
  } catch {
    return null
  }
}

/** Takes a parameter out of an address, the other pairs keep their bytes; gives its first value, decoded. */
function takeParameter(url: URL, parameter: string): string {
  const value = [...url.searchParams].find(([name]) => name.toLowerCase() === parameter)?.[1]
  if (value === undefined) return ''
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => [...new URLSearchParams(pair).keys()][0]?.toLowerCase() !== parameter)
  url.search = others.join('&')
  return value
}
