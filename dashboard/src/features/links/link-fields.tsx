import { useId } from 'react'
import { SelectField, TextArea, TextField } from '../../shared/ui/field.tsx'
import type { LinkForm } from './link-form.ts'

export interface FieldsProps {
  form: LinkForm
  set: (patch: Partial<LinkForm>) => void
  error: (field: keyof LinkForm) => string | undefined
}

const PLATFORMS = [
  'facebook',
  'instagram',
  'linkedin',
  'pinterest',
  'reddit',
  'telegram',
  'threads',
  'tiktok',
  'whatsapp',
  'x',
  'youtube',
]
const PLACEMENTS = [
  'bio',
  'comment',
  'description',
  'message',
  'pin',
  'post',
  'reel',
  'story sticker',
  'video',
]

const PAID = [
  { value: '', label: 'Not said' },
  { value: 'organic', label: 'Organic' },
  { value: 'paid', label: 'Paid' },
]

/** What tells posts apart in every report. */
export function CampaignFields({ form, set, error }: FieldsProps) {
  const platforms = useId()
  const placements = useId()
  return (
    <>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <TextField
          label="Platform"
          list={platforms}
          value={form.platform}
          onChange={(event) => set({ platform: event.target.value })}
          error={error('platform')}
        />
        <TextField
          label="Placement"
          list={placements}
          value={form.placement}
          onChange={(event) => set({ placement: event.target.value })}
          error={error('placement')}
        />
        <SelectField
          label="Paid or organic"
          options={PAID}
          value={form.paid}
          onChange={(event) => set({ paid: event.target.value })}
          error={error('paid')}
        />
      </div>
      <datalist id={platforms}>
        {PLATFORMS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id={placements}>
        {PLACEMENTS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <p className="-mt-2 text-xs text-ink-3">
        A platform decides that the click is social, whatever the app hides.
      </p>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        {(['source', 'medium', 'campaign', 'content', 'term'] as const).map((part) => (
          <TextField
            key={part}
            label={`utm_${part}`}
            value={form[`utm_${part}`]}
            onChange={(event) => set({ [`utm_${part}`]: event.target.value })}
            error={error(`utm_${part}`)}
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
          />
        ))}
      </div>
    </>
  )
}

const STATUSES = [
  { value: '302', label: '302 · found (default)' },
  { value: '301', label: '301 · moved for good' },
  { value: '307', label: '307 · temporary' },
  { value: '308', label: '308 · permanent' },
]
const PASS_THROUGH = [
  { value: 'fill', label: 'Fill in what the destination lacks' },
  { value: 'override', label: 'Let the visitor’s values win' },
  { value: 'off', label: 'Pass nothing on' },
]
const CLICK_IDS = [
  { value: 'visit', label: 'One for each click' },
  { value: 'link', label: 'Only the link’s' },
  { value: 'off', label: 'None' },
]

/** What most links never need. */
export function AdvancedFields({ form, set, error }: FieldsProps) {
  return (
    <>
      <div className="grid gap-x-4 gap-y-4 sm:grid-cols-2">
        <TextField
          label="Ends on"
          type="datetime-local"
          value={form.expiresAt}
          onChange={(event) => set({ expiresAt: event.target.value })}
          error={error('expiresAt')}
          hint="Empty: never. On your clock."
        />
        <TextField
          label="Then leads to"
          type="url"
          inputMode="url"
          value={form.fallbackUrl}
          onChange={(event) => set({ fallbackUrl: event.target.value })}
          error={error('fallbackUrl')}
          placeholder="https://"
          hint="Also while it is disabled or archived"
        />
        <SelectField
          label="Visitor’s query"
          options={PASS_THROUGH}
          value={form.passThrough}
          onChange={(event) => set({ passThrough: event.target.value })}
          error={error('passThrough')}
        />
        <SelectField
          label="Click id"
          options={CLICK_IDS}
          value={form.clickId}
          onChange={(event) => set({ clickId: event.target.value })}
          error={error('clickId')}
          hint="Ties the visit to the click"
        />
        <SelectField
          label="Redirect"
          options={STATUSES}
          value={form.status}
          onChange={(event) => set({ status: event.target.value })}
          error={error('status')}
          {...(form.status === '301' || form.status === '308'
            ? { hint: 'Browsers may keep it: later edits can miss them' }
            : {})}
        />
        <TextField
          label="Tags"
          value={form.tags}
          onChange={(event) => set({ tags: event.target.value })}
          error={error('tags')}
          hint="Apart by commas"
        />
      </div>
      <TextArea
        label="Notes"
        value={form.notes}
        onChange={(event) => set({ notes: event.target.value })}
        error={error('notes')}
      />
    </>
  )
}
