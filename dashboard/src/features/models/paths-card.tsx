import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { PathRow, PathsAnswer } from '../../../../server/reports/attribution/contract.ts'
import { count, share } from '../../shared/format/number.ts'
import { Card } from '../../shared/ui/card.tsx'
import { CsvButton, rangeInName } from '../../shared/ui/csv-button.tsx'
import { Pager } from '../../shared/ui/pager.tsx'
import { PickField } from '../../shared/ui/pick-field.tsx'
import { SearchBox } from '../../shared/ui/search-box.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { useNear } from '../../shared/use-near.ts'
import { paths, pathsCsv } from './attribution-api.ts'
import { InForce } from './in-force.tsx'
import { GRAIN_WORDS } from './model-words.ts'
import { PathList } from './path-list.tsx'
import { pathsQuestion } from './search.ts'
import { useModels } from './use-models.ts'

const PAGE_SIZE = 50
/** What is fetched to look through: the API's filters do not reach into paths. */
const LOOKED_THROUGH = 1_000
/** The most that the API gives at once. */
const MOST_ROWS = 10_000
const STEPS = ['1', '2', '3', '5', '10'] as const

/** The paths themselves, most frequent first. */
export function PathsCard() {
  const { view, asked, change } = useModels()
  const filtered = view.touch !== '' || view.steps > 1
  const question = pathsQuestion(
    view,
    asked,
    filtered
      ? { limit: LOOKED_THROUGH, offset: 0 }
      : { limit: PAGE_SIZE, offset: (view.pathPage - 1) * PAGE_SIZE },
  )
  // A long way down and as heavy as all models: asked once it comes near.
  const { ref, near } = useNear<HTMLDivElement>()
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...paths(question), enabled: near })
  const found = useMemo(
    () => (data === undefined || !filtered ? undefined : fitting(data.results, view.touch, view.steps)),
    [data, filtered, view.touch, view.steps],
  )
  const total = found?.length ?? data?.meta.totalRows ?? 0
  // The page that is on the screen: while the next one is asked for, the last answer stays.
  const page =
    found === undefined
      ? Math.floor((data?.query.offset ?? 0) / PAGE_SIZE) + 1
      : Math.min(view.pathPage, Math.max(1, Math.ceil(total / PAGE_SIZE)))
  const rows = found?.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE) ?? data?.results.slice(0, PAGE_SIZE)
  const { grain } = view
  return (
    <div ref={ref}>
      <Card
        title="Paths"
        note={data !== undefined && `${count(data.meta.totalRows)} different`}
        stale={isPlaceholderData}
        actions={
          <>
            <PickField
              label="Touches"
              value={STEPS.find((one) => Number(one) === view.steps) ?? '1'}
              options={STEPS.map((value) => ({ value, label: value === '1' ? 'any' : `at least ${value}` }))}
              onChange={(steps) =>
                change({ steps: steps === '1' ? undefined : steps, paths: undefined }, { replace: true })
              }
            />
            <SearchBox
              label={`With a ${GRAIN_WORDS[grain].one.toLowerCase()}`}
              value={view.touch}
              onChange={(touch) =>
                change({ with: touch.trim() || undefined, paths: undefined }, { replace: true })
              }
              className="w-52 max-sm:order-last max-sm:w-full"
            />
            <CsvButton
              fetchFile={() => pathsCsv(pathsQuestion(view, asked, { limit: MOST_ROWS, offset: 0 }))}
              fileName={`jejak-paths-${grain}-${rangeInName(question.date_range)}.csv`}
              title={`Download the ${count(MOST_ROWS)} most frequent paths as a CSV file`}
            />
          </>
        }
      >
        {data !== undefined && (
          <div className="px-5 pb-3 max-sm:px-4">
            <InForce
              asked={data.query}
              days={[data.meta.from, data.meta.to]}
              nulls={data.nulls}
              models={false}
            />
            {found !== undefined && <LookedThrough data={data} found={found.length} />}
          </div>
        )}
        {rows === undefined ? (
          error !== null ? (
            <Failure error={error} retry={() => void refetch()} what="The paths" />
          ) : (
            <PathsSkeleton />
          )
        ) : rows.length === 0 ? (
          filtered ? (
            <Empty title="No path fits">
              A touch that contains “{view.touch}” was looked for in the {count(data?.results.length ?? 0)}{' '}
              most frequent paths.
            </Empty>
          ) : (
            <Empty title="No path">No journey in these days has a touch in the window.</Empty>
          )
        ) : (
          <>
            {error !== null && <Failure error={error} retry={() => void refetch()} what="The paths" />}
            <PathList rows={rows} grain={grain} />
            <Pager
              label="Pages of the paths"
              page={page}
              size={PAGE_SIZE}
              total={total}
              onTurn={(to) => change({ paths: to === 1 ? undefined : String(to) })}
            />
          </>
        )}
      </Card>
    </div>
  )
}

/** Paths with a touch that contains a text, and with enough touches. */
function fitting(rows: PathRow[], touch: string, steps: number): PathRow[] {
  const sought = touch.toLowerCase()
  return rows.filter(
    ({ path }) => path.length >= steps && path.some((key) => key.toLowerCase().includes(sought)),
  )
}

/** Over what was filtered: not over all paths where there are more. */
function LookedThrough({ data, found }: { data: PathsAnswer; found: number }) {
  const { results, meta, coverage } = data
  const held = results.reduce((sum, { conversions }) => sum + conversions, 0)
  const all = results.length >= meta.totalRows
  return (
    <p role="status" className="mt-1.5 text-xs text-ink-2">
      {count(found)} of{' '}
      {all
        ? `all ${count(results.length)} paths fit.`
        : `the ${count(results.length)} most frequent paths fit. They hold ${
            coverage.withTouch === 0 ? 'none' : share(held / coverage.withTouch)
          } of the conversions; the other ${count(meta.totalRows - results.length)} paths were not looked through.`}
    </p>
  )
}

function PathsSkeleton() {
  return (
    <div className="px-5 pb-4 max-sm:px-4">
      {Array.from({ length: 8 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey rows have no identity
        <div key={row} className="flex items-center gap-6 border-t border-line py-3">
          <Skeleton className="h-5 flex-1" />
          <Skeleton className="h-4 w-16" />
          <Skeleton className="h-4 w-16 max-sm:hidden" />
        </div>
      ))}
    </div>
  )
}
