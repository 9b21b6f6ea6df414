import { bucket } from '../../shared/format/date.ts'
import { count } from '../../shared/format/number.ts'
import type { Grain } from '../../shared/time/days.ts'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import type { TrendPoint } from './trend-points.ts'

export interface TrendTableProps {
  points: TrendPoint[]
  grain: Grain
  compared: boolean
  clicksOnly: boolean
}

const cell = (value: number | null) =>
  value === null ? <span className="text-ink-3">no page data</span> : count(value)

/** The trend's figures as a table: the same points that the chart draws, latest first. */
export function TrendTable({ points, grain, compared, clicksOnly }: TrendTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className="h-full overflow-auto" tabIndex={0} aria-label="Trend as a table">
      <table className="w-full text-sm tabular-nums">
        <caption className="sr-only">Arrivals by {grain}, latest first</caption>
        <thead className="sticky top-0 bg-surface text-left text-xs text-ink-3">
          <tr className="[&>th]:py-1.5 [&>th]:font-medium">
            <th scope="col" className="capitalize">
              {grain}
            </th>
            <th scope="col" className="text-right">
              <SideMark side="search" className="mr-1.5 inline" />
              Search
            </th>
            {compared && (
              <th scope="col" className="text-right">
                <span className="sr-only">Search </span>before
              </th>
            )}
            <th scope="col" className="text-right">
              <SideMark side="social" className="mr-1.5 inline" />
              Social{clicksOnly && ' clicks'}
            </th>
            {compared && (
              <th scope="col" className="text-right">
                <span className="sr-only">Social </span>before
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.label} className="border-t border-line [&>td]:py-1 [&>td]:text-right [&>th]:py-1">
              <th scope="row" className="text-left font-normal">
                {bucket(point.label, grain, 'full')}
              </th>
              <td>{cell(point.search)}</td>
              {compared && (
                <td className="text-ink-3">{point.searchBefore === null ? '' : count(point.searchBefore)}</td>
              )}
              <td>{cell(point.social)}</td>
              {compared && (
                <td className="text-ink-3">{point.socialBefore === null ? '' : count(point.socialBefore)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
