import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useSite } from '../../shared/api/sites.ts'
import { Button } from '../../shared/ui/button.tsx'
import { demo, refreshSites, useRemoveDemo } from './demo-api.ts'

/** Above every page while the demo's site is shown: none of it is true, and it can be taken away. */
export function DemoBanner() {
  const { site: named } = useSearch({ strict: false })
  const site = useSite(named)
  const { data } = useQuery(demo)
  const remove = useRemoveDemo()
  const [asked, setAsked] = useState(false)
  useLeaveWhenGone(data?.state)
  if (data?.site === null || data === undefined || site?.name !== data.site) return null
  const isGoing = data.state === 'removing'
  return (
    <section aria-label="Demo" className="border-b border-line bg-accent-soft">
      <div className="mx-auto flex max-w-330 flex-wrap items-center gap-x-4 gap-y-2 px-6 py-2 text-sm max-sm:px-3">
        <FlaskConical className="size-4 shrink-0 text-accent" aria-hidden />
        <p className="min-w-0 flex-1 basis-64">
          <strong className="font-semibold">Demo data.</strong> A made-up brand: nobody here ever clicked.{' '}
          {data.state === 'making' && 'It is still being made. '}
          {data.state === 'unfinished' && 'It was never finished. '}
          {data.error !== '' && <span className="text-danger wrap-anywhere">{data.error} </span>}
          <span className="text-ink-2">
            Its pages: <code>npm run demo</code>
          </span>
        </p>
        {isGoing ? (
          <span role="status" className="text-ink-2">
            Being removed …
          </span>
        ) : asked ? (
          <span className="flex items-center gap-2">
            Remove its links and all its figures?
            <Button size="sm" look="primary" onClick={() => remove.mutate()}>
              Remove
            </Button>
            <Button size="sm" onClick={() => setAsked(false)}>
              Keep
            </Button>
          </span>
        ) : (
          <Button size="sm" onClick={() => setAsked(true)}>
            Remove the demo
          </Button>
        )}
      </div>
    </section>
  )
}

function useLeaveWhenGone(state: string | undefined): void {
  const client = useQueryClient()
  const navigate = useNavigate()
  const wasGoing = useRef(false)
  useEffect(() => {
    if (state === 'removing') wasGoing.current = true
    else if (state === 'absent' && wasGoing.current) {
      wasGoing.current = false
      // The chosen site goes along from page to page unless another is named.
      void navigate({ to: '/', search: { site: 'default' } }).then(() => refreshSites(client))
    }
  })
}
