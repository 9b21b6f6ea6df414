import type { Model } from '../../../../server/domain/attribution/contract.ts'
import { cx } from '../../shared/ui/cx.ts'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { CreditFigures } from './credit-cell.tsx'
import { amountOf } from './figures.ts'
import { KeyName } from './key-name.tsx'
import { ModelHelp } from './model-help.tsx'
import { MODEL_WORDS } from './model-words.ts'
import type { ModelsListProps } from './models-grid.tsx'
import { NONE } from './use-credit-table.ts'

/** At phone width one model at a time, beside last touch. */
export function ModelsCards({
  table,
  measure,
  form,
  model,
  onModel,
}: Omit<ModelsListProps, 'sort' | 'onSort'> & { model: Model; onModel: (model: Model) => void }) {
  const rows = [...table.rows].sort(
    (a, b) => amountOf(b, model, measure).amount - amountOf(a, model, measure).amount,
  )
  const all = table.noTouch === undefined ? rows : [...rows, table.noTouch]
  return (
    <>
      <div className="flex items-center gap-2 px-4 pb-2 text-xs text-ink-3">
        <label className="flex min-w-0 flex-1 items-center gap-2">
          Model
          <select
            value={model}
            onChange={(event) => {
              const chosen = table.models.find((one) => one === event.target.value)
              if (chosen !== undefined) onModel(chosen)
            }}
            className="h-9 min-w-0 flex-1 rounded-md border border-line-strong bg-surface px-2 text-[16px] text-ink"
          >
            {table.models
              .filter((one) => one !== 'last' || table.models.length === 1)
              .map((one) => (
                <option key={one} value={one}>
                  {MODEL_WORDS[one].label}
                </option>
              ))}
          </select>
        </label>
        <ModelHelp model={model} />
      </div>
      <table className="w-full table-fixed text-sm tabular-nums">
        <caption className="sr-only">
          Credit of each {table.words.one.toLowerCase()} under {MODEL_WORDS[model].label} and under last touch
        </caption>
        <colgroup>
          <col />
          <col className="w-23" />
          <col className="w-23" />
        </colgroup>
        <thead className="text-xs text-ink-3">
          <tr className="align-bottom [&>th]:pb-1.5 [&>th]:font-medium">
            <th scope="col" className="pl-4 text-left">
              {table.words.one}
            </th>
            <th scope="col" className="pl-2 text-right">
              Last touch
            </th>
            <th scope="col" className="pr-4 pl-2 text-right text-ink">
              {MODEL_WORDS[model].label}
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map((row) => {
            const apart = row === table.noTouch
            const side = apart ? 'other' : table.sideOf(row.key)
            return (
              <tr
                key={row.key}
                className={cx('border-t align-top', apart ? 'border-line-strong' : 'border-line')}
              >
                <th scope="row" className="py-2 pl-4 text-left font-normal">
                  <span className="flex items-baseline gap-2">
                    {table.sided && !apart && <SideMark side={side} className="relative top-px" />}
                    <span className={cx('line-clamp-3 min-w-0 wrap-anywhere', apart && 'text-ink-2 italic')}>
                      <KeyName name={row.key} />
                    </span>
                  </span>
                </th>
                {(['last', model] as const).map((one, at) => (
                  <td
                    key={at === 0 ? 'last' : 'model'}
                    className={cx('py-2 pl-2 text-right', at === 1 && 'pr-4')}
                  >
                    <CreditFigures
                      credit={amountOf(row, one, measure)}
                      form={form}
                      write={table.write(one)}
                      side={side}
                      most={row.key === NONE ? 0 : table.most}
                      mute={table.isMute(one)}
                    />
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
        <tfoot>
          <tr className="border-t-2 border-line-strong font-semibold">
            <th scope="row" className="py-2.5 pl-4 text-left">
              Total
            </th>
            <td className="py-2.5 pl-2 text-right">{table.writeTotal('last')}</td>
            <td className="py-2.5 pr-4 pl-2 text-right">{table.writeTotal(model)}</td>
          </tr>
        </tfoot>
      </table>
    </>
  )
}
