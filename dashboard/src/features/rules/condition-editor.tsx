import { Plus, X } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import type { RuleProblem } from '../../../../server/domain/rules/problems.ts'
import { Button, IconButton } from '../../shared/ui/button.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import {
  type ConditionForm,
  type ConditionRow,
  emptyGroup,
  emptyTest,
  type GroupRow,
  type Join,
  placesOf,
} from './condition-form.ts'
import { ConditionText } from './condition-text.tsx'
import { problemAt } from './rule-form.ts'
import { TestEditor } from './test-editor.tsx'

const JOINS: { value: Join; label: string }[] = [
  { value: 'and', label: 'All of these' },
  { value: 'or', label: 'Any of these' },
]

export interface ConditionEditorProps {
  form: ConditionForm
  problems: readonly RuleProblem[]
  onChange: (form: ConditionForm) => void
}

/** When a rule fits: tests, and groups of tests, all or any of which must hold. */
export function ConditionEditor({ form, problems, onChange }: ConditionEditorProps) {
  const places = placesOf(form, 'when')
  const error = (key: string) => {
    const place = places.get(key)
    return place === undefined ? undefined : problemAt(problems, place)
  }
  const { rows } = form
  const put = (row: ConditionRow) =>
    onChange({ ...form, rows: rows.map((one) => (one.key === row.key ? row : one)) })
  const remove = (key: string) => onChange({ ...form, rows: rows.filter((row) => row.key !== key) })
  return (
    <fieldset aria-label="When" className="min-w-0">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <span aria-hidden className="text-sm font-semibold">
          When
        </span>
        {rows.length > 1 && (
          <Segmented
            label="How the tests are joined"
            value={form.join}
            options={JOINS}
            onChange={(join) => onChange({ ...form, join })}
          />
        )}
      </div>
      <div className="flex flex-col gap-3">
        {rows.map((row, index) => {
          const name = `${row.kind === 'test' ? 'Test' : 'Group'} ${index + 1}`
          const onRemove = rows.length > 1 ? () => remove(row.key) : undefined
          return (
            <Fragment key={row.key}>
              {index > 0 && <Joint join={form.join} />}
              {row.kind === 'test' ? (
                <TestEditor row={row} name={name} error={error(row.key)} onChange={put} onRemove={onRemove} />
              ) : row.kind === 'group' ? (
                <GroupEditor row={row} name={name} error={error} onChange={put} onRemove={onRemove} />
              ) : (
                <Box name={`Condition ${index + 1}`} onRemove={onRemove}>
                  <p className="text-sm text-ink-2 wrap-anywhere">
                    <ConditionText condition={row.condition} />
                  </p>
                  <p className="mt-1.5 text-xs text-ink-3">
                    Nested deeper than this form edits: it stays as it is. The API can change it.
                  </p>
                </Box>
              )}
            </Fragment>
          )
        })}
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="sm" look="dashed" onClick={() => onChange({ ...form, rows: [...rows, emptyTest()] })}>
          <Plus className="size-3.5" aria-hidden />
          Add a test
        </Button>
        <Button size="sm" look="dashed" onClick={() => onChange({ ...form, rows: [...rows, emptyGroup()] })}>
          <Plus className="size-3.5" aria-hidden />
          Add a group
        </Button>
      </div>
      <p className="mt-2 text-xs text-ink-3">
        Several values stand one a line, and any of them may fit. What a visit does not have is (none), an
        unknown country (unknown).
      </p>
    </fieldset>
  )
}

function Joint({ join }: { join: Join }) {
  return (
    <p className="flex items-center gap-2 text-2xs font-semibold text-ink-3 uppercase">
      {join}
      <span aria-hidden className="h-px flex-1 bg-line" />
    </p>
  )
}

function Box({
  name,
  onRemove,
  controls,
  children,
}: {
  name: string
  onRemove: (() => void) | undefined
  controls?: ReactNode
  children: ReactNode
}) {
  return (
    <section aria-label={name} className="rounded-md border border-line bg-sunken p-3">
      <div className="mb-2 flex items-center gap-2">
        <span className="text-xs font-medium text-ink-3">{name}</span>
        <span className="ml-auto">{controls}</span>
        {onRemove !== undefined && (
          <IconButton label={`Remove ${name.toLowerCase()}`} size="sm" onClick={onRemove}>
            <X className="size-4" aria-hidden />
          </IconButton>
        )}
      </div>
      {children}
    </section>
  )
}

function GroupEditor({
  row,
  name,
  error,
  onChange,
  onRemove,
}: {
  row: GroupRow
  name: string
  error: (key: string) => string | undefined
  onChange: (row: GroupRow) => void
  onRemove: (() => void) | undefined
}) {
  const { tests } = row
  return (
    <Box
      name={name}
      onRemove={onRemove}
      controls={
        tests.length > 1 && (
          <Segmented
            label={`How the tests of ${name.toLowerCase()} are joined`}
            value={row.join}
            options={JOINS}
            onChange={(join) => onChange({ ...row, join })}
          />
        )
      }
    >
      <div className="flex flex-col gap-3">
        {tests.map((test, index) => (
          <Fragment key={test.key}>
            {index > 0 && <Joint join={row.join} />}
            <TestEditor
              row={test}
              name={`${name}, test ${index + 1}`}
              error={error(test.key)}
              onChange={(next) =>
                onChange({ ...row, tests: tests.map((one) => (one.key === next.key ? next : one)) })
              }
              onRemove={
                tests.length > 1
                  ? () => onChange({ ...row, tests: tests.filter(({ key }) => key !== test.key) })
                  : undefined
              }
            />
          </Fragment>
        ))}
      </div>
      <Button
        size="sm"
        look="dashed"
        className="mt-3"
        onClick={() => onChange({ ...row, tests: [...tests, emptyTest()] })}
      >
        <Plus className="size-3.5" aria-hidden />
        Add a test
      </Button>
    </Box>
  )
}
