import { Fragment, type ReactNode } from 'react'
import type { Condition, Outcome, Test } from '../../../../server/domain/rules/rule.ts'
import { SideMark } from '../../shared/ui/side-mark.tsx'
import { groupOf } from './condition-form.ts'
import { FIELD_LABELS, OPERATOR_LABELS } from './rule-words.ts'
import { sideOfChannel } from './side-of-channel.ts'

/** Values beyond these are only counted: a rule may hold two hundred. */
const SHOWN_VALUES = 4

/** A condition in words, however deep it goes. */
export function ConditionText({ condition, inner = false }: { condition: Condition; inner?: boolean }) {
  if ('field' in condition) return <TestText test={condition} />
  if ('not' in condition) {
    return (
      <>
        <Word>not</Word> (<ConditionText condition={condition.not} />)
      </>
    )
  }
  const group = groupOf(condition)
  const parts = (group?.parts ?? []).map((part, index) => (
    // Parts have no names of their own, and this list is never reordered in place.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>
      {index > 0 && (
        <>
          {' '}
          <Word>{group?.join}</Word>{' '}
        </>
      )}
      <ConditionText condition={part} inner />
    </Fragment>
  ))
  return inner && parts.length > 1 ? <>({parts})</> : parts
}

function TestText({ test: { field, operator, values } }: { test: Test }) {
  const shown = values.slice(0, SHOWN_VALUES)
  return (
    <>
      {FIELD_LABELS[field]} {OPERATOR_LABELS[operator]}{' '}
      {shown.map((value, index) => (
        <Fragment key={value}>
          {index > 0 && ' or '}
          <span className="font-medium text-ink wrap-anywhere">{value}</span>
        </Fragment>
      ))}
      {values.length > shown.length && ` or ${values.length - shown.length} more`}
    </>
  )
}

function Word({ children }: { children: ReactNode }) {
  return <span className="text-2xs font-semibold text-ink-3 uppercase">{children}</span>
}

/** What becomes of the hits that a rule takes. */
export function OutcomeText({ outcome: { channel, source, side } }: { outcome: Outcome }) {
  const mark = channel === undefined ? null : sideOfChannel(channel, side)
  return (
    <span className="inline-flex max-w-full flex-wrap items-start gap-x-2">
      {channel !== undefined && mark !== null && (
        <span className="inline-flex min-w-0 items-start gap-1.5 font-medium">
          <SideMark side={mark} className="mt-[5px]" />
          <span className="min-w-0 wrap-anywhere">{channel}</span>
          {mark !== 'other' && (
            <span className="sr-only">, on the side of {mark === 'search' ? 'Search' : 'Social'}</span>
          )}
        </span>
      )}
      {source !== undefined && (
        <span className="min-w-0 text-ink-2 wrap-anywhere">
          source <span className="font-medium text-ink">{source}</span>
        </span>
      )}
    </span>
  )
}
