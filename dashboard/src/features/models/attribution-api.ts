import { keepPreviousData, queryOptions, skipToken, useQuery } from '@tanstack/react-query'
import type {
  AttributionAnswer,
  AttributionRequest,
  PathsAnswer,
  PathsRequest,
  Progress,
} from '../../../../server/reports/attribution/contract.ts'
import { api, apiJson } from '../../shared/api/client.ts'
import { readEvents } from '../../shared/api/event-stream.ts'
import { ApiProblem, problemOf } from '../../shared/api/problem.ts'

const PATH = '/api/v1/attribution'
const STREAM = 'text/event-stream'

/**
 * Credits by model. A question that nobody waits for any more is aborted, and with it the work on the server. While a
 * changed question is under way the last answer stays (`isPlaceholderData`).
 */
export function attribution(request: AttributionRequest) {
  return queryOptions({
    queryKey: ['attribution', request],
    queryFn: async ({ signal, client }) => {
      const standing = progressKey(request)
      try {
        return await answerOf(request, signal, (progress) => client.setQueryData(standing, progress))
      } finally {
        client.removeQueries({ queryKey: standing })
      }
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    // It may be seconds of work: coming back to the window is no reason for it.
    refetchOnWindowFocus: false,
  })
}

const progressKey = (request: AttributionRequest) => ['attribution-progress', request]

/** How far a question is; undefined while nothing is known or nothing is under way. */
export function useProgress(request: AttributionRequest): Progress | undefined {
  return useQuery<Progress>({ queryKey: progressKey(request), queryFn: skipToken }).data
}

/** @throws {ApiProblem} status 0 where the stream ends without an answer. */
async function answerOf(
  request: AttributionRequest,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<AttributionAnswer> {
  const response = await api(PATH, { method: 'POST', body: request, accept: STREAM, signal })
  const streamed = response.headers.get('content-type')?.startsWith(STREAM) ?? false
  if (!streamed || response.body === null) return (await response.json()) as AttributionAnswer
  try {
    for await (const { event, data } of readEvents(response.body)) {
      if (event === 'progress') onProgress(JSON.parse(data) as Progress)
      if (event === 'answer') return JSON.parse(data) as AttributionAnswer
      if (event === 'problem') throw problemIn(JSON.parse(data))
    }
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof ApiProblem) throw cause
  }
  signal.throwIfAborted()
  throw new ApiProblem(
    0,
    'The answer broke off',
    'The connection ended before the answer was whole. Try again.',
  )
}

function problemIn(body: unknown): ApiProblem {
  const status = typeof body === 'object' && body !== null && 'status' in body ? Number(body.status) : 0
  return problemOf(Number.isInteger(status) ? status : 0, body)
}

/** Paths, a part of the list at a time. */
export function paths(request: PathsRequest) {
  return queryOptions({
    queryKey: ['attribution-paths', request],
    queryFn: ({ signal }) => apiJson<PathsAnswer>(`${PATH}/paths`, { method: 'POST', body: request, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })
}

/** The credits, answered as a CSV file. */
export async function modelsCsv(request: AttributionRequest): Promise<Blob> {
  return (await api(PATH, { method: 'POST', body: request, accept: 'text/csv' })).blob()
}

/** The paths, answered as a CSV file. */
export async function pathsCsv(request: PathsRequest): Promise<Blob> {
  return (await api(`${PATH}/paths`, { method: 'POST', body: request, accept: 'text/csv' })).blob()
}
