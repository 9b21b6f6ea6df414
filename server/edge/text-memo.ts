/** Derives something from a text, and remembers it for texts that come again and again. */
export type TextMemo<Derived> = (text: string) => Derived

/**
 * Few user agents and referrers make up most requests. Forgets everything when full: texts are up to the client, so
 * nothing better than a bound is worth its cost.
 *
 * @param maxLength texts longer than this are derived anew each time, so that memory stays bounded
 */
export function createTextMemo<Derived>(
  derive: (text: string) => Derived,
  maxTexts: number,
  maxLength: number,
): TextMemo<Derived> {
  const known = new Map<string, Derived>()
  return (text) => {
    const remembered = known.get(text)
    if (remembered !== undefined) return remembered
    const derived = derive(text)
    if (text.length <= maxLength) {
      if (known.size >= maxTexts) known.clear()
      known.set(text, derived)
    }
    return derived
  }
}
