import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Sides } from '../../../server/reports/contract.ts'
import { ruleList } from './api/rules.ts'
import type { SiteSummary } from './api/sites.ts'
import { channelsOf, moveChannel, type SideChoice, sideChannels, sideOf } from './sides.ts'
import { Button } from './ui/button.tsx'
import { Popover } from './ui/popover.tsx'
import { Segmented } from './ui/segmented.tsx'
import { SideMark } from './ui/side-mark.tsx'
import { Switch } from './ui/switch.tsx'

const CHOICES: { value: SideChoice; label: ReactNode; hint: string }[] = [
  { value: 'search', label: <SideMark side="search" />, hint: 'Search' },
  { value: 'social', label: <SideMark side="social" />, hint: 'Social' },
  { value: 'none', label: '–', hint: 'Neither side' },
]

export interface SidesFieldProps {
  value: Sides
  /** The site's id; undefined while it is not known. */
  site: SiteSummary['id'] | undefined
  onChange: (sides: Sides) => void
}

/** The switch that adds the paid channels to both sides, and the list of what stands where. */
export function SidesField({ value, site, onChange }: SidesFieldProps) {
  const { data: own } = useQuery(ruleList(site))
  const ofRules = (own?.rules ?? []).flatMap(({ then }) => then.channel ?? [])
  const sides = channelsOf(value)
  const custom = typeof value !== 'string'
  return (
    <div className="flex items-center gap-1">
      {custom ? (
        <span className="text-sm text-ink-2">Own sides</span>
      ) : (
        <Switch
          label="With paid"
          checked={value === 'with_paid'}
          onChange={(paid) => onChange(paid ? 'with_paid' : 'organic')}
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
          {sideChannels(ofRules, value).map((channel) => (
            <li key={channel} className="flex items-center justify-between gap-3 py-0.5">
              <span className="min-w-0 text-sm wrap-anywhere">{channel}</span>
              <Segmented
                label={`Side of ${channel}`}
                value={sideOf(channel, sides)}
                options={CHOICES}
                className="shrink-0"
                onChange={(to) => {
                  const next = moveChannel(channel, to, sides)
                  if (next.search.length > 0 && next.social.length > 0) onChange(next)
                }}
              />
            </li>
          ))}
        </ul>
        {custom && (
          <div className="border-t border-line p-2">
            <Button look="quiet" size="sm" onClick={() => onChange('organic')}>
              Back to the default sides
            </Button>
          </div>
        )}
      </Popover>
    </div>
  )
}
