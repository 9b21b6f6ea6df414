import { useState } from 'react'
import { type AttributionAnswer, NO_TOUCH } from '../../../../server/reports/attribution/contract.ts'
import { count, headline, shortCount, times } from '../../shared/format/number.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Card } from '../../shared/ui/card.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { Hint } from '../../shared/ui/hint.tsx'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { useNarrow } from '../../shared/use-settled.ts'
import { sideOfKey, signedShare } from './figures.ts'
import { KeyName } from './key-name.tsx'
import { GRAIN_WORDS } from './model-words.ts'
import { useModels } from './use-models.ts'

const FEW = 12

/** Who helps, who closes, and what would be lost. */
export function HelpersCard({ answer, stale }: { answer: AttributionAnswer; stale: boolean }) {
  const { view } = useModels()
  const [all, setAll] = useState(false)
  const { grain } = answer.query
  const rows = answer.results
    .filter(({ key }) => key !== NO_TOUCH)
    .sort(
      (a, b) => (b.assisted?.conversions ?? 0) - (a.assisted?.conversions ?? 0) || a.key.localeCompare(b.key),
    )
  const shown = all || rows.length <= FEW + 1 ? rows : rows.slice(0, FEW)
  const removal = answer.results.some(({ removalEffect }) => removalEffect !== null)
  return (
    <Card title="Who helps, who closes" stale={stale}>
      <table className="mb-3 w-full table-fixed text-sm tabular-nums">
        <caption className="sr-only">Assisted conversions and removal effects</caption>
        <colgroup>
          <col />
          <col className="w-19 max-sm:w-17" />
          <col className="w-17 max-sm:w-12" />
          <col className="w-15 max-sm:w-12" />
          {removal && <col className="w-26 max-sm:w-22" />}
        </colgroup>
        <thead className="text-xs text-ink-3">
          <tr className="align-bottom [&>th]:pb-1.5 [&>th]:pl-2 [&>th]:text-right [&>th]:font-medium">
            <th scope="col" className="pl-5! text-left! max-sm:pl-4!">
              {GRAIN_WORDS[grain].one}
            </th>
            <Head
              label="Assisted"
              why="Conversions with it on the path, but not as the last touch. Each counts once."
            />
            <Head label="Last" why="Conversions whose last touch it was." />
            <Head
              label="Ratio"
              why="Assisted ÷ last. Above 1 it helps more often than it closes; below 1 it closes more often."
            />
            {removal && (
              <Head
                label="Removal effect"
                why="The part of all conversions with a touch that would be lost, by the Markov chain, if nobody could go through it. These do not add up to 100 %."
                className="pr-5 max-sm:pr-4"
              />
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, assisted, removalEffect }) => {
            const side = sideOfKey(key, grain, view.sides)
            const effect = removalEffect?.[view.measure] ?? null
            return (
              <tr key={key} className="border-t border-line [&>td]:pl-2 [&>td]:text-right">
                <th scope="row" className="py-1.5 pl-5 text-left font-normal max-sm:pl-4">
                  <span className="flex items-baseline gap-2">
                    {(grain === 'channel' || grain === 'side') && (
                      <SideMark side={side} className="relative top-px" />
                    )}
                    <span className="line-clamp-2 min-w-0 wrap-break-word" title={key}>
                      <KeyName name={key} />
                    </span>
                  </span>
                </th>
                <Figure value={assisted?.conversions ?? null} />
                <Figure value={assisted?.lastConversions ?? null} />
                <td
                  className={cx(assisted?.ratio != null && assisted.ratio > 1 ? 'font-medium' : 'text-ink-2')}
                >
                  {assisted?.ratio == null ? <span className="text-ink-3">–</span> : times(assisted.ratio)}
                </td>
                {removal && (
                  <td className="pr-5 max-sm:pr-4">
                    {effect === null ? (
                      <span className="text-ink-3">–</span>
                    ) : (
                      <>
                        {signedShare(effect)}
                        <span
                          className="mt-0.5 ml-auto block h-0.75 rounded-full bg-accent opacity-60"
                          style={{ width: `${Math.min(1, Math.max(0, effect)) * 100}%` }}
                          aria-hidden
                        />
                      </>
                    )}
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <div className="flex justify-center border-t border-line py-3">
          <Button size="sm" onClick={() => setAll(true)}>
            Show all {count(rows.length)}
          </Button>
        </div>
      )}
    </Card>
  )
}

function Head({ label, why, className }: { label: string; why: string; className?: string }) {
  return (
    <th scope="col" className={className}>
      <Hint text={why}>
        <button
          type="button"
          className="cursor-help text-right underline decoration-line-strong decoration-dotted underline-offset-3"
        >
          {label}
        </button>
      </Hint>
    </th>
  )
}

function Figure({ value }: { value: number | null }) {
  const narrow = useNarrow()
  return (
    <td title={value === null ? undefined : count(value)} className={cx(value === 0 && 'text-ink-3')}>
      {value === null ? '–' : narrow ? shortCount(value) : headline(value)}
    </td>
  )
}
