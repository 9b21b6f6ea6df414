import type { Changes } from './control.ts'

/** The fields that a change names, ready to spread over the old ones: null is a value, undefined is not. */
export function given<Fields>(change: Changes<Fields>): Partial<Fields> {
  const named = Object.entries(change).filter(([, value]) => value !== undefined)
  return Object.fromEntries(named) as Partial<Fields>
}
