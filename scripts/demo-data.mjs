/**
 * Makes up eight weeks of a car maker's traffic, for pictures and for a first look: an access log of its site and the
 * clicks of its short links, as `jejak import` reads them. The same seed and end give the same files.
 *
 *     node scripts/demo-data.mjs FOLDER [--days 56] [--seed 1] [--end 2026-03-31]
 *     bin/jejak import access-log FOLDER/access.log --host www.cars.example
 *     bin/jejak import bitly FOLDER/clicks.ndjson
 */
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    days: { type: 'string', default: '56' },
    seed: { type: 'string', default: '1' },
    end: { type: 'string', default: '' },
  },
})
const [folder] = positionals
if (folder === undefined) {
  console.error('usage: node scripts/demo-data.mjs FOLDER [--days 56] [--seed 1] [--end 2026-03-31]')
  process.exit(2)
}

const DAY_MS = 86_400_000
const SITE = 'https://www.cars.example'
const SHORT = 'go.cars.example'
const days = Number(values.days)
const end = values.end === '' ? Date.now() : Date.parse(values.end) + DAY_MS
const random = seeded(Number(values.seed))

/** Pages with their arrivals a day from search engines and from social posts, and the slugs of the latter's links. */
const PAGES = [
  { path: '/', search: 64, social: 14, slug: 'hi' },
  { path: '/test-drive', search: 22, social: 46, slug: 'drive' },
  { path: '/cars/aurora', search: 48, social: 31, slug: 'aurora' },
  { path: '/cars/estate', search: 37, social: 9, slug: 'estate' },
  { path: '/dealers', search: 41, social: 6, slug: 'near' },
  { path: '/offers/spring', search: 8, social: 38, slug: 'spring' },
  { path: '/journal/winter-tyres', search: 33, social: 3, slug: 'tyres' },
  { path: '/journal/range-in-the-cold', search: 19, social: 12, slug: 'range' },
]
const CAMPAIGNS = ['spring-drive', 'aurora-launch', 'always-on']
/** Weight, host of the referrer. */
const ENGINES = [
  [86, 'https://www.google.com/'],
  [7, 'https://www.bing.com/'],
  [4, 'https://duckduckgo.com/'],
  [2, 'https://www.ecosia.org/'],
  [1, 'https://search.yahoo.com/'],
]
/** Weight, `utm_source`, referrer, what its app adds to a telephone's user agent. */
const NETWORKS = [
  [42, 'instagram', 'https://l.instagram.com/', ' Instagram 412.0.0.29.81 (iPhone15,2; iOS 18_5; en_GB)'],
  [19, 'facebook', 'https://l.facebook.com/', ' [FBAN/FBIOS;FBAV/520.0.0.40.98;FBDV/iPhone15,2]'],
  [16, 'tiktok', '', ' musical_ly_39.4.0 BytedanceWebview/d8a21c6'],
  [11, 'youtube', 'https://www.youtube.com/', ''],
  [6, 'pinterest', 'https://www.pinterest.com/', ''],
  [4, 'linkedin', 'https://www.linkedin.com/', ''],
  [2, 'x', 'https://t.co/', ''],
]
/** Weight, referrer, query: everybody else. */
const OTHERS = [
  [46, '', ''],
  [13, 'https://motoring.example/tests/aurora', ''],
  [12, '', 'utm_source=newsletter&utm_medium=email&utm_campaign=march'],
  [5, 'https://chatgpt.com/', ''],
  [14, 'https://www.google.com/', 'gclid=demo&utm_source=google&utm_medium=cpc&utm_campaign=brand'],
  [10, 'https://l.facebook.com/', 'utm_source=facebook&utm_medium=paid_social&utm_campaign=spring-drive'],
]
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
const BROWSERS = [
  [34, `${IPHONE.replace(' Mobile', ' Version/18.5 Mobile')} Safari/604.1`],
  [
    27,
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
  ],
  [
    25,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  ],
  [
    9,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  ],
  [5, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
]
const CRAWLERS = [
  [46, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  [22, 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'],
  [
    20,
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  ],
  [12, 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)'],
]
const PREVIEWS = [
  [60, 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
  [25, 'WhatsApp/2.24.6.77 A'],
  [15, 'Twitterbot/1.0'],
]
const COUNTRIES = [
  [52, 'DE'],
  [16, 'AT'],
  [13, 'CH'],
  [11, 'NL'],
  [8, 'GB'],
]

const requests = []
const clicks = []
const midnight = Math.floor((end - 1) / DAY_MS) * DAY_MS
for (let back = days - 1; back >= 0; back--) makeDay(midnight - back * DAY_MS, back)

mkdirSync(folder, { recursive: true })
const earlier = (one, other) => one.time - other.time
write('access.log', requests.filter(isPast).sort(earlier).map(logLine))
write('clicks.ndjson', clicks.filter(isPast).sort(earlier).map(clickLine))

function makeDay(start, back) {
  const weekday = new Date(start).getUTCDay()
  const weekend = weekday === 0 || weekday === 6
  // Search grows slowly; social jumps with a campaign in the fourth week and again in the last one.
  const growth = 1 + (0.22 * (days - back)) / days
  const burst = 1 + 1.3 * hump(back, 19) + 0.9 * hump(back, 4)
  for (const page of PAGES) {
    for (let n = around(page.search * growth * (weekend ? 0.7 : 1.1)); n > 0; n--) {
      visit(moment(start), page, pick(ENGINES)[1], '', pick(BROWSERS)[1])
    }
    for (let n = around(page.social * burst * (weekend ? 1.25 : 0.9)); n > 0; n--) post(start, page)
    for (let n = around((page.search + page.social) * 0.45); n > 0; n--) {
      const [, referrer, query] = pick(OTHERS)
      visit(moment(start), page, referrer, query, pick(BROWSERS)[1])
    }
    for (let n = around(page.search * 0.3); n > 0; n--) {
      requests.push({
        time: moment(start),
        address: address(),
        path: page.path,
        referrer: '',
        agent: pick(CRAWLERS)[1],
      })
    }
  }
}

/** Somebody follows a post's short link; one of eight never arrives, and networks look at the link for a preview. */
function post(start, page) {
  const time = moment(start)
  const [, network, referrer, app] = pick(NETWORKS)
  const campaign = page.path === '/offers/spring' ? CAMPAIGNS[0] : CAMPAIGNS[Math.floor(random() * 3)]
  const query = `utm_source=${network}&utm_medium=social&utm_campaign=${campaign}`
  const agent = app === '' ? pick(BROWSERS)[1] : IPHONE + app
  const slug = `${page.slug}-${network.slice(0, 2)}`
  const destination = `${SITE}${page.path}?${query}`
  clicks.push({ time, slug, destination, referrer, agent })
  if (random() < 0.12)
    clicks.push({ time: time - 40_000, slug, destination, referrer: '', agent: pick(PREVIEWS)[1] })
  if (random() < 0.875) visit(time + 2_000, page, referrer, query, agent)
}

/** An arrival, and for some what they looked at next. */
function visit(time, page, referrer, query, agent) {
  const visitor = { address: address(), agent }
  let path = query === '' ? page.path : `${page.path}?${query}`
  let from = referrer
  let at = time
  for (;;) {
    requests.push({ time: at, path, referrer: from, ...visitor })
    if (random() > 0.42) return
    from = `${SITE}${path}`
    path = PAGES[Math.floor(random() * PAGES.length)].path
    at += 20_000 + random() * 90_000
  }
}

function logLine({ time, address, path, referrer, agent }) {
  const [date, clock] = [
    new Date(time).toUTCString().slice(5, 16).replaceAll(' ', '/'),
    new Date(time).toISOString().slice(11, 19),
  ]
  return `${address} - - [${date}:${clock} +0000] "GET ${path} HTTP/1.1" 200 18204 "${referrer || '-'}" "${agent}"`
}

function clickLine({ time, slug, destination, referrer, agent }) {
  const country = pick(COUNTRIES)[1]
  return JSON.stringify({
    t: Math.floor(time / 1000),
    hh: SHORT,
    h: slug,
    u: destination,
    r: referrer || 'direct',
    a: agent,
    c: country,
  })
}

function write(name, lines) {
  const file = createWriteStream(join(folder, name))
  for (const line of lines) file.write(`${line}\n`)
  file.end(() => console.log(`${join(folder, name)}: ${lines.length} lines`))
}

/** An address in the blocks that European providers hold: made up, and gone once the import has read it. */
function address() {
  const part = () => Math.floor(random() * 254) + 1
  return `${80 + Math.floor(random() * 12)}.${part()}.${part()}.${part()}`
}

/** More by day than by night. */
function moment(start) {
  const hour = 15 + 5 * (random() + random() + random() - 1.5) * 1.6
  return start + ((hour + 24) % 24) * 3_600_000 + random() * 1_000
}

function hump(back, centre) {
  return Math.exp(-(((back - centre) / 2.2) ** 2))
}

function around(mean) {
  return Math.round(mean * (0.85 + 0.3 * random()))
}

function isPast({ time }) {
  return time <= end
}

function pick(choices) {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const choice of choices) {
    left -= choice[0]
    if (left < 0) return choice
  }
  return choices[0]
}

/** mulberry32: 32 bits of state are plenty for a picture. */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
