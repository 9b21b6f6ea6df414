import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { ApiProblem } from '../../shared/api/problem.ts'
import { Button } from '../../shared/ui/button.tsx'
import { type Demo, demo, progressOf, refreshSites, useMakeDemo } from './demo-api.ts'

/** On a dashboard without data: made-up data at the press of a button, and then the look at it. */
export function DemoOffer() {
  const { data } = useQuery(demo)
  const make = useMakeDemo()
  const open = useOpenDemo()
  useOpenWhenReady(data, open)
  if (data === undefined || !data.available || data.state === 'removing') return null
  const problem = make.error instanceof ApiProblem ? make.error.message : (data.error ?? '')
  return (
    <section
      aria-labelledby="demo-offer"
      className="flex flex-wrap items-center gap-x-6 gap-y-4 rounded-lg border border-dashed border-line-strong px-5 py-5 sm:px-8"
    >
      <FlaskConical className="size-6 shrink-0 text-ink-3" aria-hidden />
      <div className="min-w-0 flex-1 basis-72">
        <h2 id="demo-offer" className="text-md font-semibold">
          Nothing of your own yet?
        </h2>
        <p className="text-sm text-ink-2">
          A made-up car brand with ninety days of posts, searches and test drives, on a site of its own named
          demo. One click takes all of it away again.
        </p>
        {problem !== '' && (
          <p role="alert" className="mt-1 text-sm text-danger wrap-anywhere">
            {problem}
          </p>
        )}
      </div>
      {data.state === 'making' ? (
        <Progress demo={data} />
      ) : data.state === 'ready' ? (
        <Button look="primary" onClick={open}>
          Look at the demo
        </Button>
      ) : (
        <Button look="primary" disabled={make.isPending} onClick={() => make.mutate()}>
          {data.state === 'unfinished' ? 'Go on making the demo' : 'Show me with demo data'}
        </Button>
      )}
    </section>
  )
}

function Progress({ demo: { hits, made, loaded } }: { demo: Demo }) {
  const share = progressOf({ hits, made, loaded })
  return (
    <div className="flex w-56 flex-col gap-1.5 text-xs text-ink-2">
      <progress
        value={share}
        aria-label="Making the demo"
        className="h-2 w-full appearance-none overflow-hidden rounded-full bg-hover [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent"
      />
      <span className="tabular-nums">
        {made.toLocaleString('en')} hits made, {loaded.toLocaleString('en')} loaded
      </span>
    </div>
  )
}

function useOpenDemo(): () => void {
  const client = useQueryClient()
  const navigate = useNavigate()
  return () => {
    void refreshSites(client).then(() => navigate({ to: '/', search: { site: 'demo' } }))
  }
}

/** Goes there once the demo that was being made here stands; one that stood before is left to a click. */
function useOpenWhenReady(data: Demo | undefined, open: () => void): void {
  const wasMaking = useRef(false)
  const state = data?.state
  useEffect(() => {
    if (state === 'making') wasMaking.current = true
    else if (state === 'ready' && wasMaking.current) {
      wasMaking.current = false
      open()
    }
  })
}
