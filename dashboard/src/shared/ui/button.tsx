import type { ComponentProps } from 'react'
import { cx } from './cx.ts'
import { Hint } from './hint.tsx'

type Look = 'primary' | 'plain' | 'quiet' | 'dashed'

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong border border-transparent',
  plain: 'bg-surface text-ink border border-line-strong hover:bg-hover',
  quiet: 'text-ink-2 border border-transparent hover:bg-hover hover:text-ink',
  dashed: 'text-ink-2 border border-dashed border-line-strong hover:bg-hover hover:text-ink',
}

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors duration-100 disabled:opacity-50 data-[state=open]:bg-hover'

/** Classes of a button, for what must be a link or a trigger. */
export function buttonClass(look: Look = 'plain', size: 'sm' | 'md' = 'md'): string {
  return cx(BASE, LOOKS[look], size === 'sm' ? 'h-7 px-2 text-xs' : 'h-9 px-3 text-sm')
}

export function Button({
  look = 'plain',
  size = 'md',
  className,
  ...rest
}: ComponentProps<'button'> & { look?: Look; size?: 'sm' | 'md' }) {
  return <button type="button" className={cx(buttonClass(look, size), className)} {...rest} />
}

export interface IconButtonProps extends ComponentProps<'button'> {
  label: string
  look?: Look
  size?: 'sm' | 'md'
  /** False for what opens a menu: the focus that comes back to it would show the hint again. */
  hint?: boolean
}

/** A button that is only an icon: its label is read out, and shown on hover and focus. */
export function IconButton({
  label,
  look = 'quiet',
  size = 'md',
  hint = true,
  className,
  ...rest
}: IconButtonProps) {
  const button = (
    <button
      type="button"
      aria-label={label}
      className={cx(BASE, LOOKS[look], size === 'sm' ? 'size-7' : 'size-9', className)}
      {...rest}
    />
  )
  return hint ? <Hint text={label}>{button}</Hint> : button
}
