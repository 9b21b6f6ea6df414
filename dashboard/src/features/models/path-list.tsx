import type { ReactNode } from 'react'
import type { Grain, PathRow } from '../../../../server/reports/attribution/contract.ts'
import { duration } from '../../shared/format/duration.ts'
import { money } from '../../shared/format/money.ts'
import { count, headline } from '../../shared/format/number.ts'
import { cx } from '../../shared/ui/cx.ts'
import { useNarrow } from '../../shared/use-settled.ts'
import { sideOfKey, signedShare } from './figures.ts'
import { PathChips } from './path-chips.tsx'
import { useModels } from './use-models.ts'

/** The share that fills a bar, at least: a page of rare paths must not look like one of frequent ones. */
const LEAST_SCALE = 0.1

/** Paths as a table where there is room, as cards where there is not. */
export function PathList({ rows, grain }: { rows: PathRow[]; grain: Grain }) {
  const { view } = useModels()
  const narrow = useNarrow()
  const most = rows.reduce((largest, row) => Math.max(largest, row.share ?? 0), LEAST_SCALE)
  const chips = (path: string[]) => (
    <PathChips
      path={path}
      sided={grain === 'channel' || grain === 'side'}
      sideOf={(key) => sideOfKey(key, grain, view.sides)}
    />
  )
  return narrow ? (
    <Cards rows={rows} most={most} chips={chips} />
  ) : (
    <Grid rows={rows} most={most} chips={chips} />
  )
}

interface ListProps {
  rows: PathRow[]
  /** The share that fills a bar. */
  most: number
  chips: (path: string[]) => ReactNode
}

const idOf = ({ path }: PathRow) => JSON.stringify(path)

function Grid({ rows, most, chips }: ListProps) {
  const { site } = useModels()
  // Unknown for all of them where journeys without conversion were not used.
  const told = rows.some(({ nulls }) => nulls !== null)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="overflow-x-auto" tabIndex={0} aria-label="Paths, as a table">
      <table className="w-full min-w-190 table-fixed text-sm tabular-nums">
        <caption className="sr-only">Paths of touches, most frequent first</caption>
        <colgroup>
          <col />
          <col className="w-34" />
          <col className="w-36" />
          {told && <col className="w-26" />}
          <col className="w-28" />
        </colgroup>
        <thead className="text-xs text-ink-3">
          <tr className="align-bottom [&>th]:py-1.5 [&>th]:font-medium">
            <th scope="col" className="pl-5 text-left">
              Path, first touch to last
            </th>
            <th scope="col" className="text-right">
              Conversions
            </th>
            <th scope="col" className="text-right">
              Value
            </th>
            {told && (
              <th scope="col" className="text-right">
                Did not convert
              </th>
            )}
            <th scope="col" className="pr-5 text-right">
              Mean time
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={idOf(row)}
              className="border-t border-line align-top hover:bg-hover [&>td]:py-2 [&>td]:text-right"
            >
              <th scope="row" className="py-1.75 pr-4 pl-5 text-left font-normal">
                {chips(row.path)}
              </th>
              <td>
                <span
                  className={cx('font-medium', row.conversions === 0 && 'text-ink-3')}
                  title={count(row.conversions)}
                >
                  {headline(row.conversions)}
                </span>
                {row.share !== null && (
                  <span className="ml-2 inline-block w-12 text-xs text-ink-3">{signedShare(row.share)}</span>
                )}
                <ShareBar part={row.share} most={most} />
              </td>
              <td className="text-ink-2">{row.conversions === 0 ? '' : money(row.value, site?.currency)}</td>
              {told && <td className="text-ink-2">{row.nulls === null ? <Dash /> : headline(row.nulls)}</td>}
              <td className="pr-5 text-ink-2">
                {row.secondsToConvert === null ? <Dash /> : duration(row.secondsToConvert)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cards({ rows, most, chips }: ListProps) {
  const { site } = useModels()
  return (
    <ul>
      {rows.map((row) => (
        <li key={idOf(row)} className="border-t border-line px-4 py-3">
          {chips(row.path)}
          <ShareBar part={row.share} most={most} left />
          <p className="mt-1.5 flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-xs text-ink-3 tabular-nums">
            <span className="text-sm font-medium text-ink">
              {headline(row.conversions)}
              <span className="sr-only"> conversions</span>
            </span>
            {row.share !== null && <span>{signedShare(row.share)}</span>}
            {row.conversions > 0 && <span>{money(row.value, site?.currency)}</span>}
            {row.secondsToConvert !== null && <span>{duration(row.secondsToConvert)}</span>}
            {row.nulls !== null && <span className="ml-auto">{headline(row.nulls)} did not</span>}
          </p>
        </li>
      ))}
    </ul>
  )
}

function ShareBar({ part, most, left = false }: { part: number | null; most: number; left?: boolean }) {
  return (
    <span className={cx('flex h-0.75', left ? 'mt-2' : 'mt-1 justify-end')} aria-hidden>
      <span
        className="rounded-full bg-accent opacity-60"
        style={{ width: `${((part ?? 0) / most) * 100}%` }}
      />
    </span>
  )
}

const Dash = () => <span className="text-ink-3">–</span>
