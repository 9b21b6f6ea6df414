import { MODELS, type Model } from '../../server/domain/attribution/contract.ts'
import { runModel } from '../../server/domain/attribution/models.ts'
import { collectPaths, type TouchPath } from '../../server/domain/attribution/paths.ts'
import {
  type Assisted,
  type AttributionAnswer,
  type AttributionRequest,
  type AttributionRow,
  NO_TOUCH,
  type PathRow,
  type PathsAnswer,
  type PathsRequest,
} from '../../server/reports/attribution/contract.ts'
import { STANDARD_OPTIONS } from '../src/features/models/search.ts'
import { boundsOf, type Days, parseRange } from '../src/shared/range/range.ts'
import { addDays } from '../src/shared/time/days.ts'
import { GOALS, type Journey, pathOf } from './fixture-journeys.ts'

interface Path extends TouchPath {
  ages: number[]
  consent: boolean
}

/** What a question is about, before models. */
interface Picked {
  days: Days
  /** One a journey. */
  paths: Path[]
  untouched: { conversions: number; value: number }
  totals: { conversions: number; value: number }
  oneDay: number
  /** First and last day of all journeys; null where there are none. */
  available: { from: string; to: string } | null
  /** The window after the days is not over. */
  open: boolean
}

const sum = <T>(list: readonly T[], of: (one: T) => number) => list.reduce((total, one) => total + of(one), 0)
const part = (one: number, all: number) => (all === 0 ? null : one / all)

function pick(request: AttributionRequest, all: Journey[], today: string): Picked {
  const [first = today] = all.map(({ day }) => day).sort()
  const range = typeof request.date_range === 'string' ? parseRange(request.date_range) : request.date_range
  const days = boundsOf(range, today, [first, today]) ?? [today, today]
  const within = all.filter(({ day }) => day >= days[0] && day <= days[1])
  const paths: Path[] = []
  const untouched = { conversions: 0, value: 0 }
  let oneDay = 0
  for (const journey of within) {
    const counts = journey.goal !== null && (request.goal == null || journey.goal === request.goal)
    const conversions = counts ? journey.people : 0
    const value = counts ? journey.value : 0
    if (!journey.consent) oneDay += conversions
    const { touches, ages } = pathOf(journey, request)
    if (touches.length === 0) {
      untouched.conversions += conversions
      untouched.value += value
    } else
      paths.push({
        touches,
        ages,
        conversions,
        value,
        nulls: journey.people - conversions,
        consent: journey.consent,
      })
  }
  const totals = {
    conversions: sum(paths, (one) => one.conversions) + untouched.conversions,
    value: sum(paths, (one) => one.value) + untouched.value,
  }
  const last = all
    .map(({ day }) => day)
    .sort()
    .at(-1)
  const available = last === undefined ? null : { from: first, to: last }
  const open = addDays(days[1], Math.ceil(request.window ?? 30)) >= today
  return { days, paths, untouched, totals, oneDay, available, open }
}

