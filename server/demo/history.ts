import type { RawHit } from '../domain/hit.ts'
import { localDays } from '../domain/time/local-day.ts'
import { demoClickIds } from './click-ids.ts'
import { CHANNELS } from './facts.ts'
import { Heap } from './heap.ts'
import { fanOut, xBurst } from './machines.ts'
import { DAY_MS, type DemoLink, HOUR_MS, type Period } from './plan.ts'
import { type Random, randomOf } from './random.ts'
import { worldAt } from './rhythm.ts'
import { type Group, type Hour, type Stream, streamsOf } from './streams.ts'
import type { World } from './world.ts'

export interface HistoryOptions extends Period {
  /** About how many hits there shall be; the result is within a few per cent. */
  hits: number
  /** `origin` of its pages: `https://sepoi.example`. */
  site: { id: number; timezone: string; origin: string }
  /** Host of the short links. */
  domain: string
  links: readonly DemoLink[]
  /** The control store's key for click ids, by which landings are known as genuine. */
  clickIdKey: Uint8Array
}

/** Visits tried out to find how many hits one makes. */
const SAMPLES = 600
/** Of what machines do around a post no more than this share of a small history. */
const BURSTS_AT_MOST = 0.02

/**
 * A brand's made-up history, in the order of time: clicks, landings, visits, goals, conversions told later, and the
 * machines among them. The same options give the same hits. Each hit has its facts and its id; edge run, sequence and
 * `receivedAt` are for whoever writes it. Nothing is kept but what goes on just then and the visits that people will
 * come back for, so that any number of hits stream through.
 */
export function* demoHistory(options: HistoryOptions): Generator<RawHit> {
  const { seed, days, until, links } = options
  const from = until - days * DAY_MS
  const heap = new Heap<Due>()
  const world = worldOf(options, (time, begin) => {
    if (time < until) heap.push({ time, begin })
  })
  const { groups, streams } = streamsOf(links, options)
  const scale = scaleOf(options, groups, streams)
  for (const [index, link] of links.entries()) {
    const random = randomOf(seed, 3, index)
    if (link.halfLifeHours !== null) announce(world, link, random, scale.bursts)
  }

  for (let hour = 0; from + hour * HOUR_MS < until; hour++) {
    const now = hourAt(from, hour, days)
    for (const start of startsOf(now, streams, scale, seed)) {
      yield* due(heap, start.time, until)
      const iterator = start.stream.begin(world, { time: start.time, hour: now.world, random: start.random })
      advance(heap, iterator)
    }
  }
  yield* due(heap, until, until)
}

interface Due {
  time: number
  /** Of something that has not begun: makes its hits. */
  begin?: () => Iterator<RawHit>
  /** The next hit of something under way, and the rest of it. */
  hit?: RawHit
  rest?: Iterator<RawHit>
}

/** Everything that is due before an instant, in order. */
function* due(heap: Heap<Due>, before: number, until: number): Generator<RawHit> {
  for (let next = heap.peek(); next && next.time < before; next = heap.peek()) {
    heap.pop()
    if (next.begin) advance(heap, next.begin())
    if (!next.hit || !next.rest) continue
    // What comes after the end of the history is never made: its hits come in the order of time.
    if (next.time >= until) continue
    yield next.hit
    advance(heap, next.rest)
  }
}

function advance(heap: Heap<Due>, rest: Iterator<RawHit>): void {
  const { done, value } = rest.next()
  if (!done) heap.push({ time: value.time, hit: value, rest })
}

function worldOf({ site, domain, clickIdKey }: HistoryOptions, later: World['later']): World {
  return {
    siteId: site.id,
    origin: site.origin,
    domain,
    days: localDays(site.timezone),
    signClick: demoClickIds(clickIdKey),
    later,
  }
}

/** X and Mastodon look at what has just been posted. */
function announce(world: World, link: DemoLink, random: Random, share: number): void {
  const time = link.publishedAt + random.whole(400, 2500)
  if (link.platform === 'x' && random.next() < share) {
    world.later(time, () => xBurst(world, link, time, random))
  }
  if (link.platform === 'mastodon') {
    world.later(time, () => fanOut(world, link, time, random, share))
  }
}

function hourAt(from: number, index: number, days: number): Hour {
  const time = from + index * HOUR_MS
  return { time, index, passed: index / (days * 24), world: worldAt(time) }
}

