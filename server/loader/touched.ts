import type { JudgedHit } from '../domain/judged.ts'

/** Visitors of a site who have hits of a stretch of time. */
export interface TouchedStretch {
  /** Unix milliseconds, `until` exclusive. */
  since: number
  until: number
  /** Local days of these hits, `YYYY-MM-DD`. */
  firstDay: string
  lastDay: string
  visitors: Set<string>
}

const HOUR_MS = 3_600_000

/** Visitors whose sessions may have changed, since hits of theirs came in, told apart by the hour of these hits. */
export class TouchedVisitors {
  readonly #sites = new Map<number, Map<number, TouchedStretch>>()

  add({ siteId, day, time, visitor, kind, traffic }: JudgedHit): void {
    if (visitor === '' || traffic !== 'person' || kind === 'click' || kind === 'conversion') return
    const hours = this.#sites.get(siteId) ?? new Map<number, TouchedStretch>()
    this.#sites.set(siteId, hours)
    const hour = Math.floor(time / HOUR_MS)
    const stretch = hours.get(hour)
    if (stretch) {
      stretch.visitors.add(visitor)
      if (day < stretch.firstDay) stretch.firstDay = day
      else if (day > stretch.lastDay) stretch.lastDay = day
    } else {
      const [since, until] = [hour * HOUR_MS, (hour + 1) * HOUR_MS]
      hours.set(hour, { since, until, firstDay: day, lastDay: day, visitors: new Set([visitor]) })
    }
  }

  /**
   * The stretches in their order, neighbouring ones put together while they have at most `most` visitors, are no
   * longer than `longest` milliseconds and no farther than `apart` from each other. One hour's visitors that are more
   * are cut.
   */
  stretches(limits: { most: number; longest: number; apart: number }): [siteId: number, TouchedStretch][] {
    return [...this.#sites].flatMap(([siteId, hours]) => {
      const inOrder = [...hours.values()].sort((a, b) => a.since - b.since)
      return together(inOrder, limits).map((stretch): [number, TouchedStretch] => [siteId, stretch])
    })
  }
}

function together(
  hours: readonly TouchedStretch[],
  { most, longest, apart }: { most: number; longest: number; apart: number },
): TouchedStretch[] {
  const stretches: TouchedStretch[] = []
  for (const hour of hours.flatMap((one) => cut(one, most))) {
    const last = stretches.at(-1)
    const fits =
      last &&
      last.visitors.size + hour.visitors.size <= most &&
      hour.until - last.since <= longest &&
      hour.since - last.until <= apart
    if (fits) extend(last, hour)
    else stretches.push(hour)
  }
  return stretches
}

function extend(stretch: TouchedStretch, { until, firstDay, lastDay, visitors }: TouchedStretch): void {
  stretch.until = until
  if (firstDay < stretch.firstDay) stretch.firstDay = firstDay
  if (lastDay > stretch.lastDay) stretch.lastDay = lastDay
  for (const visitor of visitors) stretch.visitors.add(visitor)
}

/** In parts of at most so many visitors; a copy in any case. */
function cut(stretch: TouchedStretch, most: number): TouchedStretch[] {
  const visitors = [...stretch.visitors]
  const parts: TouchedStretch[] = []
  for (let at = 0; at < visitors.length; at += most) {
    parts.push({ ...stretch, visitors: new Set(visitors.slice(at, at + most)) })
  }
  return parts
}
