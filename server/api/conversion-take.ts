import type { Control } from '../control/control.ts'
import { conversionFingerprint, conversionId, type ToldConversion } from '../domain/conversions/conversion.ts'
import type { ConversionOutcome } from '../domain/conversions/decide.ts'
import type { Site } from '../domain/site.ts'
import type { PostedConversion } from './conversion-body.ts'
import { readConversion } from './conversion-read.ts'
import {
  type ConversionProblem,
  type ConversionResult,
  MAX_CONVERSIONS,
  type TakenConversion,
} from './conversion-schemas.ts'
import { toIso } from './fields.ts'

export interface TakeDeps {
  control: Pick<Control, 'goals' | 'conversions'>
  intake: ConversionTaker
  /** Unix milliseconds. */
  now(): number
}

/** What takes conversions in, exactly once; of `startConversionIntake`. */
export interface ConversionTaker {
  take(siteId: number, told: readonly ToldConversion[]): Promise<ConversionOutcome[]>
}

/** How a conversion was taken, beside what is answered for it. */
export type Result = ConversionResult & { taken: 'created' | 'replaced' | 'repeated' | 'refused' | 'delayed' }

/**
 * Takes what was posted to a site, in order and a thousand at a time: the good ones count, each other has its problem.
 *
 * Rejects where the control store does not answer and nothing was taken yet; after that the rest is `delayed`.
 */
export async function takeConversions(
  deps: TakeDeps,
  site: Site,
  posted: readonly PostedConversion[],
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < posted.length; from += MAX_CONVERSIONS) {
    const some = posted.slice(from, from + MAX_CONVERSIONS)
    try {
      results.push(...(await takeSome(deps, site, some, from)))
    } catch (error) {
      if (from === 0) throw error
      return [...results, ...posted.slice(from).map((one, index) => delayed(one, from + index))]
    }
  }
  return results
}

async function takeSome(
  { control, intake, now }: TakeDeps,
  site: Site,
  posted: readonly PostedConversion[],
  from: number,
): Promise<Result[]> {
  const read = posted.map((one) => readConversion(one, site.id, now()))
  const told = read.flatMap((one) => (one.ok ? [one.told] : []))
  const strangers = await withoutGoal(control, site.id, told)
  const good = told.filter((one) => !strangers.of.has(one))
  const outcomes = new Map<ToldConversion, ConversionOutcome>()
  const taken = good.length > 0 ? await intake.take(site.id, good) : []
  good.forEach((one, index) => {
    const outcome = taken[index]
    if (outcome) outcomes.set(one, outcome)
  })
  return read.map((one, index): Result => {
    const { line = null, prefix = '' } = posted[index] ?? {}
    const place = { index: from + index, ...(line !== null && { line }) }
    if (!one.ok) return { ...place, ...refused(400, { detail: detailOf(one.errors), errors: one.errors }) }
    const outcome = outcomes.get(one.told)
    if (!outcome) {
      const errors = [{ field: `${prefix}goal`, message: strangers.message, allowed: strangers.allowed }]
      return { ...place, ...refused(400, { detail: detailOf(errors), errors }) }
    }
    return { ...place, ...answered(site.id, one.told, outcome, prefix) }
  })
}

/**
 * Those that name no goal that takes conversions from elsewhere. One that was told before, the same, is let pass: the
 * goal may be gone since, and its first answer stands.
 */
async function withoutGoal(control: TakeDeps['control'], siteId: number, told: readonly ToldConversion[]) {
  const { items } = await control.goals.of(siteId)
  const allowed = items.flatMap(({ name, match }) => (match.type === 'external' ? [name] : []))
  const names = new Set(allowed)
  const unknown = told.filter(({ goal }) => !names.has(goal))
  const of = new Set<ToldConversion>()
  if (unknown.length > 0) {
    const known = await control.conversions.find(
      siteId,
      unknown.map(({ key }) => key),
    )
    for (const one of unknown) {
      const before = known.get(one.key)
      const isRepeat = before?.version === one.version && before.fingerprint === conversionFingerprint(one)
      if (!isRepeat) of.add(one)
    }
  }
  const message =
    allowed.length > 0
      ? 'This names no goal of the site that takes conversions from elsewhere.'
      : 'The site has no goal that takes conversions from elsewhere: add one with the match {"type":"external"}.'
  return { of, allowed, message }
}

function answered(
  siteId: number,
  told: ToldConversion,
  outcome: ConversionOutcome,
  prefix: string,
): Omit<Result, 'index'> {
  switch (outcome.kind) {
    case 'new':
      return { status: 201, taken: 'created', conversion: shown(siteId, told, outcome.receivedAt) }
    case 'replaces':
      return { status: 200, taken: 'replaced', conversion: shown(siteId, told, outcome.receivedAt) }
    case 'same':
      return { status: 200, taken: 'repeated', conversion: shown(siteId, told, outcome.receivedAt) }
    case 'delayed':
      return { status: 503, taken: 'delayed', problem: LATER }
    case 'other_body': {
      const message = `The key was told before with another body; send version ${outcome.version + 1} or higher to replace it.`
      return conflict(`${prefix}key`, message, outcome.version)
    }
    case 'older': {
      const message = `Version ${outcome.version} of this key counts now; a lower one is not taken.`
      return conflict(`${prefix}version`, message, outcome.version)
    }
  }
}

function shown(siteId: number, told: ToldConversion, receivedAt: number): TakenConversion {
  const { key, version, goal, cancelled, time, value, currency } = told
  return {
    id: conversionId(siteId, key, version),
    key,
    version,
    goal,
    status: cancelled ? 'cancelled' : 'confirmed',
    time: toIso(time),
    value: value === '' ? null : Number(value),
    currency: currency === '' ? null : currency,
    receivedAt: toIso(receivedAt),
  }
}

const LATER: ConversionProblem = { detail: 'It could not be taken just now; send it again.', errors: [] }

function delayed({ line }: PostedConversion, index: number): Result {
  return { index, ...(line !== null && { line }), status: 503, taken: 'delayed', problem: LATER }
}

function refused(status: number, problem: ConversionProblem): Omit<Result, 'index'> {
  return { status, taken: 'refused', problem }
}

function conflict(field: string, message: string, presentVersion: number): Omit<Result, 'index'> {
  return refused(409, { detail: message, errors: [{ field, message }], presentVersion })
}

function detailOf(errors: readonly { field: string; message: string }[]): string {
  return errors.map(({ field, message }) => `${field}: ${message}`).join(' ')
}
