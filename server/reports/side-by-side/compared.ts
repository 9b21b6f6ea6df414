import { compareRates } from '../../domain/stats/compare-rates.ts'
import type { Rate } from '../../domain/stats/rate.ts'
import { wilsonInterval } from '../../domain/stats/wilson.ts'
import type { CountsCompared, SideRate } from './contract.ts'
import { comparedSentence, emptySentence, type Subject } from './sentence.ts'

/** What was counted on a side; null where its sessions cannot be known. */
export type Counted = Rate | null

/** Two sides compared, or as much as can be said where one has no sessions. */
export function comparedSides(a: Counted, b: Counted, subject: Subject): CountsCompared {
  if (a && b && a.n > 0 && b.n > 0) {
    const compared = compareRates(a, b)
    return { ...compared, sentence: comparedSentence(compared, subject) }
  }
  const sides = { a: alone(a), b: alone(b) }
  return {
    ...sides,
    difference: { value: null, ci: null },
    test: { name: null, p: null },
    probabilityABetter: null,
    enough: false,
    neededPerSide: null,
    sentence: emptySentence(sides, subject),
  }
}

function alone(side: Counted): SideRate {
  if (side === null) return { k: null, n: null, rate: null, ci: null }
  if (side.n === 0) return { ...side, rate: null, ci: null }
  return { ...side, rate: side.k / side.n, ci: wilsonInterval(side) }
}
