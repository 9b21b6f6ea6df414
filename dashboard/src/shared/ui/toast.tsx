import { X } from 'lucide-react'
import { Toast as Radix } from 'radix-ui'
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react'
import { Button, IconButton } from './button.tsx'

export interface Notice {
  text: string
  /** Offered beside the text for as long as it stands. */
  action?: { label: string; run: () => void }
}

const ToastContext = createContext<(notice: Notice) => void>(() => {})

/** Says something in passing, with one possible answer (undo). */
export function useToast(): (notice: Notice) => void {
  return use(ToastContext)
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<(Notice & { id: number })[]>([])
  const tell = useCallback((notice: Notice) => {
    // Three at most: more would hide the page they speak of.
    setNotices((standing) => [...standing.slice(-2), { ...notice, id: Date.now() + Math.random() }])
  }, [])
  const drop = (id: number) => setNotices((standing) => standing.filter((notice) => notice.id !== id))
  return (
    <ToastContext value={useMemo(() => tell, [tell])}>
      {children}
      <Radix.Provider swipeDirection="down" label="Notices">
        {notices.map((notice) => (
          <Radix.Root
            key={notice.id}
            duration={notice.action === undefined ? 4_000 : 9_000}
            onOpenChange={(open) => !open && drop(notice.id)}
            className="enter flex items-center gap-2 rounded-lg border border-line bg-raised py-1.5 pr-1.5 pl-3.5 shadow-float"
          >
            <Radix.Title className="min-w-0 flex-1 text-sm wrap-anywhere">{notice.text}</Radix.Title>
            {notice.action !== undefined && (
              <Radix.Action asChild altText={notice.action.label}>
                <Button size="sm" onClick={notice.action.run}>
                  {notice.action.label}
                </Button>
              </Radix.Action>
            )}
            <Radix.Close asChild>
              <IconButton label="Dismiss" size="sm">
                <X className="size-4" aria-hidden />
              </IconButton>
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed right-4 bottom-4 z-60 flex w-96 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none" />
      </Radix.Provider>
    </ToastContext>
  )
}
