import { type Model, PATH_MODELS } from '../../../../server/domain/attribution/contract.ts'
import {
  type AttributionAnswer,
  type AttributionRow,
  NO_TOUCH,
} from '../../../../server/reports/attribution/contract.ts'
import { money } from '../../shared/format/money.ts'
import { count, headline } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { SIDE_LABELS, SideMark, type SideName } from '../../shared/ui/side-mark.tsx'
import { useNarrow } from '../../shared/use-settled.ts'
import { UseJourneys } from './ended-range.tsx'
import { amountOf, columnFormat, signedShare } from './figures.ts'
import { ModelHelp } from './model-help.tsx'
import { MODEL_WORDS, NEEDS_JOURNEYS, tellingModels } from './model-words.ts'
import type { Form, Measure } from './search.ts'
import { SideSpans } from './side-spans.tsx'
import { useModels, useSideCredits } from './use-models.ts'

/** The page's first answer: what search and social earn, model by model. */
export function SidesCard({ answer }: { answer: AttributionAnswer }) {
  const { view, site } = useModels()
  const { isPlaceholderData } = useSideCredits()
  const { conversions, value } = answer.totals
  return (
    <Card
      title="Search and Social under each model"
      note={
        view.measure === 'value'
          ? `${money(value, site?.currency)} from ${count(conversions)} conversions`
          : `${count(conversions)} conversions`
      }
      stale={isPlaceholderData}
      className="h-full"
    >
      <SidesTable
        answer={answer}
        models={view.models}
        measure={view.measure}
        form={view.form}
        currency={site?.currency}
      />
    </Card>
  )
}

function SidesTable({
  answer,
  models,
  measure,
  form,
  currency,
}: {
  answer: AttributionAnswer
  models: Model[]
  measure: Measure
  form: Form
  currency: string | undefined
}) {
  const narrow = useNarrow()
  // Under the models of the answer: while another is under way it may not have a newly chosen one yet.
  const shown = models.filter((model) => answer.query.models.includes(model))
  const telling = tellingModels(shown, answer.nulls)
  const row = (key: string): AttributionRow | undefined => answer.results.find((one) => one.key === key)
  const total = answer.totals[measure]
  const figures = columnFormat(
    shown.flatMap((model) => ['Search', 'Social'].map((key) => amountOf(row(key), model, measure).amount)),
    total,
    narrow ? 1_000_000 : undefined,
  )
  const write = (key: string, model: Model) => {
    const { amount, share } = amountOf(row(key), model, measure)
    return form === 'share' ? (share === null ? '–' : signedShare(share)) : figures(amount)
  }
  const negative = (key: string, model: Model) => amountOf(row(key), model, measure).amount < 0
  const part = (key: string, model: Model) => Math.max(0, amountOf(row(key), model, measure).share ?? 0)
  return (
    <div className="px-5 pb-4 max-sm:px-4">
      <SideSpans
        models={telling}
        amountOf={(side, model) => amountOf(row(SIDE_LABELS[side]), model, measure)}
        write={(amount) =>
          measure === 'value'
            ? money(amount, currency).replace('-', '−')
            : columnFormat([Math.round(amount)], total)(amount)
        }
        what={measure === 'value' ? 'the value' : 'conversions'}
      />
      <table className="w-full table-fixed text-sm tabular-nums">
        <caption className="sr-only">Credit of Search and of Social under each model</caption>
        <colgroup>
          <col className="w-36 max-sm:w-27" />
          <col className="w-22 max-sm:w-20" />
          <col />
          <col className="w-22 max-sm:w-20" />
        </colgroup>
        <thead className="text-xs text-ink-3">
          <tr className="[&>th]:pb-1.5 [&>th]:font-medium">
            <th scope="col" className="text-left">
              Model
            </th>
            <SideHead side="search" className="pr-3 text-right" />
            <th aria-hidden />
            <SideHead side="social" className="pl-3 text-left" />
          </tr>
        </thead>
        <tbody>
          {shown.map((model) => (
            <tr key={model} className="border-t border-line">
              <th scope="row" className="py-1.25 text-left font-normal">
                <span className={cx('mr-0.5', !telling.includes(model) && 'text-ink-3')}>
                  {MODEL_WORDS[model].label}
                </span>
                <span className="align-middle max-sm:hidden">
                  <ModelHelp model={model} />
                </span>
              </th>
              {telling.includes(model) ? (
                <>
                  <td className={cx('pr-3 text-right font-medium', negative('Search', model) && 'text-down')}>
                    {write('Search', model)}
                  </td>
                  <td aria-hidden>
                    <Parts
                      search={part('Search', model)}
                      social={part('Social', model)}
                      other={part('Other', model)}
                    />
                  </td>
                  <td className={cx('pl-3 font-medium', negative('Social', model) && 'text-down')}>
                    {write('Social', model)}
                  </td>
                </>
              ) : (
                <td colSpan={3} className="py-1 pl-2 text-xs text-ink-2">
                  {NEEDS_JOURNEYS} <UseJourneys answer={answer} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-3">
        <Legend swatch="bg-search">Search</Legend>
        <Legend swatch="bg-other opacity-50">Other channels</Legend>
        <Legend swatch="bg-sunken ring-1 ring-line-strong ring-inset">No touch in the window</Legend>
        <Legend swatch="hatched bg-social">Social</Legend>
        {row(NO_TOUCH) !== undefined && (
          <li className="ml-auto">
            {measure === 'value'
              ? money(amountOf(row(NO_TOUCH), 'last', measure).amount, currency)
              : headline(amountOf(row(NO_TOUCH), 'last', measure).amount)}{' '}
            without a touch
          </li>
        )}
      </ul>
      {PATH_MODELS.some((model) => shown.includes(model)) && (
        <p className="mt-1.5 text-xs text-ink-3">
          Each side is one touch here: under Markov and Shapley its channels need not add up to it.
        </p>
      )}
    </div>
  )
}

function SideHead({ side, className }: { side: SideName; className: string }) {
  return (
    <th scope="col" className={cx('whitespace-nowrap', className)}>
      <SideMark side={side} className="mr-1.5 inline" />
      {SIDE_LABELS[side]}
    </th>
  )
}

function Legend({ swatch, children }: { swatch: string; children: string }) {
  return (
    <li className="flex items-center gap-1.5">
      <span className={cx('h-2 w-4 rounded-full', swatch)} aria-hidden />
      {children}
    </li>
  )
}

/** One model's whole as a bar: Search from the left, Social from the right, what is neither between them. */
function Parts({ search, social, other }: { search: number; social: number; other: number }) {
  // A negative share elsewhere makes the others more than all: drawn to scale among themselves.
  const all = Math.max(1, search + social + other)
  const width = (one: number) => ({ width: `${(one / all) * 100}%` })
  return (
    <div className="flex h-3 gap-px overflow-hidden rounded-full">
      {search > 0 && <span className="bg-search" style={width(search)} />}
      {other > 0 && <span className="bg-other opacity-50" style={width(other)} />}
      <span className="min-w-0 flex-1 bg-sunken ring-1 ring-line-strong ring-inset" />
      {social > 0 && <span className="hatched bg-social" style={width(social)} />}
    </div>
  )
}
