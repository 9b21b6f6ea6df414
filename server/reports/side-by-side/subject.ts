import type { Filter, QueryMeta } from '../contract.ts'
import { LANDING_PAGE } from '../plan/hosts.ts'
import type { SidesAsked } from './parse.ts'
import type { Subject } from './sentence.ts'

/** More values are told by their number. */
const MOST_NAMED = 3

/** How the sides are called: as the asker calls them, else by what a lone filter asks for. */
export function namesOf({ a, b }: Pick<SidesAsked, 'a' | 'b'>): { a: string; b: string } {
  if (b) return { a: a.name ?? askedFor(a.filters) ?? 'A', b: b.name ?? askedFor(b.filters) ?? 'B' }
  const name = a.name ?? askedFor(a.filters) ?? (a.filters.length === 0 ? 'The site' : 'A')
  return { a: name, b: name }
}

/** What the sentence speaks of. The days are named where they are what differs. */
export function subjectOf(
  { question, b }: SidesAsked,
  names: { a: string; b: string },
  goal: string | null,
  meta: { a: QueryMeta; b: QueryMeta },
): Subject {
  const when = ({ from, to }: QueryMeta) => (b ? '' : ` (${from === to ? from : `${from} to ${to}`})`)
  return {
    a: names.a + when(meta.a),
    b: names.b + when(meta.b),
    where: whereOf(question.filters),
    goal: goal ?? '',
  }
}

/** What both sides are filtered by, so that nobody quotes a part as the whole: ` on cars.example/offers for country DE`. */
export function whereOf(filters: readonly Filter[]): string {
  let page = ''
  let isFurther = false
  const named: string[] = []
  for (const filter of filters) {
    if (filter[0] !== 'is') isFurther = true
    else if (filter[1] === LANDING_PAGE && filter[2].length === 1) page = ` on ${filter[2][0]}`
    else named.push(`${filter[1].replaceAll('_', ' ')} ${listed(filter[2])}`)
  }
  const which = named.length === 0 ? '' : ` for ${named.join(' and ')}`
  return page + which + (isFurther ? ', filtered further' : '')
}

function askedFor([filter, ...more]: readonly Filter[]): string | null {
  return filter?.[0] === 'is' && more.length === 0 ? listed(filter[2]) : null
}

function listed(values: readonly string[]): string {
  return values.length > MOST_NAMED ? `(${values.length} values)` : values.join(' or ')
}
