/**
 * Unicode full case folding (CaseFolding.txt, statuses C and F), which JavaScript does not offer by name.
 *
 * It is built from the two mappings that it does offer, letter by letter: lower case, upper case, lower case again.
 * The first step brings `ẞ` to `ß`, the second `ß` to `SS` and `ς` to `Σ`, the third everything to one small form;
 * taken letter by letter, the rule for a sigma at the end of a word never applies. Against the Unicode table the
 * outcome differs in two places: `ı` (dotless i) folds to itself there, which is put right here, and Cherokee folds
 * to its capitals there and to its small letters here, which joins the same letters under another name.
 *
 * Folding is idempotent, and canonically equal texts fold alike: the outcome is NFC.
 */
export function foldCase(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  let folded = ''
  for (const letter of text.normalize('NFD')) {
    folded += letter === 'ı' ? letter : lowerEach(letter.toLowerCase().toUpperCase())
  }
  return folded.normalize('NFC')
}

function lowerEach(letters: string): string {
  let lower = ''
  for (const letter of letters) lower += letter.toLowerCase()
  return lower
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}
