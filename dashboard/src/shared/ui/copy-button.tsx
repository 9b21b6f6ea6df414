import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './button.tsx'

/** Copies a text and says so. Where the clipboard is out of reach (no TLS), the browser's own copy command is tried. */
export function CopyButton({
  text,
  label,
  size = 'sm',
}: {
  text: string
  label: string
  size?: 'sm' | 'md'
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 1_800)
    return () => clearTimeout(timer)
  }, [state])
  return (
    <>
      <IconButton
        label={state === 'copied' ? 'Copied' : state === 'failed' ? 'Could not copy' : label}
        size={size}
        onClick={async () => setState((await copyText(text)) ? 'copied' : 'failed')}
      >
        {state === 'copied' ? (
          <Check className="size-4 text-accent" aria-hidden />
        ) : (
          <Copy className="size-4" aria-hidden />
        )}
      </IconButton>
      <span role="status" className="sr-only">
        {state === 'copied' ? `Copied ${text}` : ''}
      </span>
    </>
  )
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'sr-only'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
