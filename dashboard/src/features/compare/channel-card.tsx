import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { report } from '../../shared/api/report.ts'
import { Card } from '../../shared/ui/card.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { ChannelList } from './channel-list.tsx'
import { channelTree } from './channel-tree.ts'
import { withChip } from './filters.ts'
import { filterSearch } from './search.ts'
import { ask, useCompare, useMeasured } from './use-compare.ts'

/** Every channel, on a side or not, with its sources. */
export function ChannelCard() {
  const { base, view, search, change, compared } = useCompare()
  const measured = useMeasured()
  const { data, error, refetch, isPlaceholderData } = useQuery(
    report(ask(base, { metrics: ['arrivals', 'clicks'], dimensions: ['channel', 'source'], limit: 2_000 })),
  )
  const channels = useMemo(
    () =>
      data === undefined || measured === undefined
        ? undefined
        : channelTree(data.results, compared, measured),
    [data, compared, measured],
  )
  const open = search.open ?? []
  return (
    <Card title="Channels" note="with their sources" stale={isPlaceholderData}>
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} what="The channels" />
      ) : channels === undefined ? (
        <ChannelSkeleton />
      ) : channels.length === 0 ? (
        <Empty title="No channel brought anyone in these days" />
      ) : (
        <div className="pb-2">
          <ChannelList
            channels={channels}
            open={open}
            onToggle={(channel) =>
              change(
                { open: open.includes(channel) ? open.filter((one) => one !== channel) : [...open, channel] },
                { replace: true },
              )
            }
            onOnly={(dimension, value) =>
              change({
                filter: filterSearch(withChip(view.chips, { dimension, operator: 'is', values: [value] })),
                p: undefined,
              })
            }
          />
        </div>
      )}
    </Card>
  )
}

export function ChannelSkeleton() {
  return (
    <div className="flex flex-col gap-5 px-5 pt-2 pb-6">
      {['w-4/5', 'w-3/5', 'w-2/5', 'w-1/4'].map((width) => (
        <div key={width}>
          <Skeleton className="h-4 w-32" />
          <Skeleton className={`mt-2 h-1 ${width}`} />
        </div>
      ))}
    </div>
  )
}
