import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { IconButton } from './button.tsx'

export interface SheetProps {
  open: boolean
  onClose: () => void
  title: ReactNode
  /** One line under the title; also what a screen reader says of the panel. */
  description: ReactNode
  children: ReactNode
  /** Stays at the foot while the rest scrolls. */
  footer?: ReactNode
}

/** A panel from the right that keeps the focus; the whole width on a phone. */
export function Sheet({ open, onClose, title, description, children, footer }: SheetProps) {
  const panel = useRef<HTMLDivElement>(null)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-scrim" />
        <Dialog.Content
          ref={panel}
          onOpenAutoFocus={(event) => {
            // The panel itself, not its first button: reading comes before closing. A form focuses its own field.
            event.preventDefault()
            if (!panel.current?.contains(document.activeElement)) panel.current?.focus()
          }}
          className="enter-side fixed inset-y-0 right-0 z-30 flex w-full max-w-140 flex-col bg-surface shadow-float outline-none sm:border-l sm:border-line"
        >
          <header className="flex items-start gap-3 border-b border-line px-5 py-4">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-lg font-semibold wrap-anywhere">{title}</Dialog.Title>
              <Dialog.Description className="mt-0.5 text-sm text-ink-2">{description}</Dialog.Description>
            </div>
            <Dialog.Close asChild>
              <IconButton label="Close" className="-mr-2">
                <X className="size-4.5" aria-hidden />
              </IconButton>
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-5">{children}</div>
          {footer !== undefined && <footer className="border-t border-line px-5 py-3">{footer}</footer>}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
