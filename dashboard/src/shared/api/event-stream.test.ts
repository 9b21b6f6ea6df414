import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEvents, type StreamEvent } from './event-stream.ts'

function streamOf(chunks: Uint8Array[]): { stream: ReadableStream<Uint8Array>; cancelled: () => boolean } {
  let cancelled = false
  let next = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[next]
      next += 1
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
    cancel() {
      cancelled = true
    },
  })
  return { stream, cancelled: () => cancelled }
}

async function eventsOf(chunks: Uint8Array[]): Promise<StreamEvent[]> {
  const found: StreamEvent[] = []
  for await (const event of readEvents(streamOf(chunks).stream)) found.push(event)
  return found
}

/** Bytes, cut at the given places. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((end, at) => bytes.slice(sorted[at], end))
}

describe('a stream of events', () => {
  it('is read the same however its bytes are cut and its lines end', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ' '))
    const events = fc.array(fc.record({ event: fc.constantFrom('progress', 'answer'), data: line }), {
      maxLength: 5,
    })
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(400), { maxLength: 6 }),
        async (sent, end, places) => {
          const text = sent.map(({ event, data }) =>
            [': beat', `event: ${event}`, `data: ${data}`, '', ''].join(end),
          )
          expect(await eventsOf(cut(new TextEncoder().encode(text.join('')), places))).toEqual(sent)
        },
      ),
    )
  })

  it('joins the lines of one message and drops what the end cuts off', async () => {
    const text = 'data: a\ndata: b\n\nid: 7\n\nevent: answer\ndata: never whole\n'
    expect(await eventsOf([new TextEncoder().encode(text)])).toEqual([{ event: 'message', data: 'a\nb' }])
  })

  it('tells the server when nobody reads on', async () => {
    const { stream, cancelled } = streamOf([
      new TextEncoder().encode('data: 1\n\ndata: 2\n\n'),
      new Uint8Array(),
    ])
    for await (const { data } of readEvents(stream)) {
      expect(data).toBe('1')
      break
    }
    expect(cancelled()).toBe(true)
  })
})
