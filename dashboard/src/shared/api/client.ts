import { ApiProblem, problemFrom } from './problem.ts'
import { apiToken, setRefusal } from './token.ts'

export interface ApiCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  accept?: string
  signal?: AbortSignal
}

/**
 * Asks the API on our own origin. A 401 or 403 is also kept as the standing refusal (`useRefusal`).
 * @throws {ApiProblem} for every answer that is not a success; status 0 where there was no answer.
 */
export async function api(path: string, call: ApiCall = {}): Promise<Response> {
  const token = apiToken()
  const response = await fetch(path, {
    method: call.method ?? 'GET',
    headers: {
      accept: call.accept ?? 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiProblem(0, 'The server cannot be reached', 'Check that Jejak is running, then try again.')
  })
  if (response.ok) return response
  const problem = await problemFrom(response)
  // An aborted body reads as an empty one: that would be a problem without its words.
  call.signal?.throwIfAborted()
  if (problem.wantsToken) setRefusal(problem)
  throw problem
}

/** `api`, with the answer read as JSON. */
export async function apiJson<T>(path: string, call: ApiCall = {}): Promise<T> {
  const response = await api(path, call)
  return (await response.json()) as T
}
