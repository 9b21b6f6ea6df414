/** How many marked ones are among `draws` out of a `population` of which so many are `marked`. */
export interface Hypergeometric {
  population: number
  marked: number
  draws: number
}

/** Beyond some 36 standard deviations nothing is left to add. */
const NEGLIGIBLE = 1e-290

/**
 * Visits the values of a hypergeometric distribution with their probabilities relative to the likeliest one (1), from
 * there downwards and then upwards, as far as they are above 1e-290.
 *
 * Each follows from its neighbour, h(x+1) / h(x) = (marked − x)(draws − x) / ((x + 1)(population − marked − draws + x + 1)):
 * no factorials, whose logarithms would lose eight digits at ten million. Steps grow with the square root of the population:
 * some 80,000 at ten million.
 */
export function eachWeight(
  { population, marked, draws }: Hypergeometric,
  visit: (value: number, weight: number) => void,
): void {
  const least = Math.max(0, marked + draws - population)
  const most = Math.min(marked, draws)
  const likeliest = Math.floor(((draws + 1) * (marked + 1)) / (population + 2))
  const start = Math.min(most, Math.max(least, likeliest))
  const ratio = (x: number) =>
    ((marked - x) / (x + 1)) * ((draws - x) / (population - marked - draws + x + 1))
  for (let x = start, weight = 1; x >= least && weight > NEGLIGIBLE; x -= 1) {
    visit(x, weight)
    weight /= ratio(x - 1)
  }
  for (let x = start + 1, weight = ratio(start); x <= most && weight > NEGLIGIBLE; x += 1) {
    visit(x, weight)
    weight *= ratio(x)
  }
}