/** Answers `/api/v1/attribution` from made-up journeys, with the real models. */
export function attributionAnswer(
  request: AttributionRequest,
  all: Journey[],
  today: string,
): AttributionAnswer {
  const picked = pick(request, all, today)
  const { paths, untouched, totals } = picked
  const options = { ...STANDARD_OPTIONS, ...request.options }
  const used = options.nulls && !picked.open
  const models = request.models ?? [...MODELS]
  const set = collectPaths(used ? paths : paths.map((path) => ({ ...path, nulls: 0 })))
  const rows = new Map<string, AttributionRow>()
  const row = (key: string): AttributionRow => {
    const found = rows.get(key) ?? { key, credits: {}, assisted: null, removalEffect: null }
    rows.set(key, found)
    return found
  }
  const credit = (key: string, model: Model, conversions: number, value: number) => {
    row(key).credits[model] = {
      conversions,
      value,
      conversionShare: part(conversions, totals.conversions),
      valueShare: part(value, totals.value),
    }
  }
  for (const model of models) {
    const { credits, removalEffects } = runModel(model, set, { ...options, permutations: 200 })
    set.keys.forEach((key, at) => {
      credit(key, model, credits.conversions[at] ?? 0, credits.values[at] ?? 0)
      if (removalEffects === undefined) return
      const { conversions, values } = removalEffects
      row(key).removalEffect = { conversions: conversions[at] ?? 0, value: values[at] ?? 0 }
    })
    if (untouched.conversions > 0) credit(NO_TOUCH, model, untouched.conversions, untouched.value)
  }
  for (const [key, assisted] of assists(paths)) row(key).assisted = assisted
  const by = models.at(-1) ?? 'last'
  const weight = ({ key, credits }: AttributionRow) =>
    key === NO_TOUCH ? Number.NEGATIVE_INFINITY : (credits[by]?.conversions ?? 0)
  return {
    ...rest(request, picked, options),
    results: [...rows.values()].sort((a, b) => weight(b) - weight(a)),
    statistics: statistics(paths.filter(({ conversions }) => conversions > 0)),
    topPaths: pathRows(picked, used).slice(0, request.paths ?? 10),
    query: { ...asked(request, picked.days, options), models, paths: request.paths ?? 10 },
  }
}

/** Answers `/api/v1/attribution/paths`. */
export function pathsAnswer(request: PathsRequest, all: Journey[], today: string): PathsAnswer {
  const picked = pick(request, all, today)
  const options = { ...STANDARD_OPTIONS, ...request.options }
  const rows = pathRows(picked, options.nulls && !picked.open)
  const { limit = 100, offset = 0 } = request
  const { meta, ...others } = rest(request, picked, options)
  return {
    ...others,
    results: rows.slice(offset, offset + limit),
    meta: { ...meta, totalRows: rows.length },
    query: { ...asked(request, picked.days, options), limit, offset },
  }
}

/** Both as CSV, columns as the service has them. */
export function attributionCsv({ results }: AttributionAnswer): string {
  const lines = results.flatMap(({ key, credits }) =>
    Object.entries(credits).map(([model, one]) =>
      [key, model, one.conversions, one.value, one.conversionShare, one.valueShare].join(','),
    ),
  )
  return ['key,model,conversions,value,conversion_share,value_share', ...lines].join('\n')
}

export function pathsCsv({ results }: PathsAnswer): string {
  const lines = results.map((one) =>
    [one.path.join(' > '), one.conversions, one.value, one.nulls, one.share, one.secondsToConvert].join(','),
  )
  return ['path,conversions,value,nulls,share,seconds_to_convert', ...lines].join('\n')
}

type Options = AttributionAnswer['query']['options']

function asked(request: AttributionRequest | PathsRequest, days: Days, options: Options) {
  return {
    site: request.site ?? 'default',
    date_range: days,
    goal: request.goal ?? null,
    grain: request.grain ?? 'channel',
    window: request.window ?? 30,
    sides: request.sides ?? 'organic',
    options,
  }
}

function rest(request: AttributionRequest | PathsRequest, picked: Picked, options: Options) {
  const { days, paths, untouched, totals, oneDay, open } = picked
  const converted = totals.conversions - untouched.conversions
  const warnings =
    request.goal != null && !GOALS.some((goal) => goal === request.goal)
      ? [`There is no goal ${request.goal}.`]
      : []
  return {
    totals,
    coverage: {
      withTouch: converted,
      withoutTouch: untouched.conversions,
      oneDayHorizon: { conversions: oneDay, share: part(oneDay, totals.conversions) },
      externallyTold: request.goal == null ? Math.round(totals.conversions * 0.04) : 0,
      unfollowed: 0,
    },
    nulls: {
      used: options.nulls && !open,
      paths: options.nulls && !open ? sum(paths, (path) => path.nulls) : null,
      censoredUntil:
        options.nulls && open
          ? `${addDays(days[1], 1 + Math.ceil(request.window ?? 30))}T00:00:00+08:00`
          : null,
    },
    meta: {
      timezone: 'Asia/Kuala_Lumpur',
      from: days[0],
      to: days[1],
      completeUntil: new Date(Date.now() - 2_000).toISOString(),
      rulesVersion: 1,
      totalRows: 0,
      warnings,
      available: picked.available,
    },
  }
}

