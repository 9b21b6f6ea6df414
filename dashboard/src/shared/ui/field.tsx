import { ChevronDown } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

const CONTROL =
  'w-full rounded-md border bg-surface px-2.5 text-ink placeholder:text-ink-3 disabled:bg-sunken disabled:text-ink-3'
const SIZE = 'h-9 max-sm:h-10 text-sm max-sm:text-[16px]'

const border = (invalid: boolean) => (invalid ? 'border-danger' : 'border-line-strong hover:border-ink-3')

interface FieldParts {
  label: string
  /** Only for screen readers: where a row or a column already says what stands here. */
  labelHidden?: boolean | undefined
  hint?: ReactNode
  error?: string | undefined
}

/** Label, control, hint and error, tied together for screen readers. */
function Frame({
  id,
  label,
  labelHidden = false,
  hint,
  error,
  children,
}: FieldParts & { id: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'mb-1 block text-xs font-medium text-ink-2'}>
        {label}
      </label>
      {children}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-xs text-danger">
          {error}
        </p>
      )}
      {hint !== undefined && error === undefined && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  )
}

function described(id: string, hint: ReactNode, error: string | undefined) {
  const by = error !== undefined ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined
  return { 'aria-invalid': error !== undefined, ...(by === undefined ? {} : { 'aria-describedby': by }) }
}

export function TextField({
  label,
  labelHidden,
  hint,
  error,
  prefix,
  className,
  ...rest
}: FieldParts & Omit<ComponentProps<'input'>, 'prefix'> & { prefix?: string }) {
  const id = useId()
  return (
    <Frame id={id} label={label} labelHidden={labelHidden} hint={hint} error={error}>
      <div className="flex min-w-0">
        {prefix !== undefined && (
          <span className="flex max-w-[60%] shrink-0 items-center truncate rounded-l-md border border-r-0 border-line-strong bg-sunken px-2.5 text-sm text-ink-3">
            <span className="truncate">{prefix}</span>
          </span>
        )}
        <input
          id={id}
          className={cx(
            CONTROL,
            SIZE,
            'min-w-0 flex-1',
            border(error !== undefined),
            prefix !== undefined && 'rounded-l-none',
            className,
          )}
          {...described(id, hint, error)}
          {...rest}
        />
      </div>
    </Frame>
  )
}

export function TextArea({
  label,
  labelHidden,
  hint,
  error,
  ...rest
}: FieldParts & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <Frame id={id} label={label} labelHidden={labelHidden} hint={hint} error={error}>
      <textarea
        id={id}
        rows={3}
        className={cx(CONTROL, 'py-2 text-sm max-sm:text-[16px]', border(error !== undefined))}
        {...described(id, hint, error)}
        {...rest}
      />
    </Frame>
  )
}

/** A native select: the platform's own list on a phone, type-ahead everywhere. */
export function SelectField({
  label,
  labelHidden,
  hint,
  error,
  options,
  ...rest
}: FieldParts & ComponentProps<'select'> & { options: { value: string; label: string }[] }) {
  const id = useId()
  return (
    <Frame id={id} label={label} labelHidden={labelHidden} hint={hint} error={error}>
      <div className="relative">
        <select
          id={id}
          className={cx(CONTROL, SIZE, 'appearance-none pr-8', border(error !== undefined))}
          {...described(id, hint, error)}
          {...rest}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-3"
          aria-hidden
        />
      </div>
    </Frame>
  )
}
