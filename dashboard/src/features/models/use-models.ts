import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { Progress } from '../../../../server/reports/attribution/contract.ts'
import { askedSite, useSite } from '../../shared/api/sites.ts'
import { dayIn } from '../../shared/time/days.ts'
import { attribution, useProgress } from './attribution-api.ts'
import { type ModelsSearch, modelsQuestion, viewOf } from './search.ts'

const route = getRouteApi('/models')

/** The view that the address names, and a way to change it. */
export function useModels() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const site = useSite(search.site)
  const view = useMemo(() => viewOf(search), [search])
  const change = useCallback(
    (patch: Partial<ModelsSearch>, how: { replace?: boolean } = {}) =>
      void navigate({
        search: (before) => ({ ...before, ...patch }),
        replace: how.replace ?? false,
        resetScroll: false,
      }),
    [navigate],
  )
  const timezone = site?.timezone ?? 'UTC'
  return { view, change, site, asked: askedSite(search.site, site), timezone, today: dayIn(timezone) }
}

/** What a change of the question does to the address: pages of lists begin anew. */
export const ANEW = { p: undefined, paths: undefined } satisfies Partial<ModelsSearch>

/** Credits by the view's grain. The sides come first: both at once would keep the page's first answer waiting. */
export function useCredits() {
  const { view, asked } = useModels()
  const sides = useSideCredits()
  const question = useMemo(() => modelsQuestion(view, asked), [view, asked])
  const ready = sides.data !== undefined && !sides.isPlaceholderData
  return { ...useQuery({ ...attribution(question), enabled: ready }), question }
}

/** The same by side. */
export function useSideCredits() {
  const { view, asked } = useModels()
  const question = useMemo(() => modelsQuestion(view, asked, 'side'), [view, asked])
  return { ...useQuery(attribution(question)), question }
}

/** Whether credits are under way, and how far the question is that is being answered. */
export function useUnderWay(): { busy: boolean; progress: Progress | undefined } {
  const sides = useSideCredits()
  const credits = useCredits()
  const ofSides = useProgress(sides.question)
  const ofCredits = useProgress(credits.question)
  return {
    busy: sides.isFetching || credits.isFetching || (sides.error === null && credits.isPlaceholderData),
    progress: sides.isFetching ? ofSides : ofCredits,
  }
}
