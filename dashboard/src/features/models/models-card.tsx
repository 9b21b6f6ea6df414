import { CircleCheck } from 'lucide-react'
import type {
  AttributionAnswer,
  AttributionRequest,
} from '../../../../server/reports/attribution/contract.ts'
import { money } from '../../shared/format/money.ts'
import { count } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { CsvButton, rangeInName } from '../../shared/ui/csv-button.tsx'
import { Pager } from '../../shared/ui/pager.tsx'
import { useNarrow } from '../../shared/use-settled.ts'
import { modelsCsv } from './attribution-api.ts'
import { NEEDS_NULLS_WHY, tellingModels } from './model-words.ts'
import { ModelsCards } from './models-cards.tsx'
import { ModelsGrid } from './models-grid.tsx'
import type { SortKey } from './search.ts'
import { type CreditTable, useCreditTable } from './use-credit-table.ts'
import { useModels } from './use-models.ts'

const PAGE_SIZE = 20

/** The models side by side. */
export function ModelsCard({
  answer,
  question,
  stale,
}: {
  answer: AttributionAnswer
  question: AttributionRequest
  stale: boolean
}) {
  const { view, site, change } = useModels()
  const narrow = useNarrow()
  const table = useCreditTable(answer, view)
  const { measure, form, sort } = view
  const page = Math.min(view.page, Math.max(1, Math.ceil(table.rows.length / PAGE_SIZE)))
  const shown: CreditTable = { ...table, rows: table.rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE) }
  const sortBy = (key: SortKey) => {
    const descending = sort.key === key ? !sort.descending : key !== 'key'
    change({ sort: `${descending ? '-' : ''}${key}`, p: undefined }, { replace: true })
  }
  return (
    <Card
      title={`Credit by ${table.words.one.toLowerCase()}`}
      note={
        measure === 'value'
          ? `value in ${site?.currency ?? 'the site’s currency'}`
          : `${count(table.rows.length)} ${table.rows.length === 1 ? table.words.one.toLowerCase() : table.words.many}`
      }
      stale={stale}
      actions={
        <CsvButton
          fetchFile={() => modelsCsv({ ...question, models: view.models })}
          fileName={`jejak-models-${answer.query.grain}-${rangeInName(question.date_range)}.csv`}
          title="Download all keys under these models as a CSV file"
        />
      }
    >
      {narrow ? (
        <ModelsCards
          table={shown}
          measure={measure}
          form={form}
          model={table.models.includes(view.model) ? view.model : (table.models[0] ?? 'last')}
          onModel={(model) => change({ model }, { replace: true })}
        />
      ) : (
        <ModelsGrid table={shown} measure={measure} form={form} sort={sort} onSort={sortBy} />
      )}
      {table.rows.length > PAGE_SIZE && (
        <Pager
          label="Pages of the table"
          page={page}
          size={PAGE_SIZE}
          total={table.rows.length}
          onTurn={(to) => change({ p: to === 1 ? undefined : String(to) })}
        />
      )}
      <SumNote answer={answer} table={table} />
    </Card>
  )
}

/** That nothing is lost or made up, and what a negative share means. */
function SumNote({ answer, table }: { answer: AttributionAnswer; table: CreditTable }) {
  const { view, site } = useModels()
  const { conversions, value } = answer.totals
  const total = answer.totals[view.measure]
  const whole = table.models.every(
    (model) => Math.abs((table.sums[model] ?? 0) - total) <= 1e-9 * Math.max(1, Math.abs(total)),
  )
  const negative = answer.results.some(
    ({ credits }) => credits.shapleyRate !== undefined && credits.shapleyRate[view.measure] < 0,
  )
  return (
    <div className="flex flex-col gap-1.5 border-t border-line px-5 py-3 text-xs text-ink-3 max-sm:px-4">
      <p className="flex items-start gap-1.5">
        {whole && <CircleCheck className="mt-0.5 size-3.5 shrink-0 text-accent" aria-hidden />}
        <span>
          {whole
            ? view.measure === 'value'
              ? `Every model shares out exactly ${money(value, site?.currency)}, the value of ${count(conversions)} conversions.`
              : `Every model shares out exactly the ${count(conversions)} conversions of these days.`
            : `The models do not add up to ${count(total)}: please report this.`}{' '}
          Shown figures are rounded.
        </span>
      </p>
      {tellingModels(table.models, answer.nulls).length < table.models.length && <p>{NEEDS_NULLS_WHY}</p>}
      {negative && table.models.includes('shapleyRate') && (
        <p>
          <span className="text-down">Negative</span> under Shapley rate: where it is on a path, people
          convert less often than without it. The share is kept, so that the sum holds.
        </p>
      )}
    </div>
  )
}
