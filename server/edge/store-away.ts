/** The control store does not answer just now; asking again later is right. */
export class StoreAway extends Error {
  constructor(cause: unknown) {
    super('the control store does not answer', { cause })
    this.name = 'StoreAway'
  }
}

/**
 * What the store answers within `timeout` milliseconds.
 *
 * @throws {StoreAway} where it rejects or takes longer
 */
export function within<Answer>(timeout: number, ask: () => Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StoreAway(new Error(`no answer in ${timeout} ms`))), timeout)
    ask().then(
      (answer) => {
        clearTimeout(timer)
        resolve(answer)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(new StoreAway(error))
      },
    )
  })
}
