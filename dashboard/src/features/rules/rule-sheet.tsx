import { useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { CHANNELS } from '../../../../server/domain/judged.ts'
import type { RuleProblem } from '../../../../server/domain/rules/problems.ts'
import type { SiteSummary } from '../../shared/api/sites.ts'
import { Button } from '../../shared/ui/button.tsx'
import { SelectField, TextField } from '../../shared/ui/field.tsx'
import { Sheet } from '../../shared/ui/sheet.tsx'
import { ConditionEditor } from './condition-editor.tsx'
import { type DraftRule, newKey, ownChannels, put } from './rule-draft.ts'
import { emptyForm, formOfRule, isOwn, problemAt, type RuleForm, readRule } from './rule-form.ts'
import { useTrial } from './rules-api.ts'
import { TrialResult, TryButton } from './trial.tsx'

const FORM_ID = 'rule-editor'

export interface RuleSheetProps {
  site: SiteSummary['id']
  /** The rule to change; without one, a new one is made. */
  rule?: DraftRule
  /** All rules of the list, as they are on the page. */
  rules: DraftRule[]
  onDone: (rule: DraftRule) => void
  onClose: () => void
}

/** The panel in which a rule is made or changed. It goes into the list on the page, which is saved as a whole. */
export function RuleSheet({ site, rule, rules, onDone, onClose }: RuleSheetProps) {
  const [before] = useState<DraftRule>(() => rule ?? blank())
  const [form, setForm] = useState(() => (rule === undefined ? emptyForm() : formOfRule(rule)))
  const [touched, setTouched] = useState(false)
  const [problems, setProblems] = useState<readonly RuleProblem[]>([])
  const trial = useTrial(site)
  const element = useRef<HTMLFormElement>(null)
  const read = readRule(form, before, rules)
  const listed = read.ok ? put(rules, read.rule) : rules

  function set(patch: Partial<RuleForm>) {
    const next = { ...form, ...patch }
    setForm(next)
    setTouched(true)
    // Once something was said, each change shows what is still wrong.
    if (problems.length > 0) {
      const again = readRule(next, before, rules)
      setProblems(again.ok ? [] : again.problems)
    }
  }

  function whenRight(go: (rule: DraftRule) => void) {
    if (read.ok) return go(read.rule)
    flushSync(() => setProblems(read.problems))
    element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  return (
    <Sheet
      open
      onClose={onClose}
      title={rule === undefined ? 'New rule' : rule.name}
      description="It goes into the list on the page; nothing is saved before the list is."
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" type="submit" form={FORM_ID}>
            {rule === undefined ? 'Add to the list' : 'Change in the list'}
          </Button>
        </div>
      }
    >
      <form
        ref={element}
        id={FORM_ID}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (rule !== undefined && !touched) onClose()
          else whenRight(onDone)
        }}
      >
        <Elsewhere problems={problems} />
        <TextField
          label="Name"
          autoFocus={rule === undefined}
          value={form.name}
          onChange={(event) => set({ name: event.target.value })}
          error={problemAt(problems, 'name')}
          hint="Shown where a visit is explained"
        />
        <div className="border-t border-line pt-4">
          <ConditionEditor
            form={form.condition}
            problems={problems}
            onChange={(condition) => set({ condition })}
          />
        </div>
        <OutcomeFields form={form} rules={rules} problems={problems} set={set} />
      </form>
      <section aria-label="Trial" className="-mx-5 mt-5 border-t border-line pt-4 [--pad:20px]">
        <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 px-(--pad)">
          <h3 className="flex-1 text-sm font-semibold">Before you save it</h3>
          <TryButton
            trial={trial}
            size="sm"
            onTry={() => whenRight((one) => trial.mutate(put(rules, one)))}
          />
        </div>
        <TrialResult trial={trial} rules={listed} only={before.key}>
          <p className="px-(--pad) text-sm text-ink-2">
            See what the list with this rule would have moved over the last 30 days.
          </p>
        </TrialResult>
      </section>
    </Sheet>
  )
}

function blank(): DraftRule {
  // biome-ignore lint/suspicious/noThenProperty: a rule says when and then; it is never awaited
  return { key: newKey(), id: null, name: '', enabled: true, when: { and: [] }, then: {} }
}

/** What is wrong with the list as a whole, or with another rule of it. */
function Elsewhere({ problems }: { problems: readonly RuleProblem[] }) {
  const others = problems.filter(({ field }) => !/^(?:name|when|then)\b/.test(field))
  if (others.length === 0) return null
  return (
    <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
      {others.map(({ field, message }) => `${field}: ${message}`).join(' ')}
    </p>
  )
}

const SIDES: { value: RuleForm['side']; label: string }[] = [
  { value: 'Other', label: 'Neither side' },
  { value: 'Search', label: 'Search' },
  { value: 'Social', label: 'Social' },
]

function OutcomeFields({
  form,
  rules,
  problems,
  set,
}: {
  form: RuleForm
  rules: DraftRule[]
  problems: readonly RuleProblem[]
  set: (patch: Partial<RuleForm>) => void
}) {
  const channels = useId()
  const own = isOwn(form.channel)
  // Which of the two is missing is no field's own fault: it is said at the first.
  const missing = problems.find(({ field }) => field === 'then')?.message
  return (
    <fieldset className="min-w-0 border-t border-line pt-4">
      <legend className="float-left mb-3 w-full text-sm font-semibold">Then the visit gets</legend>
      <div className="clear-both grid gap-4 sm:grid-cols-2">
        <TextField
          label="Channel"
          list={channels}
          placeholder="stays as it is"
          value={form.channel}
          onChange={(event) => set({ channel: event.target.value })}
          error={problemAt(problems, 'then.channel') ?? missing}
          hint={own ? 'A channel of your own' : 'A built-in one, or a name of your own'}
          autoComplete="off"
        />
        <TextField
          label="Source"
          placeholder="stays as it is"
          value={form.source}
          onChange={(event) => set({ source: event.target.value })}
          error={problemAt(problems, 'then.source')}
          hint="The name that reports show"
          autoComplete="off"
        />
        {own && (
          <SelectField
            label="Side of this channel"
            options={SIDES}
            value={form.side}
            onChange={(event) => {
              const side = SIDES.find(({ value }) => value === event.target.value)
              if (side !== undefined) set({ side: side.value })
            }}
            error={problemAt(problems, 'then.side')}
            hint="Where Compare counts it by default"
          />
        )}
      </div>
      <datalist id={channels}>
        {[...ownChannels(rules, CHANNELS), ...CHANNELS].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </fieldset>
  )
}
