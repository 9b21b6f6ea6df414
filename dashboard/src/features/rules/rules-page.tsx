import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { type SiteSummary, sites, useSite } from '../../shared/api/sites.ts'
import { count } from '../../shared/format/number.ts'
import { Button } from '../../shared/ui/button.tsx'
import { Card } from '../../shared/ui/card.tsx'
import { Empty, Failure, Skeleton } from '../../shared/ui/states.tsx'
import { useToast } from '../../shared/ui/toast.tsx'
import { HistoryCard } from './history-card.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { type DraftRule, put } from './rule-draft.ts'
import { RuleList } from './rule-list.tsx'
import { RuleSheet } from './rule-sheet.tsx'
import { useTrial } from './rules-api.ts'
import { SaveBar } from './save-bar.tsx'
import type { RulesSearch } from './search.ts'
import { isOf, TrialResult, TryButton } from './trial.tsx'
import { useRuleDraft } from './use-rule-draft.ts'

const route = getRouteApi('/rules')

/** A site's own channel rules: order, change, try, save. */
export function RulesPage() {
  const search = route.useSearch()
  const site = useSite(search.site)
  const { error, refetch } = useQuery(sites)
  if (site !== undefined) return <SiteRules key={site.id} site={site} search={search} />
  return (
    <Page>
      <Card title="Rules">
        {error === null ? (
          <ListSkeleton />
        ) : (
          <Failure error={error} retry={() => void refetch()} what="The site" />
        )}
      </Card>
    </Page>
  )
}

/** The rule that was deleted last, and where it stood. */
interface Deleted {
  rule: DraftRule
  at: number
}

function SiteRules({ site, search }: { site: SiteSummary; search: RulesSearch }) {
  const navigate = route.useNavigate()
  const tell = useToast()
  const state = useRuleDraft(site.id)
  const trial = useTrial(site.id)
  const { query, draft, changes, edit } = state
  const [deleted, setDeleted] = useState<Deleted | null>(null)
  const rules = draft?.rules ?? []
  const show = (patch: Pick<RulesSearch, 'panel' | 'id'>) =>
    void navigate({ search: { site: search.site, ...patch }, resetScroll: false })
  const close = () => show({})
  const opened = search.panel === 'edit' ? rules.find(({ key }) => key === search.id) : undefined
  const make = (
    <Button look="primary" disabled={draft === undefined} onClick={() => show({ panel: 'new' })}>
      <Plus className="size-4" aria-hidden />
      New rule
    </Button>
  )

  function remove(rule: DraftRule) {
    setDeleted({ rule, at: rules.findIndex(({ key }) => key === rule.key) })
    edit((before) => before.filter(({ key }) => key !== rule.key))
  }

  function undoDelete({ rule, at }: Deleted) {
    edit((before) => before.toSpliced(at, 0, rule))
    setDeleted(null)
  }

  async function save() {
    if (!(await state.save())) return
    setDeleted(null)
    tell({ text: 'Saved: new hits are judged by these rules within seconds' })
  }

  return (
    <Page actions={draft !== undefined && rules.length > 0 && make} name={site.name}>
      <Card title="Rules" note={draft !== undefined && rules.length > 0 && count(rules.length)}>
        {draft === undefined ? (
          query.error !== null ? (
            <Failure error={query.error} retry={() => void query.refetch()} what="The rules" />
          ) : (
            <ListSkeleton />
          )
        ) : rules.length === 0 ? (
          <Empty title="No rule yet" actions={make}>
            The built-in rules decide alone. Make one where your site knows better: visits from a partner’s
            host, a campaign of your own, a page that only one source leads to.
          </Empty>
        ) : (
          <RuleList
            rules={rules}
            takes={trial.data !== undefined && isOf(trial, rules) ? trial.data.rules : null}
            onEdit={edit}
            onOpen={(key) => show({ panel: 'edit', id: key })}
            onDelete={remove}
          />
        )}
      </Card>
      {draft !== undefined && (rules.length > 0 || changes?.any === true) && (
        <>
          <Card
            title="Tried against the last 30 days"
            className="[--pad:20px] max-sm:[--pad:16px]"
            actions={<TryButton trial={trial} onTry={() => trial.mutate(rules)} size="sm" />}
          >
            <TrialResult trial={trial} rules={rules}>
              <p className="px-(--pad) pb-5 text-sm text-ink-2">
                See what the list above would have moved, and how much each rule takes, before you save it. A
                rule behind a wider one takes nothing.
              </p>
            </TrialResult>
          </Card>
          <HistoryCard site={site} tried={trial.data?.meta} />
        </>
      )}
      <SaveBar
        state={state}
        attempt={<TryButton trial={trial} onTry={() => trial.mutate(rules)} />}
        onUndoDelete={deleted === null ? undefined : () => undoDelete(deleted)}
        onSave={() => void save()}
        onDiscard={() => {
          setDeleted(null)
          state.discard()
        }}
        onTakeTheirs={() => {
          setDeleted(null)
          state.takeTheirs()
        }}
      />
      <LeaveDialog changed={changes?.any === true} />
      {draft !== undefined && search.panel === 'new' && (
        <RuleSheet
          site={site.id}
          rules={rules}
          onClose={close}
          onDone={(rule) => {
            edit((before) => put(before, rule))
            close()
          }}
        />
      )}
      {opened !== undefined && (
        <RuleSheet
          key={opened.key}
          site={site.id}
          rule={opened}
          rules={rules}
          onClose={close}
          onDone={(rule) => {
            edit((before) => put(before, rule))
            close()
          }}
        />
      )}
    </Page>
  )
}

function Page({ actions, name, children }: { actions?: ReactNode; name?: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">Channel rules</h1>
          <p className="text-sm text-ink-2">
            {name === undefined ? 'The' : `Of the site ${name}: the`} first rule that fits decides, before the
            built-in ones.
          </p>
        </div>
        {actions}
      </div>
      {children}
    </div>
  )
}

function ListSkeleton() {
  return (
    <div className="px-5 pb-4 max-sm:px-4">
      {['a', 'b', 'c'].map((row) => (
        <div key={row} className="flex items-center gap-6 border-t border-line py-4">
          <Skeleton className="size-5" />
          <Skeleton className="h-8 flex-1" />
          <Skeleton className="h-5 w-28" />
        </div>
      ))}
    </div>
  )
}
