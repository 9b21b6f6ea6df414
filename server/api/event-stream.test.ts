import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { Progress } from '../reports/attribution/contract.ts'
import { ModelsError } from '../reports/attribution/worker/models-error.ts'
import { type Asking, answerByEvents } from './event-stream.ts'

function answering(ask: (asking: Asking) => Promise<unknown>, heartbeatMs?: number) {
  const app = new Hono()
  app.get('/', (c) => answerByEvents(c, ask, heartbeatMs === undefined ? {} : { heartbeatMs }))
  return app.request('/')
}

test('events come in the order in which they were told', async () => {
  const stages: Progress[] = [
    { stage: 'paths', done: 0.5 },
    { stage: 'paths', done: 1 },
    { stage: 'markov', done: 1 },
  ]
  const response = await answering(async ({ onProgress }) => {
    for (const stage of stages) onProgress?.(stage)
    return { results: ['line\nbreak'] }
  })
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect(await response.text()).toBe(
    'event: progress\ndata: {"stage":"paths","done":0.5}\n\n' +
      'event: progress\ndata: {"stage":"paths","done":1}\n\n' +
      'event: progress\ndata: {"stage":"markov","done":1}\n\n' +
      'event: answer\ndata: {"results":["line\\nbreak"]}\n\n',
  )
})

test('comments keep the connection open while there is nothing to tell', async () => {
  let finish = (_: unknown) => {}
  const response = await answering(
    () =>
      new Promise((resolve) => {
        finish = resolve
      }),
    1,
  )
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toBe(': at work\n\n')
  finish({})
  let rest = ''
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) rest += part.value
  expect(rest).toMatch(/event: answer\ndata: \{\}\n\n$/)
})

test('a question that is too heavy is told as a problem', async () => {
  const response = await answering(() => Promise.reject(new ModelsError('limit', 'it took too long')))
  const [, data = ''] = /^event: problem\ndata: (.*)\n\n$/.exec(await response.text()) ?? []
  expect(JSON.parse(data)).toMatchObject({
    status: 422,
    detail: expect.stringContaining('it took too long. Ask for fewer days'),
  })
})

test('whoever stops reading ends the work, and nothing more is told', async () => {
  let asked: AbortSignal | undefined
  const response = await answering(async ({ signal, onProgress }) => {
    asked = signal
    onProgress?.({ stage: 'paths', done: 0 })
    await new Promise((aborted) => signal.addEventListener('abort', aborted))
    throw new ModelsError('aborted', 'nobody waits')
  })
  const reader = response.body?.getReader()
  await reader?.read()
  expect(asked?.aborted).toBe(false)
  await reader?.cancel()
  expect(asked?.aborted).toBe(true)
})
