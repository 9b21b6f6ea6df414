import { CopyButton } from './copy-button.tsx'

/** Something to copy into a page or a terminal. */
export function CodeLine({ code, label }: { code: string; label: string }) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs leading-4.5 text-ink wrap-anywhere">{code}</code>
      <CopyButton text={code} label={label} />
    </div>
  )
}
