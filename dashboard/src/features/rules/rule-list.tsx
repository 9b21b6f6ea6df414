import { ArrowRight, ChevronDown, ChevronUp, Ellipsis, Eye, EyeOff, Pencil, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { IconButton } from '../../shared/ui/button.tsx'
import { cx } from '../../shared/ui/cx.ts'
import { Menu } from '../../shared/ui/menu.tsx'
import { ConditionText, OutcomeText } from './condition-text.tsx'
import { type DraftRule, move } from './rule-draft.ts'
import type { RuleTrial } from './rules-api.ts'
import { takesText } from './trial.tsx'

export interface RuleListProps {
  rules: DraftRule[]
  /** What each rule takes by the last trial, where that was of these rules. */
  takes: RuleTrial['rules'] | null
  onEdit: (change: (rules: DraftRule[]) => DraftRule[]) => void
  onOpen: (key: string) => void
  onDelete: (rule: DraftRule) => void
}

/** The ordered list. The first rule that fits decides, so its place is part of what it says. */
export function RuleList({ rules, takes, onEdit, onOpen, onDelete }: RuleListProps) {
  const list = useRef<HTMLOListElement>(null)
  const [moved, setMoved] = useState<{ key: string; by: -1 | 1 } | null>(null)
  useEffect(() => {
    // A row that is moved in the page loses the focus, and at an end of the list its button is disabled.
    if (moved === null) return
    const row = [...(list.current?.children ?? [])].find((one) => one.id === rowId(moved.key))
    const [up, down] = row?.querySelectorAll<HTMLButtonElement>('[data-move]') ?? []
    const [wanted, other] = moved.by < 0 ? [up, down] : [down, up]
    ;(wanted?.disabled ? other : wanted)?.focus()
  }, [moved])
  const place = moved === null ? 0 : rules.findIndex(({ key }) => key === moved.key) + 1
  return (
    <>
      <ol ref={list} className="text-sm">
        {rules.map((rule, index) => (
          <li
            key={rule.key}
            id={rowId(rule.key)}
            className="flex items-start gap-3 border-t border-line px-5 py-3 hover:bg-hover max-sm:gap-2.5 max-sm:px-4"
          >
            <span
              aria-hidden
              className="mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full bg-sunken text-2xs font-medium text-ink-3 tabular-nums ring-1 ring-line ring-inset"
            >
              {index + 1}
            </span>
            <RuleText rule={rule} takes={takes?.[index] ?? null} onOpen={() => onOpen(rule.key)} />
            <div className="flex shrink-0 items-center max-sm:flex-col">
              <div className="flex max-sm:flex-col">
                <MoveButton
                  by={-1}
                  name={rule.name}
                  disabled={index === 0}
                  onMove={() => {
                    onEdit((before) => move(before, rule.key, -1))
                    setMoved({ key: rule.key, by: -1 })
                  }}
                />
                <MoveButton
                  by={1}
                  name={rule.name}
                  disabled={index === rules.length - 1}
                  onMove={() => {
                    onEdit((before) => move(before, rule.key, 1))
                    setMoved({ key: rule.key, by: 1 })
                  }}
                />
              </div>
              <RowMenu
                rule={rule}
                onOpen={() => onOpen(rule.key)}
                onTurn={() =>
                  onEdit((before) =>
                    before.map((one) => (one.key === rule.key ? { ...one, enabled: !one.enabled } : one)),
                  )
                }
                onDelete={() => onDelete(rule)}
              />
            </div>
          </li>
        ))}
      </ol>
      <p role="status" className="sr-only">
        {place > 0 && `${rules[place - 1]?.name} is now ${place} of ${rules.length}`}
      </p>
    </>
  )
}

const rowId = (key: string) => `rule-${key}`

function RuleText({
  rule,
  takes,
  onOpen,
}: {
  rule: DraftRule
  takes: RuleTrial['rules'][number] | null
  onOpen: () => void
}) {
  return (
    <div
      className={cx(
        'grid min-w-0 flex-1 gap-x-6 gap-y-1 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)_8rem]',
        !rule.enabled && 'opacity-60',
      )}
    >
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <button
            type="button"
            onClick={onOpen}
            className="rounded-sm text-left font-medium wrap-anywhere hover:underline hover:decoration-line-strong hover:underline-offset-3"
          >
            {rule.name}
          </button>
          {!rule.enabled && <Tag>off</Tag>}
          {rule.id === null && <Tag>new</Tag>}
        </div>
        <p className="mt-0.5 text-ink-2 wrap-anywhere">
          <ConditionText condition={rule.when} />
        </p>
      </div>
      <p className="flex min-w-0 items-start gap-2">
        <ArrowRight className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
        <span className="sr-only">becomes</span>
        <OutcomeText outcome={rule.then} />
      </p>
      <p className="text-xs leading-[19px] text-ink-3 tabular-nums lg:text-right">
        {takes !== null && rule.enabled && takesText(takes)}
      </p>
    </div>
  )
}

function Tag({ children }: { children: string }) {
  return (
    <span className="rounded-sm bg-sunken px-1.5 text-2xs font-medium text-ink-2 ring-1 ring-line ring-inset">
      {children}
    </span>
  )
}

function MoveButton({
  by,
  name,
  disabled,
  onMove,
}: {
  by: -1 | 1
  name: string
  disabled: boolean
  onMove: () => void
}) {
  const Icon = by < 0 ? ChevronUp : ChevronDown
  return (
    <IconButton
      data-move
      label={`Move ${name} ${by < 0 ? 'up' : 'down'}`}
      size="sm"
      hint={false}
      disabled={disabled}
      onClick={onMove}
    >
      <Icon className="size-4" aria-hidden />
    </IconButton>
  )
}

function RowMenu({
  rule,
  onOpen,
  onTurn,
  onDelete,
}: {
  rule: DraftRule
  onOpen: () => void
  onTurn: () => void
  onDelete: () => void
}) {
  return (
    <Menu
      trigger={
        <IconButton label={`Actions for ${rule.name}`} size="sm" hint={false}>
          <Ellipsis className="size-4" aria-hidden />
        </IconButton>
      }
      groups={[
        [
          { label: 'Edit', icon: <Pencil aria-hidden />, onSelect: onOpen },
          rule.enabled
            ? { label: 'Turn off', icon: <EyeOff aria-hidden />, onSelect: onTurn }
            : { label: 'Turn on', icon: <Eye aria-hidden />, onSelect: onTurn },
        ],
        [{ label: 'Delete', icon: <Trash2 aria-hidden />, onSelect: onDelete, danger: true }],
      ]}
    />
  )
}
