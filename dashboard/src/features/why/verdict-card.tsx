import { Link } from '@tanstack/react-router'
import { Bot, CircleHelp, User } from 'lucide-react'
import type { ReactNode } from 'react'
import { inSentence, reasonWords } from '../../shared/traffic-words.ts'
import { Card } from '../../shared/ui/card.tsx'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import type { VisitLabel } from './why-api.ts'
import { deciderWords, ownRule } from './words.ts'

/** The label that the visit gets: channel first, then what else is known of it, then who sent it. */
export function VerdictCard({ label, stale }: { label: VisitLabel; stale: boolean }) {
  const rule = ownRule(label.rule)
  return (
    <Card title="Verdict" note={`rules version ${label.rulesVersion}`} stale={stale}>
      <div className="px-5 pb-5 max-sm:px-4">
        <Side label={label} />
        <p className="mt-1 text-figure font-semibold tracking-tight text-balance wrap-anywhere">
          {label.channel}
        </p>
        <p className="mt-1 text-sm text-ink-2">
          {deciderWords(label.rule)}
          {rule !== null && (
            <>
              {' '}
              <Link
                to="/rules"
                search={{ panel: 'edit', id: rule }}
                className="rounded-sm font-medium text-accent underline underline-offset-3"
              >
                See the rule
              </Link>
            </>
          )}
        </p>
        <dl className="mt-4 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-5 text-sm [&>*]:border-t [&>*]:border-line [&>*]:py-1.5">
          <Fact name="Source" value={label.source} always />
          <Fact name="Medium" value={label.medium} always />
          <Fact name="Campaign" value={label.campaign} />
          <Fact name="Term" value={label.term} />
          <Fact name="Content" value={label.content} />
          <Fact name="Platform" value={label.platform} always />
          <Fact name="Tool" value={label.tool} />
          <Fact name="Click id" value={label.clickIdKind} />
          <Fact name="In-app browser" value={label.inApp} always />
          <Fact
            name="Device"
            value={[label.device, label.browser, label.os].filter((part) => part !== '').join(' · ')}
            always
          />
        </dl>
      </div>
      <Sender label={label} />
    </Card>
  )
}

function Side({ label: { side, sideWithPaid } }: { label: VisitLabel }) {
  const mark = side === 'Other' ? sideWithPaid : side
  const where =
    side !== 'Other'
      ? `On the side of ${side}`
      : sideWithPaid === 'Other'
        ? 'On neither side'
        : `On the side of ${sideWithPaid}, with paid`
  return (
    <p className="flex items-center gap-2 text-xs font-medium text-ink-2">
      <SideMark
        side={mark === 'Search' ? 'search' : mark === 'Social' ? 'social' : 'other'}
        className="size-3"
      />
      {where}
    </p>
  )
}

function Fact({ name, value, always = false }: { name: string; value: string; always?: boolean }) {
  if (value === '' && !always) return null
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="-ml-5 pl-5 font-medium wrap-anywhere">
        {value === '' ? <span className="font-normal text-ink-3">none</span> : value}
      </dd>
    </>
  )
}

/** Person or machine, and why. */
function Sender({ label }: { label: VisitLabel }) {
  if (label.bot === null) {
    return (
      <SenderLine icon={<CircleHelp className="size-4.5 text-ink-3" aria-hidden />} who="Person or machine?">
        Nothing was said of who sent it. Give a user agent to ask.
      </SenderLine>
    )
  }
  if (!label.bot) {
    return (
      <SenderLine icon={<User className="size-4.5 text-accent" aria-hidden />} who="A person">
        Nothing it says speaks for a machine: it is counted.
      </SenderLine>
    )
  }
  const { label: reason, why } = reasonWords(label.botReason)
  return (
    <SenderLine
      icon={<Bot className="size-4.5 text-notice" aria-hidden />}
      who={`A machine: ${inSentence(reason)}`}
    >
      {why}
      {why !== '' && '. '}It is stored, and left out of every count.
    </SenderLine>
  )
}

function SenderLine({ icon, who, children }: { icon: ReactNode; who: string; children: ReactNode }) {
  return (
    <div className="flex items-start gap-3 rounded-b-lg border-t border-line bg-sunken px-5 py-4 max-sm:px-4">
      <span className="mt-px shrink-0">{icon}</span>
      <div className="min-w-0 text-sm">
        <p className="font-medium">{who}</p>
        <p className="text-ink-2">{children}</p>
      </div>
    </div>
  )
}
