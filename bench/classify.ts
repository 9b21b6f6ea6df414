/**
 * `npm run bench -- classify [HITS]`: visits that `createVisitClassifier` labels in a CPU-second, with every user agent
 * and referrer new (cold) and with a day's usual mix of them (warm), beside what reading the user agent alone costs
 * with `isbot` and `ua-parser-js` and nothing remembered. Rounds in turn, the median of five. At the end, what 100 kB
 * in one field costs beside 50 kB: a linear pass gives 2.
 */
import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'
import { createVisitClassifier } from '../server/domain/visit/classify-visit.ts'
import type { VisitInput } from '../server/domain/visit/visit-input.ts'
import { loadFacts } from '../server/facts/load.ts'
import { seeded } from './support/traffic.ts'

const HITS = Number(process.argv[2] ?? 20_000)
const ROUNDS = 5
/** Distinct user agents and referrers of a busy site's day. */
const USUAL_AGENTS = 2_000
const USUAL_REFERRERS = 3_000

const APPS = [
  '',
  ' Instagram 283.0.0.16.103 Android (29/10; 420dpi)',
  ' [FB_IAB/FB4A;FBAV/458.0.0.38.86;]',
  ' TwitterAndroid',
  ' GSA/284.0.567784270',
]
const PLACES = [
  (n: number) => `https://l.instagram.com/?u=${n}`,
  (n: number) => `https://www.google.com/search?q=car+${n}`,
  (n: number) => `https://blog-${n}.example/page/${n}`,
  (n: number) => `https://t.co/${n}`,
  () => '',
]
const TAGS = ['', '?utm_source=ig&utm_medium=social', '?utm_source=newsletter&utm_medium=email', '?fbclid=x']

/** Visits drawn from so many user agents and referrers, the first ones far more often than the last. */
function visits(agents: number, referrers: number, seed: number): VisitInput[] {
  const next = seeded(seed)
  const pick = (count: number) => (count >= HITS ? Math.floor(next() * 1e9) : Math.floor(count * next() ** 4))
  return Array.from({ length: HITS }, () => {
    const agent = pick(agents)
    const place = pick(referrers)
    const chrome = `${100 + (agent % 60)}.0.${agent}.${agent % 200}`
    return {
      url: `https://cars.example/models/${place % 50}${TAGS[place % TAGS.length]}`,
      referrer: PLACES[place % PLACES.length]?.(place) ?? '',
      userAgent: `Mozilla/5.0 (Linux; Android ${8 + (agent % 9)}; SM-A${agent % 999}F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/${chrome} Mobile Safari/537.36${APPS[agent % APPS.length]}`,
      siteHosts: ['cars.example'],
    }
  })
}

function perSecond(hits: readonly VisitInput[], work: (hit: VisitInput) => unknown): number {
  const before = process.cpuUsage()
  for (const hit of hits) work(hit)
  const { user, system } = process.cpuUsage(before)
  return hits.length / ((user + system) / 1e6)
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
}

const facts = loadFacts()
const usual = visits(USUAL_AGENTS, USUAL_REFERRERS, 1)
const warmed = createVisitClassifier(facts)
for (const hit of usual) warmed(hit, { evidence: false })

const kinds = {
  'label, cold (all user agents and referrers new)': (round: number) => {
    const classify = createVisitClassifier(facts)
    return perSecond(visits(HITS, HITS, 100 + round), (hit) => classify(hit, { evidence: false }))
  },
  'label, warm (usual mix)': () => perSecond(usual, (hit) => warmed(hit, { evidence: false })),
  'label with evidence, warm': () => perSecond(usual, (hit) => warmed(hit)),
  'baseline: isbot + ua-parser-js, user agent only': () =>
    perSecond(usual, ({ userAgent }) => {
      const text = userAgent ?? ''
      const parser = new UAParser(text)
      return [isbot(text), parser.getBrowser(), parser.getOS(), parser.getDevice()]
    }),
}
const results = new Map<string, number[]>(Object.keys(kinds).map((name) => [name, []]))
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, measure] of Object.entries(kinds)) {
    const figure = measure(round)
    // The first round compiles the code and is not counted.
    if (round >= 0) results.get(name)?.push(figure)
  }
}
console.log(`visits a round: ${HITS}, rounds: ${ROUNDS}, visits per CPU-second`)
const baseline = median([...results.values()].at(-1) ?? [])
for (const [name, figures] of results) {
  const figure = median(figures)
  console.log(
    `${name.padEnd(50)} ${String(Math.round(figure)).padStart(9)}  ${(figure / baseline).toFixed(1)} × baseline`,
  )
}

const units = ['a', 'a.', '&utm_source=a', '%40', 'a@', '{', '(']
const fields: Record<string, (text: string) => VisitInput> = {
  url: (text) => ({ url: `https://cars.example/?${text}` }),
  referrer: (text) => ({ url: '', referrer: `https://${text}` }),
  userAgent: (text) => ({ url: '', userAgent: `Mozilla/5.0 ${text}` }),
  header: (text) => ({ url: '', headers: { 'x-requested-with': text, [text]: text } }),
}
console.log('\n100 kB in one field, worst of its kind: ms, and beside 50 kB')
for (const [field, visit] of Object.entries(fields)) {
  const cost = (unit: string, length: number): number => {
    const hits = Array.from({ length: 200 }, () => visit(unit.repeat(length / unit.length)))
    const fresh = createVisitClassifier(facts)
    fresh({ url: '' })
    return 1000 / perSecond(hits, (hit) => fresh(hit, { evidence: false }))
  }
  const worst = units
    .map((unit) => [median([1, 2, 3].map(() => cost(unit, 100_000))), unit] as const)
    .sort(([a], [b]) => b - a)[0]
  if (!worst) continue
  const half = median([1, 2, 3].map(() => cost(worst[1], 50_000)))
  console.log(`${field.padEnd(12)} ${worst[0].toFixed(2).padStart(8)}  × ${(worst[0] / half).toFixed(1)}`)
}
