import type { RawHit } from '../domain/hit.ts'
import { type BehaviourName, CHANNELS, type Country, type Habit, PEOPLE } from './facts.ts'
import { inBrowser, type Person, personOf } from './person.ts'
import { DAY_MS, type DemoLink } from './plan.ts'
import { type Random, randomOf, weighted } from './random.ts'
import { type Arrival, visit } from './visit.ts'
import { clickHit, utmQuery, type World } from './world.ts'

type SourceName = 'search' | 'paid-search' | 'direct' | 'referral' | 'email' | 'ai' | 'untagged-social'

const BEHAVIOUR_OF: Record<SourceName, BehaviourName> = {
  search: 'search',
  'paid-search': 'paid-search',
  direct: 'direct',
  referral: 'other',
  email: 'other',
  ai: 'other',
  'untagged-social': 'social',
}
const REFERRERS = Object.fromEntries(
  Object.entries(CHANNELS.streams).map(([name, stream]) => [
    name,
    'referrers' in stream
      ? weighted<{ share: number; url: string }>(stream.referrers, ({ share }) => share)
      : null,
  ]),
)
const PATHS = Object.fromEntries(
  Object.entries(CHANNELS.behaviours).map(([name, { paths }]) => {
    const choices = Object.entries(
      Object.keys(paths).length > 0 ? paths : { '/': 1, '/dealers': 2, '/models/taufan': 2 },
    )
    return [name, weighted(choices, ([, weight]) => weight)]
  }),
)
const RETURNS_BY = weighted(Object.entries(CHANNELS.returnsBy), ([, weight]) => weight)
/** Visits of one person at most. */
const MAX_VISITS = 5

/** Somebody follows a link: the click, perhaps a second one, and where it lands the visit and those after it. */
export function* beginLinkVisit(
  world: World,
  { link, time, random, country }: { link: DemoLink; time: number; random: Random; country: Country },
): Generator<RawHit> {
  const platform = CHANNELS.platforms[link.platform]
  const person = personOf(random, 'social', country, platform)
  const referrer = platform !== undefined && random.chance(platform.referred) ? platform.referrer : ''
  let click = clickHit(world, { link, time, random, person, referrer })
  yield click
  if (random.chance(0.04)) {
    click = clickHit(world, { link, time: time + random.whole(2000, 30_000), random, person, referrer })
    yield click
  }
  if (random.chance(platform?.lost ?? 0)) return
  const arrival: Arrival = {
    time: click.time + random.around(1100, 0.6),
    path: link.path,
    query: utmQuery(link),
    referrer,
    clickId: click.clickId,
    clickIdKinds: [],
    person,
    behaviour: CHANNELS.behaviours[link.paid === 'paid' ? 'ads' : 'social'],
    known: false,
  }
  yield* visitAndMore(world, arrival, random, 1)
  if (random.chance(CHANNELS.reshared)) reshare(world, arrival, random)
}

/** Somebody arrives whom no link of ours brought. */
export function* beginVisit(
  world: World,
  { source, time, random, country }: { source: SourceName; time: number; random: Random; country: Country },
): Generator<RawHit> {
  const habit: Habit = source === 'untagged-social' ? 'social' : 'search'
  const person = personOf(random, habit, country)
  yield* visitAndMore(
    world,
    arrivalBy(source, BEHAVIOUR_OF[source], { time, person, random, known: false }),
    random,
    1,
  )
}

function arrivalBy(
  source: SourceName,
  behaviour: BehaviourName,
  { time, person, random, known }: { time: number; person: Person; random: Random; known: boolean },
): Arrival {
  const stream = CHANNELS.streams[source]
  const referrers = REFERRERS[source]
  const paths = PATHS[behaviour]
  return {
    time,
    path: paths ? random.pick(paths)[0] : '/',
    query: 'query' in stream ? stream.query : '',
    referrer: referrers ? random.pick(referrers).url : '',
    clickId: '',
    clickIdKinds: source === 'paid-search' ? ['gclid'] : [],
    person,
    behaviour: CHANNELS.behaviours[behaviour],
    known,
  }
}

/** Of those who have consented some come back on other days, most by a search: then it is seen that they are the same. */
function* visitAndMore(world: World, arrival: Arrival, random: Random, number: number): Generator<RawHit> {
  const { time, consented } = yield* visit(world, arrival, random)
  if (!consented || number >= MAX_VISITS || !random.chance(arrival.behaviour.returns)) return
  const [source] = random.pick(RETURNS_BY)
  const at = Math.floor(time + (0.15 + random.exponential(3.1)) * DAY_MS)
  const numbers = [random.whole(1, 2 ** 31), random.whole(1, 2 ** 31)] as const
  const { person } = arrival
  world.later(at, () => {
    const later = randomOf(...numbers, number)
    const again = inBrowser(person, later, 'search')
    const next = arrivalBy(source as SourceName, 'returning', {
      time: at,
      person: again,
      random: later,
      known: true,
    })
    return visitAndMore(world, next, later, number + 1)
  })
}

/** The address is passed on, click id and all, and somebody else opens it days later. */
function reshare(world: World, first: Arrival, random: Random): void {
  const { path, query, clickId, behaviour } = first
  const time = Math.floor(first.time + random.between(1.1, 6) * DAY_MS)
  const numbers = [random.whole(1, 2 ** 31), random.whole(1, 2 ** 31)] as const
  const country = random.one(PEOPLE.countries)
  world.later(time, () => {
    const later = randomOf(...numbers)
    const person = personOf(later, 'social', country)
    const arrival = {
      time,
      path,
      query,
      referrer: '',
      clickId,
      clickIdKinds: [],
      person,
      behaviour,
      known: false,
    }
    return visitAndMore(world, arrival, later, 1)
  })
}
