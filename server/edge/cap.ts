/**
 * A text of at most `maxBytes` bytes of UTF-8, cut at a whole character.
 *
 * @returns the very same string where nothing had to be cut.
 */
export function capBytes(text: string, maxBytes: number): string {
  // A UTF-16 unit is at most 3 bytes of UTF-8, so most texts need no counting.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text
  const bytes = Buffer.from(text)
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

const BEYOND_ASCII = /[^\0-\x7f]/

/** A header's value as text: Node gives one character per byte, senders mean UTF-8 where it is valid UTF-8. */
export function headerText(value: string): string {
  if (!BEYOND_ASCII.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}
