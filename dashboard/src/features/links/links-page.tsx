import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useMemo } from 'react'
import { useSite } from '../../shared/api/sites.ts'
import { count } from '../../shared/format/number.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Card } from '../../shared/ui/card.tsx'
import { SearchBox } from '../../shared/ui/search-box.tsx'
import { Segmented } from '../../shared/ui/segmented.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { LinkList } from './link-list.tsx'
import { LinkSheet } from './link-sheet.tsx'
import { linkList } from './links-api.ts'
import type { LinksSearch, StateFilter } from './search.ts'

const route = getRouteApi('/links')

const STATES: { value: StateFilter | 'current'; label: string }[] = [
  { value: 'current', label: 'Current' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'archived', label: 'Archived' },
  { value: 'all', label: 'All' },
]

/** Every short link: find, copy, make, change. */
export function LinksPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const site = useSite(search.site)
  const list = useInfiniteQuery(linkList(search))
  const links = useMemo(() => list.data?.pages.flatMap((page) => page.data), [list.data])
  const change = (patch: Partial<LinksSearch>, replace = false) =>
    void navigate({ search: (before) => ({ ...before, ...patch }), replace, resetScroll: false })
  const narrowed = search.search !== undefined || search.state !== undefined
  const make = (
    <Button look="primary" onClick={() => change({ panel: 'new' })}>
      <Plus className="size-4" aria-hidden />
      New link
    </Button>
  )
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center justify-between gap-4">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">Links</h1>
          <p className="text-sm text-ink-2">One for each post: its clicks are tied to it for good.</p>
        </div>
        {make}
      </div>
      <Card
        title="Short links"
        note={links !== undefined && `${count(links.length)}${list.hasNextPage ? '+' : ''}`}
        stale={list.isPlaceholderData}
        actions={
          <>
            <Segmented
              label="State"
              value={search.state ?? 'current'}
              options={STATES}
              onChange={(next) => change({ state: next === 'current' ? undefined : next })}
            />
            <SearchBox
              label="Find a link"
              value={search.search ?? ''}
              onChange={(text) => change({ search: text.trim() || undefined }, true)}
              className="w-60 max-sm:w-full"
            />
          </>
        }
      >
        {links === undefined ? (
          list.error !== null ? (
            <Failure error={list.error} retry={() => void list.refetch()} what="The links" />
          ) : (
            <ListSkeleton />
          )
        ) : links.length === 0 ? (
          narrowed ? (
            <Empty
              title="No link fits"
              actions={
                <Button onClick={() => change({ search: undefined, state: 'all' })}>Show all links</Button>
              }
            >
              Slug, destination, title and campaign are searched.
            </Empty>
          ) : (
            <Empty title="No link yet" actions={make}>
              Make one for a post, and see who follows it to which page.
            </Empty>
          )
        ) : (
          <LinkList links={links} timezone={site?.timezone ?? 'UTC'} />
        )}
        {list.hasNextPage && (
          <div className="flex justify-center border-t border-line py-3">
            <Button onClick={() => void list.fetchNextPage()} disabled={list.isFetchingNextPage}>
              {list.isFetchingNextPage ? 'Fetching …' : list.isFetchNextPageError ? 'Try again' : 'Show more'}
            </Button>
          </div>
        )}
      </Card>
      <LinkSheet known={links ?? []} />
    </div>
  )
}

function ListSkeleton() {
  return (
    <div className="px-5 pb-4">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((row) => (
        <div key={row} className="flex items-center gap-6 border-t border-line py-3.5">
          <Skeleton className="h-4 w-1/4" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-16" />
        </div>
      ))}
    </div>
  )
}
