import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronsUpDown } from 'lucide-react'
import { DemoBanner } from '../features/demo/demo-banner.tsx'
import { sites, useSite } from '../shared/api/sites.ts'
import { useRefusal } from '../shared/api/token.ts'
import { ThemeSwitch } from './theme-switch.tsx'
import { TokenGate } from './token-gate.tsx'

/** What stands around every page. */
export function Shell() {
  const refusal = useRefusal()
  return (
    <>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-ink px-3 py-1.5 text-sm text-bg focus:translate-y-0"
      >
        To the content
      </a>
      <header className="sticky top-0 z-20 border-b border-line bg-surface">
        <div className="mx-auto flex h-13 max-w-330 items-center gap-1 px-6 max-sm:gap-0 max-sm:px-3">
          <Wordmark />
          <nav
            aria-label="Pages"
            className="flex h-full min-w-0 items-stretch gap-1 overflow-x-auto [scrollbar-width:none] max-sm:gap-0"
          >
            <NavLink to="/" label="Compare" />
            <NavLink to="/models" label="Models" />
            <NavLink to="/links" label="Links" />
            <NavLink to="/why" label="Why this channel?" short="Why?" />
            <NavLink to="/rules" label="Channel rules" short="Rules" />
          </nav>
          <div className="ml-auto flex shrink-0 items-center gap-1 max-sm:-mr-2 max-sm:gap-0">
            <SitePicker />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      {refusal === null && <DemoBanner />}
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto max-w-330 px-6 py-6 outline-none max-sm:px-3 max-sm:py-4"
      >
        {refusal === null ? <Outlet /> : <TokenGate refusal={refusal} />}
      </main>
    </>
  )
}

function Wordmark() {
  return (
    <Link
      to="/"
      aria-label="Jejak"
      className="mr-5 flex shrink-0 items-center gap-2 rounded-sm font-semibold tracking-tight max-sm:mr-1"
    >
      <svg viewBox="0 0 24 24" className="size-6 text-accent" aria-hidden="true">
        <g fill="currentColor">
          <circle cx="4.6" cy="19" r="1.9" opacity=".5" />
          <circle cx="9.8" cy="14.6" r="2.5" opacity=".75" />
          <circle cx="17.4" cy="7.6" r="4.4" />
        </g>
      </svg>
      <span className="text-lg max-sm:sr-only">Jejak</span>
    </Link>
  )
}

function NavLink({
  to,
  label,
  short,
}: {
  to: '/' | '/models' | '/links' | '/why' | '/rules'
  label: string
  /** Shown instead at phone width. */
  short?: string
}) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: true, includeSearch: false }}
      className="relative flex shrink-0 items-center px-2.5 text-sm font-medium text-ink-2 -outline-offset-2 max-sm:px-1 max-sm:text-xs hover:text-ink data-[status=active]:text-ink data-[status=active]:after:absolute data-[status=active]:after:inset-x-2 data-[status=active]:after:bottom-0 data-[status=active]:after:h-0.5 data-[status=active]:after:rounded-full data-[status=active]:after:bg-accent"
    >
      {short === undefined ? (
        label
      ) : (
        <>
          <span className="max-sm:sr-only">{label}</span>
          <span aria-hidden className="sm:hidden">
            {short}
          </span>
        </>
      )}
    </Link>
  )
}

/** Shown where there is more than one site. */
function SitePicker() {
  const { data } = useQuery(sites)
  const { site } = useSearch({ strict: false })
  const chosen = useSite(site)
  const navigate = useNavigate()
  if (data === undefined || data.length < 2) return null
  return (
    <div className="relative">
      <select
        aria-label="Site"
        value={chosen?.name}
        onChange={(event) =>
          void navigate({ to: '.', search: (before) => ({ ...before, site: event.target.value }) })
        }
        className="h-9 field-sizing-content max-w-44 appearance-none truncate rounded-md border border-transparent bg-transparent pr-7 pl-2.5 text-sm font-medium text-ink-2 hover:bg-hover hover:text-ink max-sm:max-w-17 max-sm:pr-5 max-sm:pl-1 max-sm:text-xs"
      >
        {data.map((one) => (
          <option key={one.id} value={one.name} className="bg-raised text-ink">
            {one.name}
          </option>
        ))}
      </select>
      <ChevronsUpDown
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 max-sm:right-1 -translate-y-1/2 text-ink-3"
        aria-hidden
      />
    </div>
  )
}
