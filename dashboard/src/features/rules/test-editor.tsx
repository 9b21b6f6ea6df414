import { ChevronDown, X } from 'lucide-react'
import { useId, useState } from 'react'
import { CHANNELS } from '../../../../server/domain/judged.ts'
import { absentValue, CLOSED_FIELDS, type RuleField } from '../../../../server/domain/rules/rule.ts'
import { CLICK_IDS } from '../../../../server/facts/click-ids.ts'
import { Button, IconButton } from '../../shared/ui/button.tsx'
import { SelectField, TextArea } from '../../shared/ui/field.tsx'
import { Listbox } from '../../shared/ui/listbox.tsx'
import { Popover } from '../../shared/ui/popover.tsx'
import type { TestRow } from './condition-form.ts'
import { FIELD_HINTS, FIELD_LABELS, FIELDS, operatorsFor } from './rule-words.ts'

export interface TestEditorProps {
  row: TestRow
  /** Read out before the name of each control: `Test 2`. */
  name: string
  error: string | undefined
  onChange: (row: TestRow) => void
  /** Absent where it is the only one. */
  onRemove: (() => void) | undefined
}

/** One test: field, operator, values. */
export function TestEditor({ row, name, error, onChange, onRemove }: TestEditorProps) {
  const closed = CLOSED_FIELDS.has(row.field)
  function turnTo(field: RuleField) {
    const operators = operatorsFor(field)
    const operator = operators.find(({ value }) => value === row.operator)?.value ?? 'is'
    // Values of a closed list mean nothing elsewhere, and no other text is in one.
    const kept = closed || CLOSED_FIELDS.has(field) ? (CLOSED_FIELDS.has(field) ? [] : ['']) : row.values
    onChange({ ...row, field, operator, values: kept })
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-5">
          <SelectField
            label={`${name}: field`}
            labelHidden
            options={FIELDS}
            value={row.field}
            onChange={(event) => {
              const field = FIELDS.find(({ value }) => value === event.target.value)
              if (field !== undefined) turnTo(field.value)
            }}
          />
        </div>
        <div className="min-w-0 flex-4">
          <SelectField
            label={`${name}: operator`}
            labelHidden
            options={operatorsFor(row.field)}
            value={row.operator}
            onChange={(event) => {
              const operator = operatorsFor(row.field).find(({ value }) => value === event.target.value)
              if (operator !== undefined) onChange({ ...row, operator: operator.value })
            }}
          />
        </div>
        {onRemove !== undefined && (
          <IconButton label={`Remove ${name.toLowerCase()}`} className="max-sm:size-10" onClick={onRemove}>
            <X className="size-4" aria-hidden />
          </IconButton>
        )}
      </div>
      {closed ? (
        <ClosedValues row={row} name={name} error={error} onChange={onChange} />
      ) : (
        <TextArea
          label={`${name}: values`}
          labelHidden
          rows={Math.min(8, Math.max(1, row.values.length))}
          value={row.values.join('\n')}
          onChange={(event) => onChange({ ...row, values: event.target.value.split('\n') })}
          error={error}
          hint={hint(row)}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
        />
      )}
    </div>
  )
}

function hint({ field, operator }: TestRow): string {
  if (operator === 'matches') return 'A pattern (RE2), found anywhere; (?i) at its beginning ignores case'
  return operator === 'contains' ? 'A part of it, whatever the case' : FIELD_HINTS[field]
}

const CHOICES: Partial<Record<RuleField, readonly string[]>> = {
  channel: CHANNELS,
  click_id_kind: CLICK_IDS.map(({ name }) => name),
}

/** Values of a field whose values are known: chosen, not typed. */
function ClosedValues({ row, name, error, onChange }: Omit<TestEditorProps, 'onRemove'>) {
  const id = useId()
  const [typed, setTyped] = useState('')
  const chosen = row.values.filter((value) => value !== '')
  const options = [...(CHOICES[row.field] ?? []), absentValue(row.field)]
    .filter((value) => value.toLowerCase().includes(typed.trim().toLowerCase()))
    .map((value) => ({ value, count: null }))
  return (
    <div>
      <Popover
        label={`${name}: values`}
        className="w-72"
        trigger={
          <Button
            className="h-auto min-h-9 w-full justify-between! py-1.5 text-left whitespace-normal"
            aria-describedby={id}
            aria-label={`${name}: values: ${chosen.join(', ') || 'none chosen'}`}
          >
            <span className="min-w-0 font-normal wrap-anywhere">
              {chosen.length === 0 ? <span className="text-ink-3">Choose</span> : chosen.join(' or ')}
            </span>
            <ChevronDown className="size-4 shrink-0 text-ink-3" aria-hidden />
          </Button>
        }
      >
        <Listbox
          label={FIELD_LABELS[row.field]}
          typed={typed}
          onType={setTyped}
          options={options}
          chosen={chosen}
          onToggle={(value) =>
            onChange({
              ...row,
              values: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
            })
          }
          note={options.length === 0 ? 'There is none of this name.' : undefined}
        />
      </Popover>
      {error === undefined ? (
        <p id={id} className="mt-1 text-xs text-ink-3">
          {FIELD_HINTS[row.field]}
        </p>
      ) : (
        <p id={id} role="alert" className="mt-1 text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  )
}
