import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { ruleList } from '../../shared/api/rules.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { Switch } from '../../shared/ui/switch.tsx'
import { channelsOf, formatSides, moveChannel, type SideChoice, sideChannels, sideOf } from './sides.ts'
import { useCompare } from './use-compare.ts'

const CHOICES: { value: SideChoice; label: ReactNode; hint: string }[] = [
  { value: 'search', label: <SideMark side="search" />, hint: 'Search' },
  { value: 'social', label: <SideMark side="social" />, hint: 'Social' },
  { value: 'none', label: '–', hint: 'Neither side' },
]

/** The switch that adds the paid channels to both sides, and the list of what stands where. */
export function SidesPicker() {
  const { view, site, change } = useCompare()
  const { data: own } = useQuery(ruleList(site?.id))
  const ofRules = (own?.rules ?? []).flatMap(({ then }) => then.channel ?? [])
  const sides = channelsOf(view.sides)
  const custom = typeof view.sides !== 'string'
  return (
    <div className="flex items-center gap-1">
      {custom ? (
        <span className="text-sm text-ink-2">Own sides</span>
      ) : (
        <Switch
          label="With paid"
          checked={view.sides === 'with_paid'}
          onChange={(paid) => change({ ...formatSides(paid ? 'with_paid' : 'organic'), p: undefined })}
        />
      )}
      <Popover
        align="end"
        label="What stands on each side"
        className="w-80"
        trigger={
          <Button look="quiet" size="sm" aria-label="What stands on each side">
            <ChevronDown className="size-3.5" aria-hidden />
          </Button>
        }
      >
        <div className="border-b border-line px-4 py-3">
          <p className="text-sm font-medium">What stands on each side</p>
          <p className="mt-0.5 text-xs text-ink-3">
            By default both organic; visits from social video count as Social. Paid belongs on both sides or
            on neither.
          </p>
        </div>
        <ul className="max-h-80 overflow-auto px-4 py-2">
          {sideChannels(ofRules, view.sides).map((channel) => (
            <li key={channel} className="flex items-center justify-between gap-3 py-0.5">
              <span className="min-w-0 text-sm wrap-anywhere">{channel}</span>
              <Segmented
                label={`Side of ${channel}`}
                value={sideOf(channel, sides)}
                options={CHOICES}
                className="shrink-0"
                onChange={(to) => {
                  const next = moveChannel(channel, to, sides)
                  if (next.search.length > 0 && next.social.length > 0)
                    change({ ...formatSides(next), p: undefined })
                }}
              />
            </li>
          ))}
        </ul>
        {custom && (
          <div className="border-t border-line p-2">
            <Button look="quiet" size="sm" onClick={() => change(formatSides('organic'))}>
              Back to the default sides
            </Button>
          </div>
        )}
      </Popover>
    </div>
  )
}
