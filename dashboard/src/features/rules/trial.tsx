import { ArrowRight, FlaskConical } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { dayRange } from '../../shared/format/date.ts'
import { count } from '../../shared/format/number.ts'
import { Button } from '../../shared/ui/button.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { Failure, Skeleton } from '../../shared/ui/states.tsx'
import { type DraftRule, meaning } from './rule-draft.ts'
import type { RuleTrial, Trial } from './rules-api.ts'

export function TryButton({
  trial,
  onTry,
  size = 'md',
}: {
  trial: Trial
  onTry: () => void
  size?: 'sm' | 'md'
}) {
  return (
    <Button size={size} disabled={trial.isPending} onClick={onTry}>
      <FlaskConical
        className={cx('shrink-0 text-ink-3', size === 'sm' ? 'size-3.5' : 'size-4')}
        aria-hidden
      />
      {trial.isPending ? 'Trying …' : 'Try against 30 days'}
    </Button>
  )
}

/** Whether the last trial was of these rules. */
export function isOf(trial: Trial, rules: readonly DraftRule[]): boolean {
  return trial.variables !== undefined && meaning(trial.variables) === meaning(rules)
}

export interface TrialResultProps {
  trial: Trial
  /** The rules as they are now; a trial of others is marked. */
  rules: DraftRule[]
  /** Key of the rule that is being worked on: the moves shown are its own. */
  only?: string
  /** Shown before anything was tried. */
  children: ReactNode
}

/** What the tried rules would move: one sentence, then which label becomes which. */
export function TrialResult({ trial, rules, only, children }: TrialResultProps) {
  const tried = trial.variables
  const place = useRef<HTMLDivElement>(null)
  const { isPending, data } = trial
  useEffect(() => {
    // The button may stand at the other end of a long list.
    if (isPending || data !== undefined) place.current?.scrollIntoView({ block: 'nearest' })
  }, [isPending, data])
  if (isPending) {
    return (
      <div
        ref={place}
        role="status"
        aria-label="Trying the rules"
        className={cx(IN_SIGHT, 'px-(--pad) pb-5')}
      >
        <Skeleton className="h-5 w-2/3" />
        <Skeleton className="mt-4 h-20" />
      </div>
    )
  }
  if (trial.error !== null)
    return <Failure error={trial.error} retry={() => trial.mutate(tried ?? rules)} what="The trial" />
  if (data === undefined || tried === undefined) return <>{children}</>
  const { sentence, totals, meta, moves } = data
  const stale = !isOf(trial, rules)
  const at = only === undefined ? -1 : tried.findIndex(({ key }) => key === only)
  const own = data.rules[at]
  return (
    <div ref={place} className={cx(IN_SIGHT, '@container')}>
      {stale && (
        <p className="mx-(--pad) mb-3 rounded-md bg-notice-soft px-3 py-2 text-sm text-notice">
          The rules have changed since they were tried.
        </p>
      )}
      <div className={cx(stale && 'opacity-50')}>
        <p role="status" className="px-(--pad) text-md font-medium text-pretty">
          {sentence}
        </p>
        {own !== undefined && <p className="mt-1 px-(--pad) text-sm">{ownText(own, rules.length)}</p>}
        <p className="mt-1 px-(--pad) pb-4 text-xs text-ink-3">
          Of {count(totals.all.arrivals)} arrivals and {count(totals.all.clicks)} clicks of people,{' '}
          {dayRange(meta.from, meta.to)}. A trial saves nothing and moves nothing.
        </p>
        <Moves
          moves={at < 0 ? moves : moves.filter(({ rule }) => rule === at)}
          total={at < 0 ? data.totalMoves : null}
          tried={tried}
        />
      </div>
    </div>
  )
}

/** Clear of what sticks to the top and the foot of the page. */
const IN_SIGHT = 'scroll-mt-28 scroll-mb-28'

function ownText(own: RuleTrial['rules'][number], rules: number): string {
  if (own.arrivals + own.clicks > 0) return `This rule ${takesText(own)}.`
  return rules > 1
    ? 'This rule takes nothing: no visit fits, or a rule before it takes them.'
    : 'This rule takes nothing: no visit fits.'
}

