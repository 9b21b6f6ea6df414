import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createVisitClassifier, type VisitClassifier } from '../domain/visit/classify-visit.ts'
import { inputProblem, visitInputSchema } from '../domain/visit/visit-input.ts'
import { loadFacts } from '../facts/load.ts'
import { readLines } from '../imports/lines.ts'

export interface ClassifyStreams {
  stdin: Readable
  stdout: Writable
  stderr: Writable
}

export interface ClassifyOptions {
  /** A file of one JSON object a line; standard input where it is left out, or `-`. */
  file?: string | undefined
  /** Whether each label says why. */
  evidence: boolean
}

/** Longest line that is read; a visit with every field at its longest has a hundredth of it. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
/** Text written at once: what a few hundred labels take. */
const WRITE_CHARS = 64 * 1024

/**
 * `jejak classify`: labels visits, one JSON object a line in, one label a line out, in the same order. A line that
 * cannot be read comes back as `{ line, error }`, its number counted from 1; blank lines are passed over. Memory:
 * one line and one chunk, as fast as the reader takes it. A reader that goes away ends it.
 *
 * @returns 0, or 2 where the file cannot be read.
 */
export async function classifyCommand(options: ClassifyOptions, streams: ClassifyStreams): Promise<number> {
  let input = streams.stdin
  if (options.file !== undefined && options.file !== '-') {
    const opened = createReadStream(options.file)
    try {
      await once(opened, 'open')
    } catch (error) {
      streams.stderr.write(
        `jejak: cannot read ${options.file}: ${error instanceof Error ? error.message : error}\n`,
      )
      return 2
    }
    input = opened
  }
  const classify = createVisitClassifier(loadFacts())
  try {
    await pipeline(Readable.from(labels(classify, input, options)), streams.stdout, { end: false })
  } catch (error) {
    if (isGone(error)) return 0
    if (input === streams.stdin) throw error
    streams.stderr.write(
      `jejak: cannot read ${options.file}: ${error instanceof Error ? error.message : error}\n`,
    )
    return 2
  }
  return 0
}

async function* labels(
  classify: VisitClassifier,
  input: Readable,
  { evidence }: ClassifyOptions,
): AsyncGenerator<string> {
  let number = 0
  for await (const lines of readLines(input, MAX_LINE_BYTES)) {
    let text = ''
    for (const line of lines) {
      number++
      const answer = line === null ? TOO_LONG : labelOf(classify, line.toString(), evidence)
      if (answer === null) continue
      text += `${JSON.stringify(typeof answer === 'string' ? { line: number, error: answer } : answer)}\n`
      if (text.length < WRITE_CHARS) continue
      yield text
      text = ''
    }
    if (text !== '') yield text
  }
}

const TOO_LONG = `the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MB`

/** The label, a text that says why there is none, or null for a blank line. */
function labelOf(classify: VisitClassifier, line: string, evidence: boolean): object | string | null {
  if (line.trim() === '') return null
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`
  }
  const input = visitInputSchema.safeParse(value)
  return input.success ? classify(input.data, { evidence }) : inputProblem(input.error)
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
  )
}
