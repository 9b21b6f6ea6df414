import { hashedExternalId } from '../domain/external-id.ts'
import { type EventFacts, emptyEvent, emptyHit, type RawHit } from '../domain/hit.ts'
import { readUtm } from '../domain/urls/query-values.ts'
import { tellOfBooking } from './crm.ts'
import { type Behaviour, type Dealer, demoDealers } from './facts.ts'
import { lastingKey, type Person } from './person.ts'
import type { Random } from './random.ts'
import { byDay, hitIdOf, type Who, type World } from './world.ts'

/** How a visit begins. */
export interface Arrival {
  time: number
  path: string
  /** Without its `?`. */
  query: string
  referrer: string
  /** Empty where no link brought it. */
  clickId: string
  clickIdKinds: string[]
  person: Person
  behaviour: Behaviour
  /** The visitor has consented on a visit before. */
  known: boolean
}

/** What is left when a visit is over. */
export interface Ending {
  time: number
  consented: boolean
}

const MAX_PAGES = 7
const MODELS = ['/models/bayu', '/models/taufan']
const BROCHURE = '/brochures/sepoi-range.pdf'
const SECOND = 1000
const LONGEST_PAGE = 20 * 60 * SECOND

/**
 * The hits of one visit to the demo site, in the order of time: pages, attention, goals, and the consent that is given
 * on the way. It returns how the visit ended.
 */
export function* visit(world: World, arrival: Arrival, random: Random): Generator<RawHit, Ending> {
  const walk = new Walk(world, arrival, random)
  const { behaviour: b } = arrival
  yield walk.pageview(arrival.path, arrival.query, arrival.referrer)
  if (!arrival.known) {
    const answer = random.next()
    if (answer < b.consent + b.deny) {
      walk.time += random.whole(2, 9) * SECOND
      yield walk.consent(answer < b.consent)
    }
  }
  for (let pages = 1; ; pages++) {
    const leaves = pages === 1 && random.chance(b.bounce)
    const began = walk.time
    const dwell = Math.min(random.around(leaves ? 5 : b.dwell, 0.8) * SECOND, LONGEST_PAGE)
    if (!leaves) yield* onPage(walk, b, dwell)
    walk.time = Math.max(walk.time + 200, Math.floor(began + dwell))
    yield walk.engagement(walk.time - began)
    const next = leaves || pages >= MAX_PAGES ? '' : nextPath(walk, b)
    if (next === '') return { time: walk.time, consented: walk.isKnown }
    walk.time += random.whole(150, 1500)
    yield walk.pageview(next, '', walk.url)
  }
}

function* onPage(walk: Walk, b: Behaviour, dwell: number): Generator<RawHit> {
  if (walk.path.startsWith('/dealers')) yield* atDealers(walk, b, dwell)
  else if (walk.path === '/test-drive') yield* atBooking(walk, b, dwell)
  else if (walk.path.startsWith('/models') && walk.random.chance(b.brochure)) {
    yield walk.after(0.7 * dwell, 'download', { target: walk.origin + BROCHURE })
  }
}

function* atDealers(walk: Walk, b: Behaviour, dwell: number): Generator<RawHit> {
  const { random } = walk
  // In the street the nearest dealer is what is asked for.
  if (!random.chance(walk.person.isMobile ? Math.min(1, b.search * 1.12) : b.search * 0.85)) return
  const near = demoDealers().filter(({ country }) => country === walk.person.country)
  const props = { country: walk.person.country, results: String(near.length) }
  yield walk.after(0.15 * dwell, 'custom', { name: 'dealer search', props })
  if (random.chance(0.22)) yield walk.after(0.1 * dwell, 'custom', { name: 'dealer search', props })
  if (near.length === 0 || !random.chance(b.select)) return
  const dealer = random.one(near)
  walk.dealer = dealer
  yield walk.after(0.2 * dwell, 'custom', { name: 'dealer selected', props: { dealer: dealer.slug } })
  yield walk.pageview(`/dealers/${dealer.slug}`, '', walk.url)
  if (!random.chance(b.contact)) return
  const calls = random.chance(walk.person.isMobile ? 0.55 : 0.15)
  yield calls
    ? walk.after(0.2 * dwell, 'tel', { target: `tel:+${dealer.phone.replace(/\D/g, '')}` })
    : walk.after(0.2 * dwell, 'outbound', { target: `https://www.openstreetmap.org/directions?to=` })
}

