import { useMemo } from 'react'
import { MODELS, type Model } from '../../../../server/domain/attribution/contract.ts'
import type { AttributionAnswer, AttributionRow } from '../../../../server/reports/attribution/contract.ts'
import type { SideName } from '../../shared/ui/side-mark.tsx'
import { amountOf, columnFormat, noTouchRow, sideOfKey, sortedRows } from './figures.ts'
import { GRAIN_WORDS, tellingModels } from './model-words.ts'
import type { ModelsView } from './search.ts'

/** The key of touches that have no such thing: no post, no campaign. */
export const NONE = '(none)'

/** An answer as a table of it needs it. */
export interface CreditTable {
  models: Model[]
  /** All but `(no touch)`, sorted. */
  rows: AttributionRow[]
  noTouch: AttributionRow | undefined
  /** What the rows of a model add up to. */
  sums: Partial<Record<Model, number>>
  write: (model: Model) => (amount: number) => string
  writeTotal: (model: Model) => string
  sideOf: (key: string) => SideName | 'other'
  /** Keys stand on sides. */
  sided: boolean
  /** Largest share of any key under any model, but for `(none)`: what all keys lack would leave them no length. */
  most: number
  words: { one: string; many: string }
  /** A model whose figures tell nothing. */
  isMute: (model: Model) => boolean
}

/** Of an answer under the models that the view shows and the answer has. */
export function useCreditTable(answer: AttributionAnswer, view: ModelsView): CreditTable {
  const { measure, models: chosen, sort, sides } = view
  return useMemo(() => {
    const { grain } = answer.query
    const models = MODELS.filter((model) => chosen.includes(model) && answer.query.models.includes(model))
    const noTouch = noTouchRow(answer.results)
    const rows = sortedRows(answer.results, sort, measure)
    const amounts = (model: Model) => answer.results.map((row) => amountOf(row, model, measure).amount)
    const sums: CreditTable['sums'] = {}
    const formats = new Map<Model, (amount: number) => string>()
    for (const model of MODELS) {
      const column = amounts(model)
      sums[model] = column.reduce((total, amount) => total + amount, 0)
      formats.set(model, columnFormat(column, answer.totals[measure]))
    }
    const telling = tellingModels(models, answer.nulls)
    const shares = answer.results
      .filter(({ key }) => key !== NONE)
      .flatMap((row) => telling.map((model) => amountOf(row, model, measure).share ?? 0))
    return {
      models,
      rows,
      noTouch,
      sums,
      write: (model) => formats.get(model) ?? String,
      writeTotal: (model) => {
        const sum = sums[model] ?? 0
        return columnFormat([sum], answer.totals[measure])(sum)
      },
      sideOf: (key) => sideOfKey(key, grain, sides),
      sided: grain === 'channel' || grain === 'side',
      most: shares.reduce((most, share) => Math.max(most, Math.abs(share)), 0),
      words: GRAIN_WORDS[grain],
      isMute: (model) => tellingModels([model], answer.nulls).length === 0,
    }
  }, [answer, chosen, sort, measure, sides])
}
