import { emptyHit, type RawHit } from '../domain/hit.ts'
import { CHANNELS, PEOPLE } from './facts.ts'
import { personOf } from './person.ts'
import type { DemoLink } from './plan.ts'
import { type Random, weighted } from './random.ts'
import { clickBase, clickHit, hitIdOf, type World } from './world.ts'

const CRAWLERS = weighted(CHANNELS.crawlers, ({ share }) => share)
const PREVIEWS = weighted(CHANNELS.previews, ({ share }) => share)
const CRAWLED = ['/', '/models/bayu', '/models/taufan', '/dealers', '/test-drive', '/offers/summer-drive']
const DATA_CENTRES = ['US', 'US', 'DE', 'IE', 'NL']

/** A crawler that runs scripts looks at a page. */
export function crawl(world: World, time: number, random: Random): RawHit {
  return {
    ...emptyHit(),
    origin: 'demo',
    kind: 'pageview',
    hitId: hitIdOf(world, random),
    time,
    siteId: world.siteId,
    host: new URL(world.origin).host,
    status: 202,
    url: world.origin + random.one(CRAWLED),
    userAgent: random.pick(CRAWLERS).agent,
    method: 'POST',
    httpVersion: '1.1',
    headers: { accept: '*/*' },
    country: 'US',
    visitor: random.hex(16),
  }
}

/** A network or a messenger fetches a link for its preview. */
export function preview(world: World, link: DemoLink, time: number, random: Random): RawHit {
  return machineClick(world, link, { time, agent: random.pick(PREVIEWS).agent }, random)
}

/** A monitor asks whether the link still works. */
export function monitor(world: World, link: DemoLink, time: number, random: Random): RawHit {
  return machineClick(world, link, { time, agent: CHANNELS.monitor, method: 'HEAD' }, random)
}

/** A browser follows a link in advance; what comes of it, nobody has seen yet. */
export function prefetch(world: World, link: DemoLink, time: number, random: Random): RawHit {
  const country = random.one(PEOPLE.countries)
  const person = personOf(random, 'social', country)
  const click = clickHit(world, { link, time, random, person, referrer: 'https://www.google.com/' })
  return {
    ...click,
    clickId: world.signClick({ time, linkId: link.id, bits: random.bits64(), prefetched: true }),
    headers: { ...click.headers, 'sec-purpose': 'prefetch' },
  }
}

/** What X does when a link is posted: one GET and three HEADs at once, two of these as browsers (`facts/bursts.json`). */
export function* xBurst(world: World, link: DemoLink, time: number, random: Random): Generator<RawHit> {
  const { fetcher, heads } = CHANNELS.xBurst
  yield machineClick(world, link, { time, agent: fetcher }, random)
  let at = time
  for (const agent of heads) {
    at += random.whole(40, 900)
    yield machineClick(world, link, { time: at, agent, method: 'HEAD' }, random)
  }
  // A GET with the telephone's name follows; nobody has read the post yet.
  yield machineClick(world, link, { time: at + random.whole(40, 900), agent: heads[0] ?? '' }, random)
}

/** What Mastodon's servers do: each that sees the post fetches the link, some without saying who they are. */
export function* fanOut(
  world: World,
  link: DemoLink,
  time: number,
  random: Random,
  share: number,
): Generator<RawHit> {
  const { servers, agent, bare, bareAgent } = CHANNELS.fanOut
  const named = Array.from({ length: Math.round(servers * share) }, () => ({
    at: random.between(0, 60_000),
    agent: agent.replace('NAME', `social-${random.hex(4)}`),
  }))
  // Too few at once are no fan-out to anybody.
  const nameless = Array.from({ length: share < 0.5 ? 0 : bare }, () => ({
    at: random.between(0, 25_000),
    agent: bareAgent,
  }))
  for (const one of [...named, ...nameless].sort((a, b) => a.at - b.at)) {
    yield machineClick(world, link, { time: Math.floor(time + one.at), agent: one.agent }, random)
  }
}

function machineClick(
  world: World,
  link: DemoLink,
  { time, agent, method = 'GET' }: { time: number; agent: string; method?: string },
  random: Random,
): RawHit {
  return {
    ...clickBase(world, link, time, random),
    method,
    userAgent: agent,
    headers: { accept: '*/*' },
    country: random.one(DATA_CENTRES),
    visitor: random.hex(16),
  }
}
