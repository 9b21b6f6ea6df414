import { ChevronRight, CornerDownLeft, MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import type { ApiProblem } from '../../shared/api/problem.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Card } from '../../shared/ui/card.tsx'
import { SelectField, TextArea, TextField } from '../../shared/ui/field.tsx'
import { EXAMPLES } from './examples.ts'
import type { WhySearch } from './search.ts'
import { formOf, readHeaders, searchOf, type VisitForm } from './visit.ts'

const DETAILS = ['method', 'referrer', 'userAgent', 'headers'] as const
const METHODS = ['GET', 'HEAD', 'POST']

export interface VisitFormProps {
  search: WhySearch
  /** What the API found wrong with the visit. */
  problem: ApiProblem | null
  onExplain: (visit: Omit<WhySearch, 'site'>) => void
}

/** What the API calls a field, and whether one of its complaints is about it or a part of it. */
export function complaintAbout(problem: ApiProblem | null, field: keyof VisitForm): string | undefined {
  return (
    problem?.about(field) ?? problem?.errors.find((error) => error.field.startsWith(`${field}.`))?.message
  )
}

/** Where a visit is pasted, with examples to begin with. Nothing is asked before it is sent. */
export function VisitFormCard({ search, problem, onExplain }: VisitFormProps) {
  const [form, setForm] = useState(() => formOf(search))
  const [mine, setMine] = useState<Partial<VisitForm>>({})
  const [shown, setShown] = useState(search)
  // The address changed (an example, back, a link): the form follows it.
  if (JSON.stringify(shown) !== JSON.stringify(search)) {
    setShown(search)
    setForm(formOf(search))
    setMine({})
  }
  const [unfolded, setUnfolded] = useState(false)
  const error = (field: keyof VisitForm) => mine[field] ?? complaintAbout(problem, field)

  function set(patch: Partial<VisitForm>) {
    setForm((before) => ({ ...before, ...patch }))
    setMine((before) =>
      Object.fromEntries(Object.entries(before).filter(([field]) => !Object.hasOwn(patch, field))),
    )
  }

  function explain() {
    const { unreadable } = readHeaders(form.headers)
    const found: Partial<VisitForm> = {}
    if (form.url.trim() === '') found.url = 'Paste the address that was visited.'
    if (unreadable.length > 0) {
      const lines =
        unreadable.length === 1 ? `Line ${unreadable[0]} is` : `Lines ${unreadable.join(', ')} are`
      found.headers = `${lines} no header: write Name: value.`
    }
    setMine(found)
    if (Object.keys(found).length === 0) onExplain(searchOf(form))
  }

  return (
    <Card title="The visit">
      <form
        noValidate
        className="px-5 pb-5 max-sm:px-4"
        onSubmit={(event) => {
          event.preventDefault()
          explain()
        }}
      >
        <div className="flex items-start gap-2 max-sm:flex-col">
          <div className="min-w-0 flex-1 max-sm:w-full">
            <TextField
              label="Address that was visited"
              inputMode="url"
              placeholder="https://www.example.com/?utm_source=…"
              value={form.url}
              onChange={(event) => set({ url: event.target.value })}
              error={error('url')}
              {...PLAIN}
            />
          </div>
          <Button type="submit" look="primary" className="mt-[21px] max-sm:mt-0 max-sm:w-full">
            <CornerDownLeft className="size-4" aria-hidden />
            Explain
          </Button>
        </div>
        <div className="mt-3 flex flex-wrap items-center gap-1.5">
          <span className="mr-1 text-xs text-ink-3">Try</span>
          {EXAMPLES.map(({ label, visit }) => (
            <Button key={label} size="sm" look="dashed" onClick={() => onExplain(visit)}>
              {label}
            </Button>
          ))}
        </div>
        <details
          open={unfolded || DETAILS.some((field) => error(field) !== undefined)}
          onToggle={(event) => setUnfolded(event.currentTarget.open)}
          className="group mt-4 border-t border-line pt-3"
        >
          <summary className="flex min-w-0 items-center gap-1.5 rounded-sm text-sm select-none [&::-webkit-details-marker]:hidden">
            <ChevronRight
              className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90"
              aria-hidden
            />
            <span className="shrink-0 font-medium">Referrer, user agent, headers</span>
            <span className="ml-1 min-w-0 truncate text-xs text-ink-3 group-open:hidden">
              {DETAILS.map((field) => form[field])
                .filter((text) => text !== '')
                .join(' · ')}
            </span>
          </summary>
          <Details form={form} set={set} error={error} />
        </details>
      </form>
    </Card>
  )
}

/** For what is code rather than prose. */
const PLAIN = { autoCapitalize: 'none', autoCorrect: 'off', autoComplete: 'off', spellCheck: false } as const

function Details({
  form,
  set,
  error,
}: {
  form: VisitForm
  set: (patch: Partial<VisitForm>) => void
  error: (field: keyof VisitForm) => string | undefined
}) {
  const { leftOut } = readHeaders(form.headers)
  const methods = METHODS.includes(form.method) || form.method === '' ? METHODS : [form.method, ...METHODS]
  return (
    <div className="mt-4 grid gap-4 lg:grid-cols-2">
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-[minmax(0,1fr)_8rem] gap-4">
          <TextField
            label="Referrer"
            inputMode="url"
            placeholder="https://l.instagram.com/"
            value={form.referrer}
            onChange={(event) => set({ referrer: event.target.value })}
            error={error('referrer')}
            {...PLAIN}
          />
          <SelectField
            label="Method"
            options={[
              { value: '', label: 'Not said' },
              ...methods.map((method) => ({ value: method, label: method })),
            ]}
            value={form.method}
            onChange={(event) => set({ method: event.target.value })}
            error={error('method')}
          />
        </div>
        <div className="relative">
          <TextArea
            label="User agent"
            rows={3}
            value={form.userAgent}
            onChange={(event) => set({ userAgent: event.target.value.replace(/\s*[\r\n]+\s*/g, ' ') })}
            error={error('userAgent')}
            hint="Left empty, nobody asks who sent the visit"
            {...PLAIN}
          />
          <Button
            size="sm"
            look="quiet"
            className="absolute -top-1.5 right-0 h-6"
            onClick={() => set({ userAgent: navigator.userAgent })}
          >
            <MonitorSmartphone className="size-3.5" aria-hidden />
            Use my browser’s
          </Button>
        </div>
      </div>
      <TextArea
        label="Further headers"
        rows={7}
        placeholder={'Sec-Purpose: prefetch\nX-Requested-With: com.instagram.android'}
        value={form.headers}
        onChange={(event) => set({ headers: event.target.value })}
        error={error('headers')}
        hint={
          leftOut.length > 0
            ? `Left out, as they say nothing here: ${[...new Set(leftOut)].join(', ')}`
            : 'One a line, as the browser’s tools copy them'
        }
        {...PLAIN}
      />
    </div>
  )
}
