import type { Goal } from './goal.ts'

/** The goal of a name; names are unique whatever their case. */
export function goalNamed(name: string, goals: readonly Goal[]): Goal | undefined {
  return goals.find((goal) => goal.name.toLowerCase() === name.toLowerCase())
}
