import { ChevronRight, ListFilter } from 'lucide-react'
import { count, headline } from '../../shared/format/number.ts'
import { channelsOf, sideOf } from '../../shared/sides.ts'
import { Change } from '../../shared/ui/change.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import type { ChannelNode, SourceNode } from './channel-tree.ts'
import { useCompare } from './use-compare.ts'

export interface ChannelListProps {
  channels: ChannelNode[]
  /** Channels whose sources are shown. */
  open: string[]
  onToggle: (channel: string) => void
  /** Offers to narrow the view to a channel or source. */
  onOnly?: (dimension: 'channel' | 'source', value: string) => void
}

/** Channels with their sources folded under them. The bars compare arrivals, or clicks where only they are known. */
export function ChannelList({ channels, open, onToggle, onOnly }: ChannelListProps) {
  const { view, compared } = useCompare()
  const sides = channelsOf(view.sides)
  const clicksOnly = channels.every((channel) => channel.arrivals.now === null)
  const weight = (node: ChannelNode | SourceNode) => (clicksOnly ? node.clicks.now : node.arrivals.now) ?? 0
  const most = Math.max(1, ...channels.map(weight))
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">Channels and their sources</caption>
      <colgroup>
        <col />
        <col className={compared ? 'w-36 max-sm:w-20' : 'w-24 max-sm:w-20'} />
        <col className="w-24 max-sm:w-18" />
      </colgroup>
      <thead className="text-xs text-ink-3">
        <tr className="[&>th]:py-1.5 [&>th]:font-medium">
          <th scope="col" className="pl-5 text-left max-sm:pl-4">
            Channel
          </th>
          <th scope="col" className="text-right">
            Arrivals
          </th>
          <th scope="col" className="pr-5 text-right max-sm:pr-4">
            Clicks
          </th>
        </tr>
      </thead>
      {channels.map((node) => {
        const side = sideOf(node.channel, sides)
        const unfolded = open.includes(node.channel)
        const colour = side === 'none' ? 'bg-other' : side === 'search' ? 'bg-search' : 'hatched bg-social'
        return (
          <tbody key={node.channel} className="border-t border-line">
            <tr className="group hover:bg-hover">
              <th scope="row" className="py-2 pl-5 text-left font-normal max-sm:pl-4">
                <div className="flex min-w-0 items-center gap-2">
                  <button
                    type="button"
                    aria-expanded={unfolded}
                    onClick={() => onToggle(node.channel)}
                    className="flex min-w-0 items-center gap-2 font-medium"
                  >
                    <ChevronRight
                      className={cx(
                        'size-3.5 shrink-0 text-ink-3 transition-transform',
                        unfolded && 'rotate-90',
                      )}
                      aria-hidden
                    />
                    <SideMark side={side === 'none' ? 'other' : side} />
                    <span className="truncate">{node.channel}</span>
                    <span className="sr-only">
                      {side === 'none' ? '' : `, stands on the side of ${side}`}
                    </span>
                  </button>
                  {onOnly !== undefined && (
                    <OnlyButton name={node.channel} onClick={() => onOnly('channel', node.channel)} />
                  )}
                </div>
                <div
                  aria-hidden
                  className={cx('mt-1.5 ml-5.5 h-1 rounded-full', colour)}
                  style={{ width: `calc(${weight(node) / most} * (100% - 34px))` }}
                />
              </th>
              <Figures node={node} compared={compared} />
            </tr>
            {unfolded &&
              node.sources.map((source) => (
                <tr key={source.source} className="group hover:bg-hover">
                  <th scope="row" className="py-1 pl-15 text-left font-normal max-sm:pl-13">
                    <div className="flex min-w-0 items-center gap-2">
                      <span className="truncate text-ink-2" title={source.source}>
                        {source.source}
                      </span>
                      {onOnly !== undefined && (
                        <OnlyButton name={source.source} onClick={() => onOnly('source', source.source)} />
                      )}
                    </div>
                  </th>
                  <Figures node={source} compared={compared} />
                </tr>
              ))}
          </tbody>
        )
      })}
    </table>
  )
}

function Figures({ node, compared }: { node: ChannelNode | SourceNode; compared: boolean }) {
  return (
    <>
      <td className="text-right align-middle whitespace-nowrap tabular-nums">
        {node.arrivals.now === null ? (
          <span className="text-xs text-ink-3">no page data</span>
        ) : (
          <>
            {compared && (
              <Change
                now={node.arrivals.now}
                before={node.arrivals.before}
                className="mr-2.5 text-2xs max-sm:hidden"
              />
            )}
            <span
              title={count(node.arrivals.now)}
              className={cx('font-medium', node.arrivals.now === 0 && 'text-ink-3')}
            >
              {headline(node.arrivals.now)}
            </span>
          </>
        )}
      </td>
      <td
        title={node.clicks.now ? count(node.clicks.now) : undefined}
        className="pr-5 text-right align-middle text-ink-2 tabular-nums max-sm:pr-4"
      >
        {node.clicks.now ? headline(node.clicks.now) : <span className="text-ink-3">–</span>}
      </td>
    </>
  )
}

function OnlyButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-label={`Show only ${name}`}
      title={`Show only ${name}`}
      className="flex size-5 shrink-0 items-center justify-center rounded-sm text-ink-3 opacity-0 group-hover:opacity-100 hover:text-ink focus-visible:opacity-100 pointer-coarse:opacity-60"
    >
      <ListFilter className="size-3.5" aria-hidden />
    </button>
  )
}
