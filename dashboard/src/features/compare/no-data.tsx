import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileInput, Link2, Radar } from 'lucide-react'
import type { ReactNode } from 'react'
import { domains, originOf } from '../../shared/api/domains.ts'
import { dayRange } from '../../shared/format/date.ts'
import { Button, buttonClass } from '../../shared/ui/button.tsx'
import { CodeLine } from '../../shared/ui/code-line.tsx'
import { Empty } from '../../shared/ui/states.tsx'
import { filterSearch } from './search.ts'
import { useCompare } from './use-compare.ts'

/** The days hold nothing that counts: says why, and offers what does. */
export function NothingHere({ available }: { available: { from: string; to: string } }) {
  const { view, change } = useCompare()
  if (view.chips.length > 0) {
    return (
      <Empty
        title="Nothing matches these filters in these days"
        actions={
          <>
            <Button look="primary" onClick={() => change({ filter: filterSearch([]) })}>
              Clear the filters
            </Button>
            <Button onClick={() => change({ range: 'all' })}>Look at all time</Button>
          </>
        }
      />
    )
  }
  return (
    <Empty
      title="Nothing was counted in these days"
      actions={
        <Button
          look="primary"
          onClick={() => change({ range: `${available.from}..${available.to}`, p: undefined })}
        >
          Show {dayRange(available.from, available.to)}
        </Button>
      }
    >
      There is data for {dayRange(available.from, available.to)}.
    </Empty>
  )
}

/** Nothing was ever stored: the three ways to begin. */
export function FirstSteps() {
  const { site } = useCompare()
  const { data: hosts } = useQuery(domains)
  const snippet = `<script defer src="${originOf(hosts?.[0])}/t.js"${site && site.name !== 'default' ? ` data-site="${site.name}"` : ''}></script>`
  return (
    <section
      aria-labelledby="first-steps"
      className="rounded-lg border border-line bg-surface px-5 py-7 shadow-card sm:px-8 sm:py-9"
    >
      <h2 id="first-steps" className="text-xl font-semibold tracking-tight">
        Follow the first trail
      </h2>
      <p className="mt-1 max-w-prose text-sm text-ink-2">
        Nothing has been stored for this site yet. Any one of these is enough to begin; the first two together
        set social beside search on every page.
      </p>
      <ol className="mt-7 grid gap-x-10 gap-y-8 lg:grid-cols-3">
        <Step number={1} icon={<Link2 />} title="Make a link">
          <p>Put it in a post. Every click on it is counted and tied to that post.</p>
          <Link to="/links" search={{ panel: 'new' }} className={`${buttonClass('primary')} self-start`}>
            Make a link
          </Link>
        </Step>
        <Step number={2} icon={<Radar />} title="See who arrives">
          <p>
            This line, in the head of your pages, sees arrivals: those of social posts and those of search
            engines.
          </p>
          <CodeLine code={snippet} label="Copy the script line" />
        </Step>
        <Step number={3} icon={<FileInput />} title="Bring your history">
          <p>
            Clicks from Bitly, visits from your server's access logs. A file that is read twice adds nothing.
          </p>
          <CodeLine code="jejak import bitly clicks.ndjson" label="Copy the Bitly command" />
          <CodeLine
            code="jejak import access-log access.log --host www.example.com"
            label="Copy the access log command"
          />
        </Step>
      </ol>
    </section>
  )
}

function Step({
  number,
  icon,
  title,
  children,
}: {
  number: number
  icon: ReactNode
  title: string
  children: ReactNode
}) {
  return (
    <li className="flex flex-col gap-3 text-sm text-ink-2">
      <h3 className="flex items-center gap-2.5 text-md font-semibold text-ink">
        <span
          className="flex size-8 items-center justify-center rounded-md bg-accent-soft text-accent [&>svg]:size-4.5"
          aria-hidden
        >
          {icon}
        </span>
        <span className="sr-only">{number}.</span> {title}
      </h3>
      {children}
    </li>
  )
}
