import { Link } from '@tanstack/react-router'
import type { AttributionAnswer } from '../../../../server/reports/attribution/contract.ts'
import { ApiProblem } from '../../shared/api/problem.ts'
import { dayRange } from '../../shared/format/date.ts'
import { Button, buttonClass } from '../../shared/ui/button.tsx'
import { Card } from '../../shared/ui/card.tsx'
import { CodeLine } from '../../shared/ui/code-line.tsx'
import { Empty, Failure } from '../../shared/ui/states.tsx'
import { optionsSearch, SIMPLE_MODELS, STANDARD_OPTIONS } from './search.ts'
import { ANEW, useModels } from './use-models.ts'

/** Status of a question that the engine's limits of time or memory ended. */
const TOO_HEAVY = 422
const REFUSED = 400

/** What went wrong, and beside trying again what else may help. */
export function NoAnswer({ error, retry }: { error: unknown; retry: () => void }) {
  const { change } = useModels()
  const status = error instanceof ApiProblem ? error.status : 0
  return (
    <Card title="Credit">
      <Failure error={error} retry={retry} what="The models" />
      {status === TOO_HEAVY && (
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-5 py-3 text-sm text-ink-2 max-sm:px-4">
          <span className="mr-1">Less to compute:</span>
          <Button size="sm" onClick={() => change({ models: SIMPLE_MODELS, ...ANEW })}>
            Without Markov and Shapley
          </Button>
          <Button size="sm" onClick={() => change({ order: undefined, grain: undefined, ...ANEW })}>
            By channel, Markov order 1
          </Button>
          <Button size="sm" onClick={() => change({ range: '7d', ...ANEW })}>
            Last 7 days
          </Button>
        </div>
      )}
      {status === REFUSED && (
        <div className="flex flex-wrap items-center gap-2 border-t border-line px-5 py-3 text-sm text-ink-2 max-sm:px-4">
          <Button
            size="sm"
            onClick={() =>
              change({
                goal: undefined,
                window: undefined,
                range: undefined,
                ...optionsSearch(STANDARD_OPTIONS),
                ...ANEW,
              })
            }
          >
            Back to the defaults
          </Button>
        </div>
      )}
    </Card>
  )
}

/** The site wants nothing of its visitors yet: how to say what. */
export function NoGoals() {
  const { site } = useModels()
  const body = '{"name":"Test drive","match":{"type":"page","page":"/test-drive/thank-you"}}'
  const command = `curl ${location.origin}/api/v1/sites/${site?.id ?? 1}/goals -H 'content-type: application/json' -d '${body}'`
  return (
    <section
      aria-labelledby="no-goals"
      className="rounded-lg border border-line bg-surface px-5 py-7 shadow-card sm:px-8 sm:py-9"
    >
      <h2 id="no-goals" className="text-xl font-semibold tracking-tight">
        Nothing to share out yet
      </h2>
      <p className="mt-1 mb-4 max-w-prose text-sm text-ink-2">
        Credit is shared out of conversions, and a conversion is a goal reached. This site has no goal. Make
        one: a page that is only seen afterwards, a form, a call, a download, or what another system tells. It
        is looked for in all history at once.
      </p>
      <div className="max-w-3xl">
        <CodeLine code={command} label="Copy the command" />
      </div>
      <p className="mt-4 flex flex-wrap gap-2">
        <a href="/api/docs" className={buttonClass('primary')}>
          Goals in the API’s description
        </a>
      </p>
    </section>
  )
}

/** Goals, but no conversion in these days. */
export function NoConversions({ answer }: { answer: AttributionAnswer }) {
  const { view, change } = useModels()
  const { available, from, to } = answer.meta
  return (
    <Card title="Credit">
      <Empty
        title={
          view.goal === null ? 'No conversion in these days' : `Nobody reached “${view.goal}” in these days`
        }
        actions={
          <>
            {available !== null && view.range !== 'all' && (
              <Button look="primary" onClick={() => change({ range: 'all', ...ANEW })}>
                Look at all time
              </Button>
            )}
            {view.goal !== null && (
              <Button onClick={() => change({ goal: undefined, ...ANEW })}>All goals</Button>
            )}
            {available === null && (
              <Link to="/" className={buttonClass('primary')}>
                See the first steps
              </Link>
            )}
          </>
        }
      >
        {available === null
          ? 'Nothing was ever stored for this site.'
          : `${dayRange(from, to)} hold nothing to share out. There is data for ${dayRange(available.from, available.to)}.`}
      </Empty>
    </Card>
  )
}
