/** One message of a `text/event-stream`. */
export interface StreamEvent {
  /** Its name; `message` where it has none. */
  event: string
  data: string
}

/**
 * The messages of a stream as they come (WHATWG HTML, "server-sent events"). Comments, ids and retry times are passed
 * over; a message that the end of the stream cuts off is dropped.
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let event = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += decoder.decode(value, { stream: true })
      // A carriage return at the very end may be half of a line end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n') }
          event = ''
          data = []
          continue
        }
        const [, field, text = ''] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(line) ?? []
        if (field === 'event') event = text
        if (field === 'data') data.push(text)
      }
    }
  } finally {
    // Whoever stops reading wants no more of it: the server hears that the client is gone.
    await reader.cancel().catch(() => {})
  }
}
