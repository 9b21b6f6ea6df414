import { EVIDENCE_HEADERS } from '../../../../server/domain/hit.ts'
import type { VisitInput } from '../../../../server/domain/visit/visit-input.ts'
import type { WhySearch } from './search.ts'

/** What the form holds: every field a text, as controls give it. */
export interface VisitForm {
  url: string
  referrer: string
  userAgent: string
  method: string
  /** One a line, `Name: value`. */
  headers: string
}

export const EMPTY_VISIT: VisitForm = { url: '', referrer: '', userAgent: '', method: '', headers: '' }

export function formOf(search: WhySearch): VisitForm {
  return {
    url: search.url ?? '',
    referrer: search.referrer ?? '',
    userAgent: search.ua ?? '',
    method: search.method ?? '',
    headers: (search.header ?? []).join('\n'),
  }
}

/** The visit for the address of the page. Headers that say nothing here stay out of it: they may be secrets. */
export function searchOf(form: VisitForm): Omit<WhySearch, 'site'> {
  const { kept } = readHeaders(form.headers)
  const lines = kept.map(([name, value]) => `${name}: ${value}`)
  return {
    url: form.url.trim() || undefined,
    referrer: form.referrer.trim() || undefined,
    ua: form.userAgent.trim() || undefined,
    method: form.method || undefined,
    header: lines.length === 0 ? undefined : lines,
  }
}

/** The visit that the address names, as the API takes it; null where it names none. What is left out is not asked about. */
export function visitOf(search: WhySearch): VisitInput | null {
  if (search.url === undefined) return null
  const { kept } = readHeaders((search.header ?? []).join('\n'))
  return {
    url: search.url,
    ...(search.referrer === undefined ? {} : { referrer: search.referrer }),
    ...(search.ua === undefined ? {} : { userAgent: search.ua }),
    ...(search.method === undefined ? {} : { method: search.method }),
    ...(kept.length === 0 ? {} : { headers: Object.fromEntries(kept) }),
  }
}

export interface HeaderLines {
  kept: [name: string, value: string][]
  /** Names of headers that say nothing about where a visit came from or who sent it: cookies, keys and the like. */
  leftOut: string[]
  /** Numbers of the lines that are no headers, from 1. */
  unreadable: number[]
}

/**
 * Reads header lines as people paste them from a browser's tools. Only headers that classification looks at are kept,
 * by the same list as the edge's, so that no cookie and no key gets into an address.
 */
export function readHeaders(text: string): HeaderLines {
  const found: HeaderLines = { kept: [], leftOut: [], unreadable: [] }
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    // The request's own line and pseudo-headers (`:method: GET`) come along when everything is copied.
    if (line.trim() === '' || /^\s*:|^[A-Z]+ \S+ HTTP\/[\d.]+$/.test(line)) continue
    const [, name = '', value = ''] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*:(.*)$/.exec(line) ?? []
    if (name === '') found.unreadable.push(index + 1)
    else if (isEvidence(name.toLowerCase())) found.kept.push([name.toLowerCase(), value.trim()])
    else found.leftOut.push(name)
  }
  return found
}

const LOOKED_AT: ReadonlySet<string> = new Set([...EVIDENCE_HEADERS, 'user-agent', 'referer', 'referrer'])

function isEvidence(name: string): boolean {
  return LOOKED_AT.has(name) || name.startsWith('sec-ch-ua-')
}
