import type { SiteSummary } from '../../shared/api/sites.ts'
import { dayRange } from '../../shared/format/date.ts'
import { addDays, dayIn } from '../../shared/time/days.ts'
import { Card } from '../../shared/ui/card.tsx'
import { CodeLine } from '../../shared/ui/code-line.tsx'
import type { RuleTrial } from './rules-api.ts'

/** What saved rules do to hits that are stored already, and who moves these. */
export function HistoryCard({ site, tried }: { site: SiteSummary; tried: RuleTrial['meta'] | undefined }) {
  const today = dayIn(site.timezone)
  const from = tried?.from.slice(0, 10) ?? addDays(today, -29)
  const to = tried?.to.slice(0, 10) ?? today
  const command = `jejak reclassify --from ${from} --to ${to} --site ${site.name}`
  return (
    <Card title="When they apply">
      <div className="flex flex-col gap-3 px-5 pb-5 text-sm text-ink-2 max-sm:px-4">
        <p>
          <span className="font-medium text-ink">New hits</span> are judged by the saved rules at once, within
          seconds of saving.
        </p>
        <p>
          <span className="font-medium text-ink">History</span> stays as it was judged until the operator
          moves it. For {dayRange(from, to)}, first to see what would move, then to move it:
        </p>
        <CodeLine code={`${command} --dry-run`} label="Copy the command that only shows" />
        <CodeLine code={command} label="Copy the command that moves history" />
        <p className="text-xs text-ink-3">
          Each day’s figures switch as a whole. Reports over days that are part moved say so.
        </p>
      </div>
    </Card>
  )
}
