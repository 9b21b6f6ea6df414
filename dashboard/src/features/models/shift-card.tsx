import type { AttributionAnswer } from '../../../../server/reports/attribution/contract.ts'
import { count } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { PickField } from '../../shared/ui/pick-field.tsx'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { Empty } from '../../shared/ui/states.tsx'
import { SIDE_BAR } from './credit-cell.tsx'
import { UseJourneys } from './ended-range.tsx'
import { columnFormat, type Shift, shifts, sideOfKey, signedChange } from './figures.ts'
import { KeyName } from './key-name.tsx'
import { GRAIN_WORDS, MODEL_WORDS, tellingModels } from './model-words.ts'
import { useModels } from './use-models.ts'

const MOST = 12

/** What one model gives more or less than last touch does. */
export function ShiftCard({ answer, stale }: { answer: AttributionAnswer; stale: boolean }) {
  const { view, change } = useModels()
  const choices = view.models.filter((model) => model !== 'last')
  const { grain } = answer.query
  const ready = choices.some((model) => model === view.model) && answer.query.models.includes(view.model)
  const { shown, rest } = shifts(answer.results, view.model, view.measure, MOST)
  const all = rest === null ? shown : [...shown, rest]
  const most = all.reduce((largest, { delta }) => Math.max(largest, Math.abs(delta)), 0)
  const format = columnFormat(
    all.map(({ delta }) => delta),
    all.reduce((sum, { before }) => sum + before, 0),
  )
  return (
    <Card
      title="What changes from last touch"
      stale={stale}
      actions={
        choices.length > 0 && (
          <PickField
            label="Under"
            value={view.model}
            options={choices.map((value) => ({ value, label: MODEL_WORDS[value].label }))}
            onChange={(model) => change({ model }, { replace: true })}
          />
        )
      }
    >
      {!ready ? (
        <Empty title={choices.length === 0 ? 'Choose a second model' : 'Being computed'}>
          {choices.length === 0 && 'Only last touch is shown: there is nothing to set against it.'}
        </Empty>
      ) : tellingModels([view.model], answer.nulls).length === 0 ? (
        <Empty title={`${MODEL_WORDS[view.model].label} tells nothing here`}>
          It needs journeys that did not convert. <UseJourneys answer={answer} />
        </Empty>
      ) : most < 1e-9 ? (
        <Empty title="Nothing changes">
          {MODEL_WORDS[view.model].label} gives every {GRAIN_WORDS[grain].one.toLowerCase()} what last touch
          gives it.
        </Empty>
      ) : (
        <table className="mb-3 w-full table-fixed text-sm tabular-nums">
          <caption className="sr-only">
            Credit under {MODEL_WORDS[view.model].label} less that under last touch
          </caption>
          <colgroup>
            <col className="w-[36%]" />
            <col />
            <col className="w-22 max-sm:w-24" />
            <col className="w-22 max-sm:hidden" />
          </colgroup>
          <thead className="text-xs text-ink-3">
            <tr className="[&>th]:pb-1.5 [&>th]:font-medium">
              <th scope="col" className="pl-5 text-left max-sm:pl-4">
                {GRAIN_WORDS[grain].one}
              </th>
              <th aria-hidden className="px-3">
                <span className="flex justify-between text-2xs font-normal max-sm:hidden">
                  <span>less</span>
                  <span>more</span>
                </span>
              </th>
              <th scope="col" className="text-right max-sm:pr-4">
                {view.measure === 'value' ? 'Value' : 'Conversions'}
              </th>
              <th scope="col" className="pr-5 text-right max-sm:hidden">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((shift) => (
              <Line
                key={shift === rest ? '\u0000rest' : shift.key}
                shift={shift}
                rest={shift === rest}
                many={GRAIN_WORDS[grain].many}
                side={shift === rest ? 'other' : sideOfKey(shift.key, grain, view.sides)}
                marked={(grain === 'channel' || grain === 'side') && shift !== rest}
                most={most}
                format={format}
              />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  )
}

function Line({
  shift,
  rest,
  many,
  side,
  marked,
  most,
  format,
}: {
  shift: Shift
  rest: boolean
  many: string
  side: keyof typeof SIDE_BAR
  marked: boolean
  most: number
  format: (amount: number) => string
}) {
  const { delta, before } = shift
  const none = Math.abs(delta) < 1e-9
  const width = `${(Math.abs(delta) / most) * 50}%`
  const relative = none ? '–' : Math.abs(before) < 1e-9 ? 'new' : signedChange(delta / before)
  const sign = none ? '' : delta > 0 ? '+' : '−'
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1.5 pl-5 text-left font-normal max-sm:pl-4">
        <span className="flex items-baseline gap-2">
          {marked && <SideMark side={side} className="relative top-px" />}
          <span
            className={cx('line-clamp-2 min-w-0 wrap-break-word', rest && 'text-ink-3')}
            title={rest ? undefined : shift.key}
          >
            {rest ? `${count(shift.keys)} other ${many}` : <KeyName name={shift.key} />}
          </span>
        </span>
      </th>
      <td aria-hidden className="px-3">
        <div className="relative h-3">
          <span className="absolute inset-y-[-6px] left-1/2 w-px bg-line-strong" />
          {!none && (
            <span
              className={cx(
                'absolute inset-y-0',
                SIDE_BAR[side],
                delta > 0 ? 'rounded-r-sm' : 'rounded-l-sm',
              )}
              style={delta > 0 ? { left: '50%', width } : { right: '50%', width }}
            />
          )}
        </div>
      </td>
      <td className={cx('text-right font-medium max-sm:pr-4', none && 'text-ink-3')}>
        {sign}
        {format(Math.abs(delta))}
        <span className="block text-2xs font-normal text-ink-3 sm:hidden">{relative}</span>
      </td>
      <td className="pr-5 text-right text-ink-2 max-sm:hidden">{relative}</td>
    </tr>
  )
}
