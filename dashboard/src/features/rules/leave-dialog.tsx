import { useBlocker } from '@tanstack/react-router'
import { AlertDialog } from 'radix-ui'
import { Button } from '../../shared/ui/button.tsx'

/** Asks before changes are lost: on the way to another page or site, and when the tab is closed. */
export function LeaveDialog({ changed }: { changed: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      changed && (next.pathname !== current.pathname || next.search.site !== current.search.site),
    enableBeforeUnload: changed,
    withResolver: true,
  })
  return (
    <AlertDialog.Root open={status === 'blocked'}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Content
          onEscapeKeyDown={() => reset?.()}
          className="enter fixed inset-x-4 top-1/3 z-40 mx-auto max-w-100 rounded-lg border border-line bg-raised p-5 shadow-float outline-none"
        >
          <AlertDialog.Title className="text-md font-semibold">Leave without saving?</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 text-sm text-ink-2">
            The changes to these rules would be lost.
          </AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button onClick={() => reset?.()}>Stay</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="primary" onClick={() => proceed?.()}>
                Leave
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