function* atBooking(walk: Walk, b: Behaviour, dwell: number): Generator<RawHit> {
  const { random } = walk
  if (!random.chance(b.start)) return
  yield walk.after(0.25 * dwell, 'custom', { name: 'test drive started' })
  if (!random.chance(b.book)) return
  const key = `TD-${random.hex(8).toUpperCase()}`
  const dealer = walk.dealer?.slug ?? random.one(demoDealers()).slug
  const model = random.one(['bayu', 'taufan'])
  yield walk.after(0.9 * dwell, 'form', { target: `${walk.origin}/test-drive` })
  yield walk.pageview('/test-drive/thank-you', '', walk.url)
  yield walk.after(5, 'custom', { name: 'test drive booked', key, props: { dealer, model } })
  let externalId = ''
  if (walk.isKnown && random.chance(0.85)) {
    externalId = hashedExternalId(walk.world.siteId, `customer-${random.hex(10)}`)
    yield walk.after(10, 'identify', { externalId })
  }
  tellOfBooking(
    walk.world,
    { time: walk.time, key, externalId, clickId: walk.clickId, visitor: walk.who().visitor },
    random,
  )
}

function nextPath({ path, dealer, random }: Walk, b: Behaviour): string {
  if (path.startsWith('/test-drive')) return ''
  const draw = random.next()
  if (path.startsWith('/dealers')) {
    if (draw < b.toBooking * (dealer ? 1.4 : 0.7)) return '/test-drive'
    return draw > 1 - b.model / 2 ? random.one(MODELS) : ''
  }
  if (draw < b.dealers) return '/dealers'
  if (draw < b.dealers + b.testDrive) return '/test-drive'
  return draw < b.dealers + b.testDrive + b.model ? random.one(MODELS.filter((model) => model !== path)) : ''
}

/** Where somebody is on the site, and what their hits have in common. */
class Walk {
  readonly world: World
  readonly person: Person
  readonly random: Random
  readonly clickId: string
  readonly #clickIdKinds: string[]
  time: number
  path = ''
  url = ''
  dealer: Dealer | null = null
  isKnown: boolean
  #denied = false
  #page = ''
  #query = ''

  constructor(world: World, { time, person, known, clickId, clickIdKinds }: Arrival, random: Random) {
    this.world = world
    this.person = person
    this.random = random
    this.time = Math.floor(time)
    this.isKnown = known
    this.clickId = clickId
    this.#clickIdKinds = clickIdKinds
  }

  get origin(): string {
    return this.world.origin
  }

  who(): Who {
    if (this.isKnown) return { visitor: lastingKey(this.person), previousVisitor: '', consent: 'granted' }
    const who = byDay(this.world, this.person, this.time)
    return this.#denied ? { ...who, consent: 'denied' } : who
  }

  pageview(path: string, query: string, referrer: string): RawHit {
    const isFirst = this.url === ''
    this.path = path
    this.url = `${this.origin}${path}${query === '' ? '' : `?${query}`}`
    this.#query = query
    this.#page = hitIdOf(this.world, this.random)
    return {
      ...this.#base(),
      hitId: this.#page,
      kind: 'pageview',
      referrer,
      clickId: isFirst ? this.clickId : '',
    }
  }

  /** Something that happens so many milliseconds later. */
  after(milliseconds: number, type: EventFacts['type'], facts: Partial<EventFacts>): RawHit {
    this.time += Math.max(1, Math.floor(milliseconds))
    return this.#event('event', { ...emptyEvent(type), ...facts })
  }

  engagement(shown: number): RawHit {
    const engagedMs = Math.floor((shown * this.random.between(0.6, 0.95)) / 500) * 500
    const scroll = Math.min(100, this.random.whole(25, 60) + Math.floor(engagedMs / 1500))
    return this.#event('engagement', { ...emptyEvent('engagement'), engagedMs, scroll })
  }

  /** The answer to the question for consent; the message that gives it also tells who it was until then. */
  consent(granted: boolean): RawHit {
    const before = this.who().visitor
    this.isKnown = granted
    this.#denied = !granted
    const hit = this.#event('event', emptyEvent('consent'))
    return granted ? { ...hit, previousVisitor: before } : hit
  }

  #event(kind: 'event' | 'engagement', event: EventFacts): RawHit {
    return {
      ...this.#base(),
      kind,
      hitId: hitIdOf(this.world, this.random),
      event: { ...event, pageId: this.#page },
    }
  }

  #base(): RawHit {
    const { world, person, time } = this
    return {
      ...emptyHit(),
      origin: 'demo',
      time,
      siteId: world.siteId,
      host: new URL(world.origin).host,
      status: 202,
      url: this.url,
      userAgent: person.agent,
      method: 'POST',
      httpVersion: '1.1',
      headers: person.scriptHeaders,
      utm: readUtm(this.#query),
      clickIdKinds: this.#query === '' ? [] : this.#clickIdKinds,
      country: person.country,
      ...this.who(),
    }
  }
}