/** How many of the tried arrivals and clicks a rule gets: `takes 667 arrivals, 12 clicks`. */
export function takesText({ arrivals, clicks }: { arrivals: number; clicks: number }): string {
  if (arrivals + clicks === 0) return 'takes nothing'
  const parts = [
    ...(arrivals > 0 ? [`${count(arrivals)} ${arrivals === 1 ? 'arrival' : 'arrivals'}`] : []),
    ...(clicks > 0 ? [`${count(clicks)} ${clicks === 1 ? 'click' : 'clicks'}`] : []),
  ]
  return `takes ${parts.join(', ')}`
}

const FEW = 10

interface MovesProps {
  moves: RuleTrial['moves']
  /** How many there are in all; null where only one rule's are shown. */
  total: number | null
  tried: readonly DraftRule[]
}

/** Which label becomes which: side by side where there is room, else one above the other. */
function Moves({ moves, total, tried }: MovesProps) {
  const [all, setAll] = useState(false)
  if (moves.length === 0) return null
  const shown = all ? moves : moves.slice(0, FEW)
  const by = (rule: number | null) =>
    rule === null ? 'no rule takes it any more' : (tried[rule]?.name ?? '')
  return (
    <>
      <table className="w-full text-sm">
        <caption className="sr-only">Which label becomes which</caption>
        <thead className="text-left text-xs text-ink-3">
          <tr className="border-t border-line [&>th]:py-1.5 [&>th]:font-medium">
            <th scope="col" className={cx(FIRST, NARROW)}>
              From and to
            </th>
            <th scope="col" className={cx(FIRST, WIDE)}>
              From
            </th>
            <th scope="col" className={WIDE}>
              To
            </th>
            <th scope="col" className={WIDE}>
              By the rule
            </th>
            <th scope="col" className="w-20 text-right">
              Arrivals
            </th>
            <th scope="col" className="w-20 pr-(--pad) text-right">
              Clicks
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ from, to, rule, arrivals, clicks }) => (
            <tr
              key={JSON.stringify([from, to, rule])}
              className="border-t border-line align-top [&>td]:py-2 [&>td]:pr-4"
            >
              <td className={cx(FIRST, NARROW)}>
                <LabelText {...from} />
                <Becomes>
                  <LabelText {...to} />
                </Becomes>
                <span className="block text-xs text-ink-3 wrap-anywhere">{by(rule)}</span>
              </td>
              <td className={cx(FIRST, WIDE)}>
                <LabelText {...from} />
              </td>
              <td className={WIDE}>
                <Becomes>
                  <LabelText {...to} />
                </Becomes>
              </td>
              <td className={cx(WIDE, 'text-ink-2 wrap-anywhere')}>{by(rule)}</td>
              <Figure value={arrivals} />
              <Figure value={clicks} last />
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < moves.length ? (
        <div className="flex justify-center border-t border-line py-3">
          <Button size="sm" onClick={() => setAll(true)}>
            Show all {count(moves.length)}
          </Button>
        </div>
      ) : (
        total !== null &&
        moves.length < total && (
          <p className="border-t border-line py-3 text-center text-xs text-ink-3">
            The largest {count(moves.length)} of {count(total)}.
          </p>
        )
      )}
    </>
  )
}

const FIRST = 'pl-(--pad)'
const WIDE = 'hidden @2xl:table-cell'
const NARROW = '@2xl:hidden'

function Becomes({ children }: { children: ReactNode }) {
  return (
    <span className="flex items-start gap-1.5">
      <ArrowRight className="mt-0.5 size-3.5 shrink-0 text-ink-3" aria-hidden />
      <span className="sr-only">becomes</span>
      <span className="min-w-0">{children}</span>
    </span>
  )
}

function LabelText({ channel, source }: { channel: string; source: string }) {
  return (
    <span className="wrap-anywhere">
      <span className="mr-2 font-medium">{channel}</span>{' '}
      <span className={source === '' ? 'text-ink-3' : 'text-ink-2'}>{source || 'no source'}</span>
    </span>
  )
}

function Figure({ value, last = false }: { value: number; last?: boolean }) {
  return (
    <td
      className={cx('text-right tabular-nums', last ? 'pr-(--pad)!' : 'pr-0!', value === 0 && 'text-ink-3')}
    >
      {value === 0 ? '–' : count(value)}
    </td>
  )
}
