import type { ConversionEntry, ConversionLedger, PendingConversion } from '../control/control.ts'
import {
  conversionFingerprint,
  conversionHit,
  type ToldConversion,
} from '../domain/conversions/conversion.ts'
import type { ConversionOutcome, ConversionVerdict } from '../domain/conversions/decide.ts'
import type { Logger } from '../ops/log.ts'
import { encodeHit } from '../spool/record.ts'
import type { SpoolWriter } from '../spool/spool.ts'

/** Takes conversions in, each exactly once however often it is told and whenever a process dies. */
export interface ConversionIntake {
  /**
   * Takes in what a site is told, in order. What it answers for is in the spool, on the disk.
   *
   * Rejects while the control store does not answer: nothing is told to have been taken then.
   */
  take(siteId: number, told: readonly ToldConversion[]): Promise<ConversionOutcome[]>
  /** Writes what was entered more than a minute ago and is not known to be in a spool. Resolves with their number. */
  redrive(): Promise<number>
  /** Ends the re-driving; the spool is its opener's to close. */
  stop(): Promise<void>
}

export interface ConversionIntakeOptions {
  ledger: ConversionLedger
  /** Its hits are on the disk when it says so (`durability: 'fsync'`). */
  spool: SpoolWriter
  log: Pick<Logger, 'info' | 'warn'>
  /** Unix milliseconds; the clock where it is left out. */
  now?: () => number
}

/** An entry this old is not on its way any more: whoever entered it has died, or its spool was full. */
const STALE_MS = 60_000
const LOOK_EVERY_MS = 15_000
const REDRIVEN_AT_ONCE = 500

/**
 * The way of a conversion: ledger (pending) → spool → ledger (done) → answer. Wherever that breaks off, the entry is
 * pending, and is written again by the next that tells it or by `redrive`; the hit's id follows from site, key and
 * version, so the loader drops what was there already.
 *
 * Looks for what is pending at once, and every 15 seconds.
 */
export function startConversionIntake(options: ConversionIntakeOptions): ConversionIntake {
  const { ledger, spool, log, now = Date.now } = options
  let sequence = 0
  let receivedAt = 0
  let running: Promise<number> | null = null

  /** Which of these the spool has. */
  async function write(some: readonly PendingConversion[]): Promise<boolean[]> {
    // The instant of writing, not of asking: whatever came before it is complete once the spool is loaded.
    receivedAt = Math.max(receivedAt, now())
    return Promise.all(
      some.map(
        ({ siteId, told }) =>
          new Promise<boolean>((done) => {
            const place = { edgeRun: spool.edgeRun, sequence: ++sequence, receivedAt }
            spool.append(encodeHit(conversionHit(siteId, told, place)), (lost) => done(lost === undefined))
          }),
      ),
    )
  }

  async function checkOff(siteId: number, told: readonly ToldConversion[]): Promise<void> {
    if (told.length === 0) return
    try {
      await ledger.spooled(siteId, told)
    } catch (error) {
      // It counts all the same, and will be written once more for nothing.
      log.warn({ error: String(error) }, 'conversions in the spool could not be checked off')
    }
  }

  async function redrive(): Promise<number> {
    let written = 0
    for (;;) {
      const stale = await ledger.pending(now() - STALE_MS, REDRIVEN_AT_ONCE)
      const isWritten = await write(stale)
      const kept = stale.filter((_, index) => isWritten[index])
      const bySite = new Map<number, ToldConversion[]>()
      for (const { siteId, told } of kept) bySite.set(siteId, [...(bySite.get(siteId) ?? []), told])
      for (const [siteId, told] of bySite) await ledger.spooled(siteId, told)
      written += kept.length
      if (stale.length < REDRIVEN_AT_ONCE || kept.length < stale.length) return written
    }
  }

  /** One at a time: what one is about to check off the other would write again. */
  function redriveAlone(): Promise<number> {
    running ??= redrive().finally(() => {
      running = null
    })
    return running
  }

  function look(): void {
    redriveAlone().then(
      (count) => {
        if (count > 0) log.info({ count }, 'conversions that were left on their way have been written')
      },
      (error) =>
        log.warn({ error: String(error) }, 'conversions left on their way wait for the control store'),
    )
  }

  look()
  const timer = setInterval(look, LOOK_EVERY_MS)
  return {
    async take(siteId, told) {
      const entries = told.map(
        (one): ConversionEntry => ({ told: one, fingerprint: conversionFingerprint(one) }),
      )
      const enteredAt = now()
      const verdicts = await ledger.enter(siteId, entries, enteredAt)
      const toWrite = told.flatMap((one, index) => (isToWrite(verdicts[index]) ? [{ index, told: one }] : []))
      const isWritten = await write(toWrite.map((one) => ({ siteId, told: one.told })))
      const delayed = new Set(toWrite.flatMap(({ index }, at) => (isWritten[at] ? [] : [index])))
      await checkOff(
        siteId,
        toWrite.flatMap(({ index, told }) => (delayed.has(index) ? [] : [told])),
      )
      return verdicts.map((verdict, index) => {
        if (delayed.has(index)) return { kind: 'delayed' }
        return outcomeOf(verdict, enteredAt)
      })
    },
    redrive: redriveAlone,
    async stop() {
      clearInterval(timer)
      await running?.catch(() => {})
    },
  }
}

/** One that is pending may be on its way, or left on it: nobody can tell, and twice does no harm. */
function isToWrite(verdict: ConversionVerdict | undefined): boolean {
  if (verdict?.kind === 'same') return verdict.pending
  return verdict?.kind === 'new' || verdict?.kind === 'replaces'
}

function outcomeOf(verdict: ConversionVerdict, enteredAt: number): ConversionOutcome {
  switch (verdict.kind) {
    case 'new':
    case 'replaces':
      return { kind: verdict.kind, receivedAt: enteredAt }
    case 'same':
      return { kind: 'same', receivedAt: verdict.receivedAt }
    default:
      return verdict
  }
}
