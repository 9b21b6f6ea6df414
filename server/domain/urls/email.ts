const MASK = '(email)'

/** An at sign as itself, percent-encoded, or encoded more than once. */
const AT = /@|%(?:25)*40/g
const LOCAL_CHAR = /[\w.!$%'*+^`{|}~-]|[^\0-\x7f]/
/** One character of a domain, or one of its escapes: an encoded dot, or a byte of an international name. */
const DOMAIN_PART = /[\w.-]|[^\0-\x7f]|%(?:25)*2e|%[89a-f][0-9a-f]/iy
/** A dot before letters: `name@2x` and `package@1.2.3` are no addresses. */
const TOP_LEVEL = /(?:\.|%(?:25)*2e)(?:[a-z]{2}|[^\0-\x7f]|%[89a-f])/i

/**
 * Replaces every e-mail address in a piece of an address by `(email)`, whether its at sign is plain or
 * percent-encoded. Handles of the form `/@name` stay. Linear in the length of the text.
 */
export function maskEmails(text: string): string {
  if (!/@|%(?:25)*40/.test(text)) return text
  let masked = ''
  let done = 0
  let floor = 0
  for (const at of text.matchAll(AT)) {
    const domainStart = at.index + at[0].length
    let start = at.index
    while (start > floor && LOCAL_CHAR.test(text.charAt(start - 1))) start--
    floor = domainStart
    const end = domainEnd(text, domainStart)
    if (start === at.index || !TOP_LEVEL.test(text.slice(domainStart, end))) continue
    masked += text.slice(done, start) + MASK
    done = end
    floor = end
  }
  return masked + text.slice(done)
}

function domainEnd(text: string, from: number): number {
  let end = from
  for (;;) {
    DOMAIN_PART.lastIndex = end
    const part = DOMAIN_PART.exec(text)
    if (!part) return end
    end += part[0].length
  }
}
