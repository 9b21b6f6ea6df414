import type { AttributionRequest, Grain } from '../../server/reports/attribution/contract.ts'
import { channelsOf, sideOf } from '../src/shared/sides.ts'
import { addDays } from '../src/shared/time/days.ts'
import { dice, type Scenario } from './fixture-data.ts'

/** Goals of the made-up site; the first is worth most. */
export const GOALS = ['Test drive booked', 'Dealer called', 'Brochure downloaded'] as const
const VALUES = [420, 85.5, 0]

export interface Touch {
  /** Days before the end of the journey. */
  age: number
  keys: Record<Exclude<Grain, 'side'>, string>
}

/** What somebody did, oldest touch first. */
export interface Journey {
  /** Local day on which it converted or was last seen. */
  day: string
  /** The goal that it reached; null for none. */
  goal: string | null
  value: number
  /** How many people did the same. */
  people: number
  consent: boolean
  touches: Touch[]
}

type Place = [weight: number, channel: string, source: string, campaign: string, post: string, link: string]

const HOST = 'go.meridian-motors.com'
const PLACES: Place[] = [
  social(9, 'Organic Social', 'instagram.com', 'raya-2026', 'Reel: Raya test drives'),
  social(8, 'Organic Social', 'facebook.com', 'atlas-launch', 'Atlas EV, first look'),
  social(6, 'Organic Social', 'tiktok.com', 'always-on', 'How to charge in the rain'),
  social(4, 'Organic Video', 'youtube.com', 'atlas-launch', 'Atlas EV: 480 km in one day'),
  social(2, 'Organic Social', 'linkedin.com', 'safety-award', 'Five stars for the Atlas EV'),
  social(3, 'Paid Social', 'facebook.com', 'raya-2026', 'Raya offer (advertisement)'),
  other(17, 'Organic Search', 'google'),
  other(3, 'Organic Search', 'bing'),
  other(5, 'Paid Search', 'google'),
  other(14, 'Direct', '(direct)'),
  other(3, 'Referral', 'paultan.org'),
  other(2, 'Email', 'newsletter'),
  other(2, 'AI Assistants', 'chatgpt.com'),
]

function social(weight: number, channel: string, source: string, campaign: string, post: string): Place {
  return [weight, channel, source, campaign, post, `${HOST}/${campaign}-${source.slice(0, 2)}`]
}

function other(weight: number, channel: string, source: string): Place {
  return [weight, channel, source, '(none)', '(none)', '(none)']
}

/** Forty channels of a site's own rules, with the names that people give. */
function manyPlaces(): Place[] {
  const own = Array.from({ length: 40 }, (_, index): Place => {
    const name =
      index % 3 === 0
        ? `Regional partner newsletters and their landing pages in the Klang Valley, series ${index + 1}`
        : `Partner ${index + 1}`
    const post = `${name}: a post whose title somebody wrote out in full, with the date and all hashtags`
    return [
      0.3 + 6 / (index + 1),
      name,
      `partner-${index + 1}.example`,
      `campaign-${index}`,
      post,
      `${HOST}/${index}`,
    ]
  })
  return [...PLACES, ...own]
}

/** Journeys that ended within the 200 days up to `today`. */
export function journeys(scenario: Scenario, today: string): Journey[] {
  if (scenario === 'empty' || scenario === 'loading' || scenario === 'error') return []
  const random = dice(5_011)
  const huge = scenario === 'huge'
  const places = huge ? manyPlaces() : PLACES
  const pick = (from: Place[]): Place => {
    let left = random() * from.reduce((sum, [weight]) => sum + weight, 0)
    for (const place of from) {
      left -= place[0]
      if (left <= 0) return place
    }
    return from[0] ?? other(1, 'Direct', '(direct)')
  }
  // People come by social and come back by search or by name.
  const later = places.map((place): Place => {
    const back = place[1] === 'Direct' || place[1].includes('Search') ? 2.2 : 0.7
    return [place[0] * back, place[1], place[2], place[3], place[4], place[5]]
  })
  const shift = scenario === 'past' ? 400 : 0
  return Array.from({ length: huge ? 9_000 : 24_000 }, () => {
    const consent = random() < 0.55
    const untouched = random() < 0.03
    const lengthy = random() < 0.01 ? 25 + random() * 40 : 0
    const length = untouched ? 0 : Math.min(70, 1 + Math.floor(-Math.log(1 - random()) * 1.7 + lengthy))
    const span = consent ? random() ** 2 * 75 : random()
    const touches = Array.from({ length }, (_, at): Touch => {
      const [, channel, source, campaign, post, link] = pick(at === 0 ? places : later)
      const age = span * (1 - at / length) * (0.8 + random() * 0.2)
      return { age, keys: { channel, source, campaign, post, link } }
    })
    const searched = touches.some(({ keys }) => keys.channel.includes('Search'))
    const converts = untouched || random() < 0.12 + (searched ? 0.1 : 0) + Math.min(4, length) * 0.03
    const kind = Math.floor(random() ** 1.4 * GOALS.length)
    const people = huge ? Math.ceil(random() ** 4 * 90_000) : 1
    return {
      day: addDays(today, -shift - Math.floor(random() * 200)),
      goal: converts ? (GOALS[kind] ?? null) : null,
      value: converts ? (VALUES[kind] ?? 0) * people * (0.5 + random()) : 0,
      people,
      consent,
      touches,
    }
  })
}

/** Keys of a journey's touches within the window, after the options. */
export function pathOf(journey: Journey, request: AttributionRequest): { touches: string[]; ages: number[] } {
  const sides = channelsOf(request.sides ?? 'organic')
  const label = ({ keys }: Touch): string => {
    if (request.grain !== 'side') return keys[request.grain ?? 'channel']
    const side = sideOf(keys.channel, sides)
    return side === 'search' ? 'Search' : side === 'social' ? 'Social' : 'Other'
  }
  let kept = journey.touches.filter(({ age }) => age < (request.window ?? 30))
  const { direct = true, collapse = false } = request.options ?? {}
  const named = kept.filter(({ keys }) => keys.channel !== 'Direct')
  if (!direct && named.length > 0) kept = named
  if (collapse)
    kept = kept.filter((touch, at) => at + 1 === kept.length || label(touch) !== label(kept[at + 1] ?? touch))
  return { touches: kept.map(label), ages: kept.map(({ age }) => age) }
}
