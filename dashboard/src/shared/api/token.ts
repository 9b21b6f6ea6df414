import { useSyncExternalStore } from 'react'
import type { ApiProblem } from './problem.ts'

const KEY = 'jejak.token'

/** The API's refusal that asks for a token, while it stands. */
let refusal: ApiProblem | null = null
const listeners = new Set<() => void>()

/** The token of this tab, kept until the tab is closed; null where none was entered or storage is blocked. */
export function apiToken(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** Keeps a token for this tab and lifts the refusal, so that everything is asked again with it. */
export function enterToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token)
  } catch {
    // Storage is blocked: the next refusal asks for it again.
  }
  setRefusal(null)
}

export function setRefusal(problem: ApiProblem | null): void {
  if (refusal === problem) return
  refusal = problem
  for (const listener of listeners) listener()
}

/** The refusal that asks for a token, or null while the API lets us in. */
export function useRefusal(): ApiProblem | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => refusal,
  )
}
