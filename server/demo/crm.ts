import { emptyEvent, emptyHit, type RawHit } from '../domain/hit.ts'
import { CHANNELS } from './facts.ts'
import { DAY_MS } from './plan.ts'
import type { Random } from './random.ts'
import { hitIdOf, type World } from './world.ts'

/** Goals that only the dealers' own system can report. */
export const TOLD_GOALS = { driven: 'Test drive taken', bought: 'Car bought' } as const

export interface Booking {
  time: number
  key: string
  /** Hashed; empty where the site has told none. */
  externalId: string
  clickId: string
  visitor: string
}

/**
 * What the dealers' system reports of a booking over the following weeks: that the drive took place, or was cancelled
 * after all (a second version of the same key), and some time later that a car was bought.
 */
export function tellOfBooking(world: World, booking: Booking, random: Random): void {
  const { driven, cancelled, bought, prices, untied } = CHANNELS.crm
  if (!random.chance(driven)) return
  const tie = random.chance(untied) ? {} : tieOf(booking)
  const at = booking.time + random.between(1.2, 11) * DAY_MS
  const drive = { ...tie, key: `${booking.key}-drive`, name: TOLD_GOALS.driven }
  later(world, hitIdOf(world, random), { ...drive, time: at, version: 1 })
  if (random.chance(cancelled)) {
    later(world, hitIdOf(world, random), {
      ...drive,
      time: at,
      toldAfter: DAY_MS,
      version: 2,
      cancelled: true,
    })
    return
  }
  if (!random.chance(bought)) return
  const price = String(random.one(prices) + 250 * random.whole(-4, 12))
  const time = at + random.between(3, 26) * DAY_MS
  later(world, hitIdOf(world, random), {
    ...tie,
    key: `${booking.key}-sale`,
    name: TOLD_GOALS.bought,
    time,
    version: 1,
    value: price,
  })
}

type Tie = Partial<Pick<Booking, 'externalId' | 'clickId' | 'visitor'>>

/** The system knows its customer, else the click that the form brought along, else whoever the site says it was. */
function tieOf({ externalId, clickId, visitor }: Booking): Tie {
  if (externalId !== '') return { externalId }
  return clickId === '' ? { visitor } : { clickId }
}

interface Told extends Tie {
  key: string
  name: string
  time: number
  version: number
  value?: string
  cancelled?: boolean
  /** Milliseconds after `time` at which it is made known. */
  toldAfter?: number
}

function later(world: World, hitId: string, told: Told): void {
  const time = Math.floor(told.time + (told.toldAfter ?? 0))
  world.later(time, () => [conversion(world.siteId, hitId, time, told)][Symbol.iterator]())
}

function conversion(siteId: number, hitId: string, time: number, told: Told): RawHit {
  const {
    name,
    key,
    version,
    value = '',
    cancelled = false,
    externalId = '',
    clickId = '',
    visitor = '',
  } = told
  return {
    ...emptyHit(),
    origin: 'demo',
    kind: 'conversion',
    hitId,
    time,
    siteId,
    status: 201,
    method: 'POST',
    httpVersion: '1.1',
    visitor,
    clickId,
    event: {
      ...emptyEvent('external'),
      name,
      key,
      version,
      value,
      currency: value === '' ? '' : 'EUR',
      cancelled,
      externalId,
    },
  }
}
