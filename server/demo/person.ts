import { type Country, type Device, type Habit, PEOPLE, type Platform } from './facts.ts'
import { type Random, randomOf, weighted } from './random.ts'

/** Somebody with a device, as requests show them. */
export interface Person {
  country: string
  agent: string
  /** On a telephone, or in an app on one. */
  isMobile: boolean
  /** Of a request for a page. */
  clickHeaders: Record<string, string>
  /** Of what the page script sends. */
  scriptHeaders: Record<string, string>
  /** Tells visitors apart; keys follow from it. */
  numbers: readonly [number, number]
}

const DEVICES = {
  search: devicesOf('search'),
  social: devicesOf('social'),
}
const BROWSERS = Object.fromEntries(
  Object.entries(PEOPLE.browsers).map(([device, browsers]) => [
    device,
    weighted<Browser>(browsers, ({ share }) => share),
  ]),
) as unknown as Record<Device, ReturnType<typeof weighted<Browser>>>

interface Browser {
  share: number
  agent: string
  /** Major version, where the browser sends client hints. */
  chromium?: string
}

/** Somebody in this country. With a platform they may be in its app. */
export function personOf(random: Random, habit: Habit, country: Country, platform?: Platform): Person {
  const device = random.pick(DEVICES[habit])
  const numbers = [random.whole(1, 2 ** 31), random.whole(1, 2 ** 31)] as const
  const isPhone = device === 'iphone' || device === 'android'
  const inApp = isPhone && platform !== undefined && random.chance(platform.app)
  const browser: Browser = inApp
    ? {
        share: 1,
        agent: PEOPLE.appViews[device] + platform.tokens[device],
        ...(device === 'android' && { chromium: '142' }),
      }
    : random.pick(BROWSERS[device])
  return dressed(browser, device, country, numbers)
}

/** The same person in the device's usual browser: what was seen in an app is looked up again later. */
export function inBrowser(person: Person, random: Random, habit: Habit): Person {
  const country = PEOPLE.countries.find(({ code }) => code === person.country) ?? PEOPLE.countries[0]
  if (country === undefined) return person
  return { ...personOf(random, habit, country), numbers: person.numbers }
}

/** The visitor key of a day: 16 hex digits. */
export function dayKey({ numbers }: Person, day: string): string {
  return randomOf(numbers[0], numbers[1], Number(day.replaceAll('-', ''))).hex(16)
}

/** The visitor key of somebody who has consented. */
export function lastingKey({ numbers }: Person): string {
  return randomOf(numbers[0], numbers[1], 0, 1).hex(16)
}

function dressed(
  browser: Browser,
  device: Device,
  country: Country,
  numbers: readonly [number, number],
): Person {
  const isMobile = device === 'iphone' || device === 'android'
  const hints: Record<string, string> =
    browser.chromium === undefined
      ? {}
      : {
          'sec-ch-ua': `"Chromium";v="${browser.chromium}", "Not_A Brand";v="99"`,
          'sec-ch-ua-mobile': isMobile ? '?1' : '?0',
          'sec-ch-ua-platform': PLATFORM_HINTS[device],
        }
  const shared = { 'accept-language': country.language, ...hints }
  return {
    country: country.code,
    agent: browser.agent,
    isMobile,
    clickHeaders: {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      ...shared,
    },
    scriptHeaders: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', ...shared },
    numbers,
  }
}

const PLATFORM_HINTS: Record<Device, string> = {
  iphone: '"iOS"',
  ipad: '"iOS"',
  android: '"Android"',
  windows: '"Windows"',
  mac: '"macOS"',
}

function devicesOf(habit: Habit) {
  const shares = PEOPLE.devices[habit]
  return weighted(Object.keys(shares) as Device[], (device) => shares[device])
}
