import { createReadStream, unwatchFile, watchFile } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { ConfigError } from '../config.ts'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import { type NetworkList, type ReadNetworks, readNetworks } from './network-list.ts'

export interface HostingFile {
  /** Whether a data centre's network, by the file as it was last read; parameters as of `NetworkList.holds`. */
  holds: NetworkList['holds']
  /** Ends the looking for changes. */
  close(): void
}

export interface HostingFileOptions {
  log: HostingLog
  /** Whether network numbers of addresses are known at all. */
  numbersKnown: boolean
  /** Milliseconds between looks whether the file has changed (default: five seconds). */
  lookMs?: number
}

/** As pino's. Neither an address nor a line of the file is said to it. */
export interface HostingLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

const NAME = 'JEJAK_HOSTING_FILE'
/** Some 400 lines, which take a millisecond. */
const PIECE_BYTES = 8192

/**
 * Opens the operator's list of data-centre networks (`readNetworks` says how it is written) and reads it again when it
 * changes. Lines that cannot be read are left out, with one warning. A changed file that cannot be read at all leaves
 * the list as it was.
 *
 * @throws {ConfigError} where the file cannot be read at the start
 */
export async function openHostingFile(path: string, options: HostingFileOptions): Promise<HostingFile> {
  const { log, numbersKnown, lookMs = limits.hostingLookMs } = options
  let list: NetworkList
  let reading = Promise.resolve()

  const take = (read: ReadNetworks): NetworkList => {
    tell(read, path, log, numbersKnown)
    return read.list
  }
  const readAgain = async () => {
    try {
      list = take(await read(path))
    } catch (error) {
      log.warn(
        { file: path, reason: reasonOf(error) },
        `${NAME} cannot be read again; its last state goes on`,
      )
    }
  }
  const look = () => {
    reading = reading.then(readAgain)
  }
  // Before the first reading, so that no change falls between the two.
  watchFile(path, { interval: lookMs, persistent: false }, look)
  try {
    list = take(await read(path))
  } catch (error) {
    unwatchFile(path, look)
    throw new ConfigError(NAME, `${NAME}: ${path} cannot be used: ${reasonOf(error)}`)
  }
  return {
    holds: (address, networkNumber) => list.holds(address, networkNumber),
    close: () => unwatchFile(path, look),
  }
}

/** Reads in pieces, between which requests are answered. */
async function read(path: string): Promise<ReadNetworks> {
  const found = await stat(path)
  if (!found.isFile()) throw new Error('it is no file')
  if (found.size > limits.hostingFileBytes) {
    throw new Error(`${found.size} bytes are more than the ${limits.hostingFileBytes} that a list may have`)
  }
  const stream = createReadStream(path, { highWaterMark: PIECE_BYTES })
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  // The line reader ends without a word where its stream fails.
  const failed = new Promise<never>((_, fail) => stream.once('error', fail))
  failed.catch(() => {})
  return Promise.race([readNetworks(lines), failed])
}

function tell(read: ReadNetworks, path: string, log: HostingLog, numbersKnown: boolean): void {
  const { list, lines, unreadable, firstUnreadable } = read
  log.info({ file: path, ranges: list.ranges, numbers: list.numbers }, 'data-centre networks are known')
  if (unreadable > 0) {
    log.warn(
      { file: path, firstLine: firstUnreadable, unreadable, lines },
      `${NAME}: lines are left out that are neither a network nor a network number`,
    )
  }
  if (list.numbers > 0 && !numbersKnown) {
    log.warn(
      { file: path, numbers: list.numbers },
      `${NAME} names networks by number, which nothing tells of an address: set JEJAK_NETWORK_DATABASE`,
    )
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
