/** Choices with weights, summed up once. */
export interface Weighted<Choice> {
  readonly choices: readonly Choice[]
  /** Sum of the weights up to and with each choice. */
  readonly sums: readonly number[]
}

/** @throws {RangeError} where there is nothing to choose from. */
export function weighted<Choice>(
  choices: readonly Choice[],
  weight: (choice: Choice) => number,
): Weighted<Choice> {
  let sum = 0
  const sums = choices.map((choice) => {
    sum += weight(choice)
    return sum
  })
  if (!(sum > 0)) throw new RangeError('there is nothing to choose from')
  return { choices, sums }
}

/** Above this mean the normal distribution stands in for Poisson's: it is off by less than the day's noise. */
const POISSON_LIMIT = 30
const WARM_UP = 12

/**
 * Made-up chance that up to four numbers determine (seed, hour, stream, visit): the same numbers give the same draws, in
 * whatever order visits are made. sfc32 of PractRand: 128 bits of state give as many hit ids as anybody wants without
 * repeating one.
 */
export function randomOf(...names: readonly number[]): Random {
  return new Random(names)
}

export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(names: readonly number[]) {
    this.#a = mixed(names[0] ?? 0, 0x9e3779b9)
    this.#b = mixed((names[1] ?? 0) ^ this.#a, 0x85ebca6b)
    this.#c = mixed((names[2] ?? 0) ^ this.#b, 0xc2b2ae35)
    this.#d = mixed((names[3] ?? 0) ^ this.#c, 1)
    for (let round = 0; round < WARM_UP; round++) this.#word()
  }

  /** At least 0, less than 1. */
  next(): number {
    return this.#word() / 4_294_967_296
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }

  /** Around `median`, never 0: half of all draws lie below it. `spread` is the standard deviation of the logarithm. */
  around(median: number, spread: number): number {
    return median * Math.exp(spread * this.#normal())
  }

  /** Waiting times with this mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  /** How many of a rare thing happen where `mean` are expected: Poisson's distribution by Knuth's multiplication. */
  count(mean: number): number {
    if (!(mean > 0)) return 0
    if (mean > POISSON_LIMIT) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()))
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.next(); product > limit; product *= this.next()) count++
    return count
  }

  /** One of the choices, by weight. */
  pick<Choice>({ choices, sums }: Weighted<Choice>): Choice {
    const at = this.next() * (sums.at(-1) ?? 0)
    const index = sums.findIndex((sum) => at < sum)
    return choices[index < 0 ? choices.length - 1 : index] as Choice
  }

  /** One of the choices, which are some. */
  one<Choice>(choices: readonly Choice[]): Choice {
    return choices[Math.floor(this.next() * choices.length)] as Choice
  }

  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.#word().toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }

  bits64(): bigint {
    return (BigInt(this.#word()) << 32n) | BigInt(this.#word())
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + sum) | 0
    return sum >>> 0
  }

  /** Box and Muller's: one draw of the standard normal distribution. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }
}

/** Murmur3's finaliser: near numbers come out far apart. */
function mixed(number: number, salt: number): number {
  let value = (number ^ salt) | 0
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
