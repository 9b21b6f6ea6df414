import { Fragment } from 'react'
import { CopyButton } from './copy-button.tsx'

/** Something to copy into a page or a terminal. */
export function CodeLine({ code, label }: { code: string; label: string }) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs leading-4.5 text-ink wrap-anywhere">
        {code.split(' ').map((word, index) => (
          // A line ends between words where it can, not at the hyphens of a flag.
          // biome-ignore lint/suspicious/noArrayIndexKey: words may repeat and are never reordered
          <Fragment key={index}>
            {index > 0 && ' '}
            <span className="inline-block max-w-full">{word}</span>
          </Fragment>
        ))}
      </code>
      <CopyButton text={code} label={label} />
    </div>
  )
}
