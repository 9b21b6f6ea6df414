import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { ApiProblem } from '../../shared/api/problem.ts'
import { sites, useSite } from '../../shared/api/sites.ts'
import { Card } from '../../shared/ui/card.tsx'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { EvidenceCard } from './evidence-card.tsx'
import { VerdictCard } from './verdict-card.tsx'
import { EMPTY_VISIT, type VisitForm, visitOf } from './visit.ts'
import { complaintAbout, VisitFormCard } from './visit-form.tsx'
import { verdict } from './why-api.ts'
import { deciderWords } from './words.ts'

const route = getRouteApi('/why')
const FIELDS = Object.keys(EMPTY_VISIT) as (keyof VisitForm)[]

/** Why a visit got its channel: paste it, and see what was weighed. The address holds the visit. */
export function WhyPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const client = useQueryClient()
  const site = useSite(search.site)
  const { isPending: sitesPending } = useQuery(sites)
  const visit = useMemo(() => visitOf(search), [search])
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...verdict(visit, search.site ?? site?.name),
    // Which site is the default one is known from the list; without the list only the built-in rules speak.
    enabled: visit !== null && (search.site !== undefined || !sitesPending),
  })
  const problem = error instanceof ApiProblem ? error : null
  const placed = problem !== null && FIELDS.some((field) => complaintAbout(problem, field) !== undefined)
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-end gap-4">
        <div className="min-w-0 flex-1">
          <h1 className="text-xl font-semibold tracking-tight">Why this channel?</h1>
          <p className="text-sm text-ink-2">
            Paste a visit and see what was weighed. Nothing is stored
            {site === undefined ? '.' : <SiteNote name={site.name} />}
          </p>
        </div>
        {visit !== null && (
          <CopyButton text={location.href} label="Copy the address of this page" size="md" />
        )}
      </div>
      <VisitFormCard
        search={search}
        problem={problem}
        onExplain={(next) => {
          // The rules may have changed since the same visit was asked about.
          void client.invalidateQueries({ queryKey: ['classify'] })
          void navigate({ search: { site: search.site, ...next }, resetScroll: false })
        }}
      />
      <p role="status" className="sr-only">
        {data !== undefined && error === null && `${data.channel}. ${deciderWords(data.rule)}`}
      </p>
      {visit === null ? (
        <Card title="Verdict">
          <Empty title="No visit yet">
            Paste the address of a landing page as the browser had it, with all its tags, or try one of the
            examples.
          </Empty>
        </Card>
      ) : error !== null ? (
        <Card title="Verdict">
          {placed ? (
            <Empty title="The visit could not be read">See the field that is marked above.</Empty>
          ) : (
            <Failure error={error} retry={() => void refetch()} what="The verdict" />
          )}
        </Card>
      ) : data === undefined ? (
        <Waiting />
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <VerdictCard label={data} stale={isPlaceholderData} />
          <EvidenceCard label={data} stale={isPlaceholderData} />
        </div>
      )}
    </div>
  )
}

function SiteNote({ name }: { name: string }) {
  return (
    <>
      ; the hosts and{' '}
      <Link
        to="/rules"
        className="rounded-sm underline decoration-line-strong underline-offset-3 hover:text-ink"
      >
        rules
      </Link>{' '}
      of the site {name} count.
    </>
  )
}

function Waiting() {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <Card title="Verdict">
        <div className="px-5 pb-5">
          <Skeleton className="h-9 w-52" />
          <Skeleton className="mt-5 h-52" />
        </div>
      </Card>
      <Card title="Evidence">
        <div className="flex flex-col gap-2 px-5 pb-5">
          <Skeleton className="h-20" />
          <Skeleton className="h-20" />
          <Skeleton className="h-20" />
        </div>
      </Card>
    </div>
  )
}
