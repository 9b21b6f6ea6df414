import { useQuery } from '@tanstack/react-query'
import { ChevronRight, CornerDownRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { domains } from '../../shared/api/domains.ts'
import { ApiProblem } from '../../shared/api/problem.ts'
import { SelectField, TextField } from '../../shared/ui/field.tsx'
import { AdvancedFields, CampaignFields } from './link-fields.tsx'
import { changedFields, complaints, EMPTY_FORM, finalAddress, formOf, type LinkForm } from './link-form.ts'
import { type LinkRecord, spoken } from './link-record.ts'
import { useLinkChanges } from './links-api.ts'

export const EDITOR_ID = 'link-editor'

export interface LinkEditorProps {
  /** The link to change; without one, a new link is made. */
  link?: LinkRecord
  /** The site that a new link belongs to, where the address names one. */
  site?: string | undefined
  onSaved: (link: LinkRecord) => void
  onBusy: (busy: boolean) => void
}

const ADVANCED: (keyof LinkForm)[] = [
  'expiresAt',
  'fallbackUrl',
  'passThrough',
  'clickId',
  'status',
  'tags',
  'notes',
]
const isField = (name: string): name is keyof LinkForm => Object.hasOwn(EMPTY_FORM, name)

/** The form of a link: destination first, then what makes it findable, then the rest folded away. */
export function LinkEditor({ link, site, onSaved, onBusy }: LinkEditorProps) {
  const { data: hosts = [] } = useQuery(domains)
  const [first] = useState(() => (link === undefined ? EMPTY_FORM : formOf(link)))
  const [form, setForm] = useState(first)
  const [mine, setMine] = useState<Partial<Record<keyof LinkForm, string>>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const { create, change } = useLinkChanges()
  // A link that was clicked keeps its slug: posts that carry it must not go dead.
  const fixedSlug = link !== undefined && (link.clicks ?? 0) > 0
  const theirs = problem instanceof ApiProblem ? problem : null
  const domain = form.domain || hosts[0]?.host || ''
  const error = (field: keyof LinkForm) => mine[field] ?? theirs?.about(field)
  const unplaced = theirs?.errors.every((one) => !isField(one.field)) ?? problem !== null

  function set(patch: Partial<LinkForm>) {
    setForm((before) => ({ ...before, ...patch }))
    // What was said of a field is about its old value.
    setMine((before) =>
      Object.fromEntries(Object.entries(before).filter(([field]) => !Object.hasOwn(patch, field))),
    )
    if (theirs?.errors.some((one) => Object.hasOwn(patch, one.field))) setProblem(null)
  }

  async function save() {
    const found = complaints(form, first)
    setMine(found)
    setProblem(null)
    if (Object.keys(found).length > 0) return
    const body = changedFields(form, first)
    if (link !== undefined && Object.keys(body).length === 0) return onSaved(link)
    onBusy(true)
    try {
      onSaved(
        await (link === undefined
          ? create.mutateAsync({ ...body, ...(site === undefined ? {} : { site }) })
          : change.mutateAsync({ id: link.id, body: { ...body, version: link.version } })),
      )
    } catch (failure) {
      setProblem(failure)
    } finally {
      onBusy(false)
    }
  }

  return (
    <form
      id={EDITOR_ID}
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {unplaced && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          {problem instanceof Error ? problem.message : 'The link could not be saved.'}
        </p>
      )}
      <TextField
        label="Destination"
        type="url"
        inputMode="url"
        autoFocus={link === undefined}
        placeholder="https://www.example.com/test-drive"
        value={form.destination}
        onChange={(event) => set({ destination: event.target.value })}
        error={error('destination')}
      />
      {link === undefined && hosts.length > 1 && (
        <SelectField
          label="Short domain"
          options={hosts.map(({ host }) => ({ value: host, label: host }))}
          value={domain}
          onChange={(event) => set({ domain: event.target.value })}
          error={error('domain')}
        />
      )}
      <TextField
        label="Slug"
        placeholder="made for you"
        value={form.slug}
        disabled={fixedSlug}
        onChange={(event) => set({ slug: event.target.value })}
        error={error('slug')}
        hint={
          fixedSlug ? 'It has been clicked: its address stays.' : 'Letters of any script, digits and - _ . /'
        }
        prefix={`${domain}/`}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
      />
      <TextField
        label="Title"
        value={form.title}
        onChange={(event) => set({ title: event.target.value })}
        error={error('title')}
        hint="Only for you"
      />
      <Group title="Where it is posted" open>
        <CampaignFields form={form} set={set} error={error} />
      </Group>
      <Group
        title="Advanced"
        open={ADVANCED.some((field) => error(field) !== undefined || form[field] !== EMPTY_FORM[field])}
      >
        <AdvancedFields form={form} set={set} error={error} />
      </Group>
      <Preview
        form={form}
        short={link === undefined ? `${domain}/${form.slug.trim() || '…'}` : spoken(link.shortUrl)}
      />
    </form>
  )
}

function Group({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  return (
    <details open={open} className="group border-t border-line pt-4">
      <summary className="flex items-center gap-1.5 rounded-sm text-sm font-semibold select-none [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 text-ink-3 transition-transform group-open:rotate-90" aria-hidden />
        {title}
      </summary>
      <div className="mt-4 flex flex-col gap-4">{children}</div>
    </details>
  )
}

/** Where the link will lead, as it is typed. */
function Preview({ form, short }: { form: LinkForm; short: string }) {
  const final = finalAddress(form)
  return (
    <section
      aria-label="Preview"
      className="sticky -bottom-5 -mx-5 -mb-5 border-t border-line bg-sunken px-5 py-3"
    >
      <p className="text-xs font-medium text-ink-2 wrap-anywhere">{short}</p>
      <p className="mt-1 flex max-h-24 gap-1.5 overflow-y-auto font-mono text-xs leading-4.5">
        <CornerDownRight className="mt-0.5 size-3.5 shrink-0 text-ink-3" aria-hidden />
        <output className="min-w-0 wrap-anywhere">
          {final === null ? (
            <span className="font-sans text-ink-3">The full address appears here.</span>
          ) : (
            final.address
          )}
        </output>
      </p>
      {final?.withClickId && (
        <p className="mt-1 text-xs text-ink-3">
          jjk is the click id: the page script takes it out of the address bar.
        </p>
      )}
    </section>
  )
}
