/** So many of so many: `k` sessions that converted of `n`, whole numbers, 0 ≤ k ≤ n. */
export interface Rate {
  k: number
  n: number
}

/** Both ends belong to it. */
export type Interval = [low: number, high: number]

/** The standard normal's 97.5 % quantile: two-sided 95 %. */
export const Z_95 = 1.959963984540054
/** Its 80 % quantile: a power of 80 %. */
export const Z_POWER_80 = 0.8416212335729143
