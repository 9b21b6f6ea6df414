/** So many at once, the others in the order they came. */
export interface Slots {
  /**
   * Waits for a slot; the function that it gives hands the slot on, and does nothing the second time.
   *
   * @throws the signal's reason where it is given while waiting; no slot is taken then.
   */
  take(signal: AbortSignal): Promise<() => void>
}

export function createSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []

  function taken(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }

  return {
    async take(signal) {
      signal.throwIfAborted()
      if (free > 0) {
        free -= 1
        return taken()
      }
      await new Promise<void>((go, giveUp) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1)
          giveUp(signal.reason)
        }
        const enter = () => {
          signal.removeEventListener('abort', leave)
          go()
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.push(enter)
      })
      return taken()
    },
  }
}
