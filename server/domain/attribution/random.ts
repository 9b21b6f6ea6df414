/** Chance from 0 to below 1 that a seed determines: Doty-Humphrey's sfc32 (PractRand), 128 bits of state. */
export function seededRandom(seed: number): () => number {
  let a = 0
  let b = seed | 0
  let c = Math.floor(seed / 2 ** 32) | 0
  let counter = 1
  const next = () => {
    const word = (((a + b) | 0) + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    return (word >>> 0) / 2 ** 32
  }
  // The author's own warm-up, after which near seeds have nothing in common.
  for (let turn = 0; turn < 12; turn++) next()
  return next
}
