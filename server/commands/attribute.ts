import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Model, PathSet } from '../domain/attribution/contract.ts'
import { ModelError } from '../domain/attribution/model-error.ts'
import { type ModelResult, type RunOptions, runModel } from '../domain/attribution/models.ts'
import { collapseRepeats } from '../domain/attribution/paths.ts'
import { type AttributedFile, notesOn } from './attribute-notes.ts'
import { type AttributeOptions, type AttributeSettings, readAttributeOptions } from './attribute-options.ts'
import { type AttributeResult, creditsToCsv, creditsToJson, creditsToTables } from './attribute-print.ts'
import { AttributeProblem } from './attribute-problem.ts'
import { readPathFile } from './attribute-read.ts'

export interface AttributeStreams {
  stdin: Readable
  stdout: Writable
  stderr: Writable
}

const PRINTERS: Record<AttributeSettings['output'], (result: AttributeResult) => string> = {
  json: creditsToJson,
  csv: creditsToCsv,
  table: creditsToTables,
}

/** With more channels than this a path column is likelier cut in the wrong place, and markov takes its time. */
const MANY_CHANNELS = 2_000

/**
 * `jejak attribute`: runs the attribution models on a CSV file of paths, so that anyone can check them on data of their
 * own. Needs no service, no store and no settings. The credits go to standard output; what a reader has to know of them
 * (an estimate, negative shares) and what is wrong goes to standard error. Nothing is printed unless all went well. A
 * reader that goes away ends it quietly.
 *
 * @returns 0, or 2 where an option, the file or a line of it cannot be used.
 */
export async function attributeCommand(
  options: AttributeOptions,
  streams: AttributeStreams,
): Promise<number> {
  try {
    const settings = readAttributeOptions(options)
    const file = await attributed(options.file, settings, streams)
    await printed(PRINTERS[settings.output](file), streams.stdout)
    for (const note of notesOn(file, settings)) streams.stderr.write(`note: ${note}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof AttributeProblem)) throw error
    streams.stderr.write(`${error.message}\n`)
    return 2
  }
}

async function attributed(
  file: string,
  settings: AttributeSettings,
  { stdin, stderr }: AttributeStreams,
): Promise<AttributedFile> {
  const { paths: raw, columns, isSeparated } = await opened(file, settings, stdin)
  const paths = settings.collapse ? collapseRepeats(raw) : raw
  if (paths.keys.length > MANY_CHANNELS) {
    stderr.write(
      `note: there are ${paths.keys.length} different touches, which may take minutes; is the separator right?\n`,
    )
  }
  // The states of a chain are made of the path as it is: only what is the same state twice in a row is merged there.
  const credits = settings.models.map((model) => ({
    model,
    ...creditsOf(model, model === 'markov' ? raw : paths, settings.options),
  }))
  return { paths, channels: paths.keys, credits, hasValue: columns.value !== null, isSeparated }
}

function creditsOf(model: Model, paths: PathSet, options: RunOptions): ModelResult {
  try {
    return runModel(model, paths, options)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw new AttributeProblem(`${model}: ${error.message}; --models can leave it out`)
  }
}

async function opened(file: string, { separator, columns }: AttributeSettings, stdin: Readable) {
  if (file === '-') return readPathFile(stdin, { name: 'stdin', separator, columns })
  const input = createReadStream(file)
  try {
    await once(input, 'open')
    return await readPathFile(input, { name: file, separator, columns })
  } catch (error) {
    // Of the system: a file that is not there, may not be read, or is a folder.
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new AttributeProblem(`jejak: cannot read ${file}: ${error.message}`)
  }
}

async function printed(text: string, stdout: Writable): Promise<void> {
  try {
    await pipeline(Readable.from([text]), stdout, { end: false })
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
  )
}
