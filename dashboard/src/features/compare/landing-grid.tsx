import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { count, share as percent, split } from '../../shared/format/number.ts'
import { Change } from '../../shared/ui/change.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { SideMark, SplitBar } from '../../shared/ui/side-mark.tsx'
import type { Figure } from './figures.ts'
import { type LandingRow, splitPage } from './landing-rows.ts'
import type { SortKey } from './search.ts'

export interface LandingListProps {
  rows: LandingRow[]
  sort: { key: SortKey; descending: boolean }
  onSort: (key: SortKey) => void
}

export function LandingGrid({ rows, sort, onSort, compared }: LandingListProps & { compared: boolean }) {
  const head = { sort, onSort }
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-170 table-fixed text-sm">
        <caption className="sr-only">Landing pages with arrivals by search and by social</caption>
        <colgroup>
          <col />
          <col className={compared ? 'w-38 max-lg:w-32' : 'w-26'} />
          <col className={compared ? 'w-38 max-lg:w-32' : 'w-26'} />
          <col className="w-26 max-lg:w-20" />
          <col className="w-62 max-lg:w-44" />
        </colgroup>
        <thead className="text-xs text-ink-3">
          <tr>
            <Head {...head} column="page" className="pl-5 text-left">
              Page
            </Head>
            <Head {...head} column="search" className="text-right">
              <SideMark side="search" /> Search
            </Head>
            <Head {...head} column="social" className="text-right">
              <SideMark side="social" /> Social
            </Head>
            <Head {...head} column="clicks" className="text-right">
              Clicks
            </Head>
            <Head {...head} column="share" className="pr-5 pl-8 text-left">
              Search : Social, %
            </Head>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.page} className="relative border-t border-line hover:bg-hover">
              <th scope="row" className="py-1.75 pl-5 text-left font-normal">
                <PageLink page={row.page} />
              </th>
              {row.clicksOnly ? (
                <>
                  <td className="py-1.75 pr-2 text-right text-xs text-ink-3">no page data</td>
                  <td className="py-1.75 pr-2 text-right text-xs text-ink-3">clicks only</td>
                </>
              ) : (
                <>
                  <FigureCell figure={row.search} compared={compared} />
                  <FigureCell figure={row.social} compared={compared} />
                </>
              )}
              <td className={cx('py-1.75 pr-2 text-right tabular-nums', !row.clicksOnly && 'text-ink-2')}>
                {row.clicks.now === null ? '' : count(row.clicks.now)}
              </td>
              <td className="py-1.75 pr-5 pl-8">
                <Ratio share={row.share} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Head({
  column,
  sort,
  onSort,
  className,
  children,
}: Pick<LandingListProps, 'sort' | 'onSort'> & { column: SortKey; className: string; children: ReactNode }) {
  const active = sort.key === column
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className={cx('py-1.5 pr-2 font-medium', className)}
    >
      <button
        type="button"
        onClick={() => onSort(column)}
        className={cx('inline-flex items-center gap-1.5 rounded-sm hover:text-ink', active && 'text-ink')}
      >
        {children}
        <Arrow className={cx('size-3', !active && 'hidden')} aria-hidden />
      </button>
    </th>
  )
}

function FigureCell({ figure, compared }: { figure: Figure; compared: boolean }) {
  return (
    <td className="py-1.75 pr-2 text-right whitespace-nowrap tabular-nums">
      {compared && <Change now={figure.now} before={figure.before} className="mr-2.5 text-2xs" />}
      <span className={cx('font-medium', figure.now === 0 && 'text-ink-3')}>{count(figure.now ?? 0)}</span>
    </td>
  )
}

/** Search's and Social's part, as bar and as figures. */
export function Ratio({ share }: { share: number | null }) {
  if (share === null) return <span className="text-xs text-ink-3">–</span>
  return (
    <div className="flex items-center gap-2.5">
      <SplitBar searchShare={share} className="h-2 min-w-0 flex-1" />
      <span
        title={`Search ${percent(share)}, Social ${percent(1 - share)}`}
        className="min-w-14 text-right text-xs whitespace-nowrap text-ink-2 tabular-nums"
      >
        {split(share)}
      </span>
    </div>
  )
}

/** A page's name, which opens its panel; the whole row is its target. */
export function PageLink({ page, wrap = false }: { page: string; wrap?: boolean }) {
  const { host, path } = splitPage(page)
  return (
    <Link
      from="/"
      to="/"
      search={(before) => ({ ...before, landing: page })}
      resetScroll={false}
      title={page}
      className="block min-w-0 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {wrap ? (
        <>
          <span className="line-clamp-2 font-medium wrap-anywhere">{path}</span>
          <span className="block truncate text-2xs text-ink-3">{host}</span>
        </>
      ) : (
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 shrink truncate font-medium">{path}</span>
          <span className="max-w-1/2 min-w-0 shrink-[9999] truncate max-lg:hidden text-xs text-ink-3">
            {host}
          </span>
        </span>
      )}
    </Link>
  )
}
