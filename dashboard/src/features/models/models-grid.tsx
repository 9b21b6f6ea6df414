import { ArrowDown, ArrowUp } from 'lucide-react'
import { HEURISTIC_MODELS, type Model, PATH_MODELS } from '../../../../server/domain/attribution/contract.ts'
import type { AttributionRow } from '../../../../server/reports/attribution/contract.ts'
import { cx } from '../../shared/ui/cx.ts'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { CreditFigures } from './credit-cell.tsx'
import { amountOf } from './figures.ts'
import { KeyName } from './key-name.tsx'
import { ModelHelp } from './model-help.tsx'
import { MODEL_WORDS } from './model-words.ts'
import type { Form, Measure, SortKey } from './search.ts'
import { type CreditTable, NONE } from './use-credit-table.ts'

export interface ModelsListProps {
  table: CreditTable
  measure: Measure
  form: Form
  sort: { key: SortKey; descending: boolean }
  onSort: (key: SortKey) => void
}

const STICKY = 'sticky left-0 z-10 bg-surface group-hover:bg-hover'

/** Keys down, models across. The first column stays while the others scroll. */
export function ModelsGrid({ table, measure, form, sort, onSort }: ModelsListProps) {
  const { models, rows, noTouch } = table
  const groups = [
    { title: 'One path at a time', models: HEURISTIC_MODELS.filter((model) => models.includes(model)) },
    { title: 'All paths at once', models: PATH_MODELS.filter((model) => models.includes(model)) },
  ].filter((group) => group.models.length > 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="relative overflow-x-auto" tabIndex={0} aria-label="Models side by side, as a table">
      <table
        className="w-full table-fixed border-separate border-spacing-0 text-sm tabular-nums"
        style={{ minWidth: 200 + models.length * 98 }}
      >
        <caption className="sr-only">Credit of each {table.words.one.toLowerCase()} under each model</caption>
        <colgroup>
          <col style={{ width: Math.max(200, 560 - models.length * 40) }} />
        </colgroup>
        {groups.map(({ title, models: names }) => (
          <colgroup key={title} span={names.length} />
        ))}
        <thead className="text-xs text-ink-3">
          <tr>
            <td className={STICKY} />
            {groups.map(({ title, models: names }) => (
              <th
                key={title}
                scope="colgroup"
                colSpan={names.length}
                className="pl-5 pt-1 text-left text-2xs font-medium last:pr-5"
              >
                <span className="block border-b border-line pb-1">{title}</span>
              </th>
            ))}
          </tr>
          <tr className="align-bottom">
            <Head
              column="key"
              sort={sort}
              onSort={onSort}
              className={cx(STICKY, 'pl-5 text-left')}
              label={table.words.one}
            />
            {models.map((model) => (
              <Head
                key={model}
                column={model}
                sort={sort}
                onSort={onSort}
                label={MODEL_WORDS[model].label}
                help={model}
                className="pl-2.5 text-right last:pr-5"
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.key} row={row} {...{ table, measure, form }} />
          ))}
        </tbody>
        {noTouch !== undefined && (
          <tbody>
            <Line row={noTouch} {...{ table, measure, form }} apart />
          </tbody>
        )}
        <tfoot>
          <tr className="group font-semibold [&>*]:border-t-2 [&>*]:border-line-strong">
            <th scope="row" className={cx(STICKY, 'py-2.5 pr-3 pl-5 text-left')}>
              Total
            </th>
            {models.map((model) => (
              <td key={model} className="py-2.5 pl-2.5 text-right last:pr-5">
                {table.writeTotal(model)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

function Line({
  row,
  table,
  measure,
  form,
  apart = false,
}: { row: AttributionRow; apart?: boolean } & Pick<ModelsListProps, 'table' | 'measure' | 'form'>) {
  const side = table.sideOf(row.key)
  return (
    <tr
      className={cx(
        'group [&>*]:border-t hover:bg-hover',
        apart ? '[&>*]:border-line-strong text-ink-2' : '[&>*]:border-line',
      )}
    >
      <th scope="row" className={cx(STICKY, 'max-w-72 py-1.75 pr-3 pl-5 text-left align-top font-normal')}>
        <span className="flex items-baseline gap-2">
          {table.sided && !apart && <SideMark side={side} className="relative top-px" />}
          <span className={cx('line-clamp-2 min-w-0 wrap-anywhere', apart && 'italic')} title={row.key}>
            <KeyName name={row.key} />
          </span>
        </span>
        {apart && <span className="block text-2xs text-ink-3">nothing seen in the window</span>}
      </th>
      {table.models.map((model) => (
        <td key={model} className="py-1.75 pl-2.5 text-right align-top last:pr-5">
          <CreditFigures
            credit={amountOf(row, model, measure)}
            form={form}
            write={table.write(model)}
            side={apart ? 'other' : side}
            most={row.key === NONE ? 0 : table.most}
            mute={table.isMute(model)}
          />
        </td>
      ))}
    </tr>
  )
}

function Head({
  column,
  label,
  help,
  sort,
  onSort,
  className,
}: Pick<ModelsListProps, 'sort' | 'onSort'> & {
  column: SortKey
  label: string
  help?: Model
  className: string
}) {
  const active = sort.key === column
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className={cx('py-1.5 font-medium', className)}
    >
      <span className="inline-flex items-end gap-0.5">
        {active && <Arrow className="mb-0.75 size-3 shrink-0 text-ink" aria-hidden />}
        <button
          type="button"
          onClick={() => onSort(column)}
          className={cx('rounded-sm text-right text-balance hover:text-ink', active && 'text-ink')}
        >
          {label}
        </button>
        {help !== undefined && <ModelHelp model={help} />}
      </span>
    </th>
  )
}
