import { isRecord, Problems, type RuleProblem } from '../rules/problems.ts'
import { textOf, uniqueIds, wholeId } from '../site-list.ts'
import { PAGE_KIND_LIMITS, PAGE_KINDS, type PageKindDraft } from './page-kind.ts'
import { parsePagePattern } from './page-pattern.ts'

export type ParsedPageKinds =
  | { ok: true; items: PageKindDraft[] }
  /** Everything that is wrong, each by its place: `pageKinds[2].pattern`. */
  | { ok: false; problems: readonly RuleProblem[] }

/** Reads an ordered list of page kinds; `place` is the list's own name. */
export function parsePageKinds(input: unknown, place: string): ParsedPageKinds {
  const problems = new Problems()
  if (!Array.isArray(input)) {
    problems.add(place, 'The page kinds are a list, in the order in which they are tried.')
    return { ok: false, problems: problems.all }
  }
  const { kinds } = PAGE_KIND_LIMITS
  if (input.length > kinds) problems.add(place, `A site has at most ${kinds} page kinds.`)
  const items = input
    .slice(0, kinds)
    .flatMap((one, index) => parsePageKind(one, `${place}[${index}]`, problems) ?? [])
  if (problems.all.length === 0) uniqueIds(items, place, problems)
  return problems.all.length === 0 ? { ok: true, items } : { ok: false, problems: problems.all }
}

function parsePageKind(input: unknown, place: string, problems: Problems): PageKindDraft | null {
  if (!isRecord(input)) return problems.add(place, 'A page kind is { pattern, label, kind }.')
  problems.unknownKeys(input, ['id', 'pattern', 'label', 'kind'], place)
  const id = wholeId(input.id, `${place}.id`, problems)
  const label = textOf(input.label, PAGE_KIND_LIMITS.labelLength, `${place}.label`, problems)
  const kind = PAGE_KINDS.find((name) => name === input.kind)
  if (!kind) problems.add(`${place}.kind`, 'There is no such kind.', PAGE_KINDS)
  const pattern = parsePagePattern(typeof input.pattern === 'string' ? input.pattern : '')
  if (!pattern.ok) return problems.add(`${place}.pattern`, pattern.message)
  if (id === undefined || label === null || !kind) return null
  return { id, pattern: pattern.value, label, kind }
}
