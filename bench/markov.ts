/**
 * `npm run bench -- markov [PATHS]`: the models that need all paths at once, over distinct paths of five touches on
 * twenty channels, beside `linear` over the same set: medians of rounds in turn, seconds of this one thread, states and
 * all. Says what collecting the paths took, and the most memory that the process ever held.
 */
import type { MarkovOrder, PathSet } from '../server/domain/attribution/contract.ts'
import { runModel } from '../server/domain/attribution/models.ts'
import { collectPaths, type TouchPath } from '../server/domain/attribution/paths.ts'
import { seeded } from './support/traffic.ts'

const PATHS = Number(process.argv[2] ?? 1_000_000)
const CHANNELS = Array.from({ length: 20 }, (_, at) => `Channel ${at + 1}`)
const TOUCHES = 5
/** Has no factor in common with 20^5, so that no path comes twice in the first 3.2 million. */
const STRIDE = 1_234_577
const ROUNDS = 3

/** Skewed as real traffic is: the first channels convert up to five times as often as the last. */
function* paths(): Generator<TouchPath> {
  const random = seeded(7)
  for (let at = 0; at < PATHS; at++) {
    let code = (at * STRIDE) % CHANNELS.length ** TOUCHES
    const touches: string[] = []
    let worth = 0
    for (let place = 0; place < TOUCHES; place++) {
      const channel = code % CHANNELS.length
      code = Math.floor(code / CHANNELS.length)
      touches.push(CHANNELS[channel] ?? '')
      worth += 1 - (0.8 * channel) / CHANNELS.length
    }
    const conversions = random() < worth / (4 * TOUCHES) ? 1 : 0
    const nulls = conversions === 0 || random() < 0.2 ? 1 + Math.floor(random() * 3) : 0
    yield { touches, conversions, value: conversions * Math.ceil(100 * random()), nulls }
  }
}

function seconds(work: () => void): number {
  const begin = performance.now()
  work()
  return (performance.now() - begin) / 1e3
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

let set: PathSet | undefined
const collecting = seconds(() => {
  set = collectPaths(paths())
})
if (!set) throw new Error('no paths')
const collected = set
const orders: MarkovOrder[] = [1, 2, 3]
const runs: [name: string, run: () => void][] = [
  ['linear', () => runModel('linear', collected)],
  ...orders.map((order): [string, () => void] => [
    `markov, order ${order}`,
    () => runModel('markov', collected, { order }),
  ]),
  ['shapley', () => runModel('shapley', collected)],
  ['shapleyRate, exact', () => runModel('shapleyRate', collected)],
]
const times = runs.map((): number[] => [])
for (let round = 0; round < ROUNDS; round++)
  runs.forEach(([, run], at) => {
    times[at]?.push(seconds(run))
  })

console.log(`${PATHS} paths of ${TOUCHES} touches, ${CHANNELS.length} channels; median of ${ROUNDS} rounds`)
console.log(`made and collected in ${collecting.toFixed(2)} s`)
const baseline = median(times[0] ?? [])
runs.forEach(([name], at) => {
  const own = median(times[at] ?? [])
  const aim = name === 'markov, order 2' ? ' (aim: under 5 s for a million)' : ''
  console.log(
    `${name.padEnd(20)} ${own.toFixed(3).padStart(7)} s  ${(own / baseline).toFixed(1).padStart(6)} × linear${aim}`,
  )
})
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB (aim: under 1024)`)
