import { useQueryClient } from '@tanstack/react-query'
import { Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '../../shared/ui/card.tsx'
import { Failure } from '../../shared/ui/states.tsx'
import { ChannelCard } from './channel-card.tsx'
import { FilterBar } from './filter-bar.tsx'
import { dimensionLabel, leavesOutSearch } from './filters.ts'
import { LandingCard } from './landing-card.tsx'
import { LandingSheet } from './landing-sheet.tsx'
import { LeftOutCard, LeftOutSheet } from './left-out.tsx'
import { FirstSteps, NothingHere } from './no-data.tsx'
import { Notes, RangeLine } from './notes.tsx'
import { OverviewCard } from './overview-card.tsx'
import { ComparisonPicker, RangePicker } from './range-picker.tsx'
import { SidesPicker } from './sides-picker.tsx'
import { useCompare, useTotals } from './use-compare.ts'

/**
 * Social beside search: totals, trend, landing pages, channels, and what was left out.
 *
 * @param offer what else may be begun with while there is no data
 */
export function ComparePage({ offer }: { offer?: ReactNode }) {
  const client = useQueryClient()
  const { totals, data, error } = useTotals()
  const available = data?.meta.available
  if (available === null) {
    return (
      <Page>
        <FirstSteps />
        {offer}
        <Notes />
      </Page>
    )
  }
  return (
    <Page controls>
      {error !== null && data === undefined ? (
        // What fails the totals fails the rest: said once.
        <Card title="Arrivals">
          <Failure
            error={error}
            retry={() => void client.refetchQueries({ type: 'active' })}
            what="The figures"
          />
        </Card>
      ) : totals?.empty && available !== undefined ? (
        <>
          <Card title="Arrivals">
            <NothingHere available={available} />
          </Card>
          <LeftOutCard />
        </>
      ) : (
        <>
          <OverviewCard />
          <LandingCard />
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <ChannelCard />
            <LeftOutCard />
          </div>
        </>
      )}
      <Notes />
      <LandingSheet />
      <LeftOutSheet />
    </Page>
  )
}

/** Why Search may stand at 0 beside a filter. */
function FilterNote() {
  const { view } = useCompare()
  const chip = leavesOutSearch(view.chips)
  if (chip === undefined) return null
  return (
    <p className="-mt-2 flex items-start gap-1.5 text-xs text-ink-3">
      <Info className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      {dimensionLabel(chip.dimension)} is known of links and tagged addresses only: what organic search brings
      has none.
    </p>
  )
}

function Page({ controls = false, children }: { controls?: boolean; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-xl font-semibold tracking-tight">Search beside Social</h1>
          {controls && (
            <p className="text-sm text-ink-2">
              <RangeLine />
            </p>
          )}
        </div>
        {controls && (
          <div className="flex flex-wrap items-center gap-2">
            <RangePicker />
            <ComparisonPicker />
            <SidesPicker />
          </div>
        )}
      </div>
      {controls && <FilterBar />}
      {controls && <FilterNote />}
      {children}
    </div>
  )
}