function assists(paths: Path[]): Map<string, Assisted> {
  const found = new Map<string, Assisted>()
  const of = (key: string) => {
    const one = found.get(key) ?? { conversions: 0, value: 0, lastConversions: 0, ratio: null }
    found.set(key, one)
    return one
  }
  for (const { touches, conversions, value } of paths) {
    const last = touches.at(-1) ?? ''
    of(last).lastConversions += conversions
    for (const key of new Set(touches)) {
      if (key === last) continue
      of(key).conversions += conversions
      of(key).value += value
    }
  }
  for (const one of found.values()) one.ratio = part(one.conversions, one.lastConversions)
  return found
}

function pathRows({ paths }: Picked, nulls: boolean): PathRow[] {
  const groups = new Map<string, { row: PathRow; seconds: number }>()
  const all = sum(paths, (path) => path.conversions)
  for (const { touches, ages, conversions, value, nulls: lost } of paths) {
    if (conversions === 0 && !nulls) continue
    const name = touches.join('\u0000')
    const group = groups.get(name) ?? {
      row: {
        path: [...touches],
        conversions: 0,
        value: 0,
        nulls: nulls ? 0 : null,
        share: 0,
        secondsToConvert: null,
      },
      seconds: 0,
    }
    group.row.conversions += conversions
    group.row.value += value
    if (group.row.nulls !== null) group.row.nulls += lost
    group.seconds += (ages[0] ?? 0) * 86_400 * conversions
    groups.set(name, group)
  }
  for (const { row, seconds } of groups.values()) {
    row.share = part(row.conversions, all)
    row.secondsToConvert = part(seconds, row.conversions)
  }
  return [...groups.values()]
    .map(({ row }) => row)
    .sort(
      (a, b) =>
        b.conversions - a.conversions ||
        (b.nulls ?? 0) - (a.nulls ?? 0) ||
        a.path.join('\u0000').localeCompare(b.path.join('\u0000')),
    )
}

function statistics(paths: Path[]): AttributionAnswer['statistics'] {
  const all = sum(paths, (path) => path.conversions)
  const seconds = (path: Path) => (path.ages[0] ?? 0) * 86_400
  const spread = (of: (path: Path) => number) => {
    if (all === 0) return null
    const sorted = paths.toSorted((a, b) => of(a) - of(b))
    let left = all / 2
    const middle = sorted.find((path) => {
      left -= path.conversions
      return left <= 0
    })
    return { mean: sum(paths, (path) => of(path) * path.conversions) / all, median: middle ? of(middle) : 0 }
  }
  const count = (fits: (path: Path) => boolean) => sum(paths.filter(fits), (path) => path.conversions)
  const begins = [0, 1, 2, 3, 4, 5, 6, 7, 14, 21, 30, 60]
  return {
    length: spread((path) => path.touches.length),
    lengths: Array.from({ length: 10 }, (_, at) => ({
      touches: at + 1,
      conversions: count(({ touches }) => Math.min(10, touches.length) === at + 1),
    })),
    secondsToConvert: spread(seconds),
    daysToConvert: begins
      .map((days, at) => ({
        days,
        conversions: count((path) => {
          const whole = Math.floor(seconds(path) / 86_400)
          return whole >= days && whole < (begins[at + 1] ?? Number.POSITIVE_INFINITY)
        }),
      }))
      .filter(({ conversions, days }) => conversions > 0 || days < 7),
  }
}
