/** Nothing of ours may disturb the page: `act` as a function that keeps its exceptions to itself. */
export const quietly =
  <Given>(act: (given: Given) => unknown) =>
  (given?: unknown): void => {
    try {
      act(given as Given)
    } catch {
      // The page goes before our figures.
    }
  }

/**
 * Listens for an event on the window and in the capture phase: it comes before every listener of the page, so none can
 * stop it, and sees what does not bubble.
 */
export function on(type: string, act: (event: Event) => unknown): void {
  addEventListener(type, quietly(act), true)
}