interface Start {
  time: number
  stream: Stream
  random: Random
}

/** The visits that begin in an hour, in the order of time. */
function startsOf(hour: Hour, streams: readonly Stream[], scale: Scale, seed: number): Start[] {
  const starts: Start[] = []
  for (const [index, stream] of streams.entries()) {
    const draw = randomOf(seed, 4, hour.index, index)
    const count = draw.count(stream.weightAt(hour) * (scale.visits.get(stream.group) ?? 0))
    for (let number = 0; number < count; number++) {
      const random = randomOf(seed + 5, hour.index, index, number)
      starts.push({ time: hour.time + random.whole(0, HOUR_MS - 1), stream, random })
    }
  }
  return starts.sort((a, b) => a.time - b.time)
}

interface Scale {
  /** Visits for each unit of a group's weight. */
  visits: ReadonlyMap<string, number>
  /** How much of what machines do around posts there is, up to 1. */
  bursts: number
}

/** How many visits make the wanted number of hits. */
function scaleOf(options: HistoryOptions, groups: readonly Group[], streams: readonly Stream[]): Scale {
  const { days, until, hits, links } = options
  const from = until - days * DAY_MS
  const weights = new Map<Stream, number>(streams.map((stream) => [stream, 0]))
  for (let index = 0; from + index * HOUR_MS < until; index++) {
    const hour = hourAt(from, index, days)
    for (const stream of streams) weights.set(stream, (weights.get(stream) ?? 0) + stream.weightAt(hour))
  }
  const perPost = {
    x: 2 + CHANNELS.xBurst.heads.length,
    mastodon: CHANNELS.fanOut.servers + CHANNELS.fanOut.bare,
  }
  const posts = links.filter(({ halfLifeHours }) => halfLifeHours !== null)
  const inBursts = posts.reduce(
    (sum, { platform }) => sum + (platform === 'x' || platform === 'mastodon' ? perPost[platform] : 0),
    0,
  )
  const bursts = Math.min(1, (BURSTS_AT_MOST * hits) / Math.max(1, inBursts))
  const ofGroups = groups.map(({ name, share }) => {
    const own = streams.filter(({ group }) => group === name)
    const weight = own.reduce((sum, stream) => sum + (weights.get(stream) ?? 0), 0)
    return { name, share, weight, hitsOfVisit: hitsOfVisit(options, own, weights) }
  })
  const perShare = ofGroups.reduce(
    (sum, { share, weight, hitsOfVisit }) => sum + (weight > 0 ? share * hitsOfVisit : 0),
    0,
  )
  const shares = (hits - bursts * inBursts) / perShare
  return {
    visits: new Map(
      ofGroups.map(({ name, share, weight }) => [name, weight > 0 ? (share * shares) / weight : 0]),
    ),
    bursts,
  }
}

/**
 * Hits of a visit on average, with those of later visits and of what is told of it as far as they lie before the end,
 * found by trying some out over the whole time.
 */
function hitsOfVisit(
  options: HistoryOptions,
  streams: readonly Stream[],
  weights: ReadonlyMap<Stream, number>,
): number {
  const total = streams.reduce((sum, stream) => sum + (weights.get(stream) ?? 0), 0)
  if (!(total > 0)) return 0
  let count = 0
  let tried = 0
  const waiting: (() => Iterator<RawHit>)[] = []
  const { until, days, seed } = options
  const world = worldOf(options, (time, begin) => {
    if (time < until) waiting.push(begin)
  })
  const from = until - days * DAY_MS
  const hour = worldAt(from + (days * DAY_MS) / 2)
  for (const [index, stream] of streams.entries()) {
    const samples = Math.ceil((SAMPLES * (weights.get(stream) ?? 0)) / total)
    for (let sample = 0; sample < samples; sample++) {
      const random = randomOf(seed, 6, index, sample)
      const time = Math.floor(from + ((sample + random.next()) / samples) * (until - from))
      waiting.push(() => stream.begin(world, { time, hour, random }))
      tried++
      for (let begin = waiting.pop(); begin; begin = waiting.pop()) {
        for (let rest = begin(), next = rest.next(); !next.done; next = rest.next()) {
          if (next.value.time < until) count++
        }
      }
    }
  }
  return count / tried
}
