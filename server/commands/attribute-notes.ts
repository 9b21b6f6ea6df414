import type { Model, PathSet } from '../domain/attribution/contract.ts'
import { DIRECT_KEYS, type ModelResult } from '../domain/attribution/models.ts'
import type { AttributeSettings } from './attribute-options.ts'
import type { AttributeResult } from './attribute-print.ts'

/** A file with what the models made of it. */
export interface AttributedFile extends AttributeResult {
  paths: PathSet
  credits: readonly (ModelResult & { model: Model })[]
  /** Whether some path was cut by the separator. */
  isSeparated: boolean
}

/** Models that compare with paths that did not convert. */
const USE_NULLS: readonly Model[] = ['markov', 'shapleyRate']

/** What a reader of the result has to know, or may not have meant: a sentence each. */
export function notesOn(file: AttributedFile, settings: AttributeSettings): string[] {
  return [
    ...notesOnFile(file, settings),
    ...file.credits.flatMap((result) => [...notesOnEstimate(file, result), ...notesOnNegative(file, result)]),
  ]
}

function* notesOnFile(
  { paths, channels, isSeparated }: AttributedFile,
  { models, separator, options: { directKeys } }: AttributeSettings,
): Generator<string> {
  const core = separator.trim()
  if (!isSeparated && core !== '' && channels.some((channel) => channel.includes(core))) {
    yield `no path holds "${separator}", so each is one touch; --separator says what stands between touches`
  }
  const names = new Set(channels.map((channel) => channel.toLowerCase()))
  for (const name of directKeys ?? []) {
    if (!names.has(name.toLowerCase())) {
      yield `no touch is called "${name}"; without --direct it is ${DIRECT_KEYS.join(' or ')}`
    }
  }
  if (paths.conversions.every((count) => count === 0)) {
    yield 'nothing converted, so all credit is 0'
    return
  }
  const unfounded = models.filter((model) => USE_NULLS.includes(model))
  if (unfounded.length > 0 && paths.nulls.every((count) => count === 0)) {
    yield `there are no paths without conversion (column nulls), so ${unfounded.join(' and ')} cannot tell channels ` +
      'that persuade from channels that are merely there'
  }
}

function* notesOnEstimate(
  { channels, hasValue }: AttributedFile,
  { model, exact, standardErrors }: AttributedFile['credits'][number],
): Generator<string> {
  if (exact !== false || !standardErrors) return
  const largest = (errors: Float64Array) => errors.reduce((most, error) => Math.max(most, error), 0)
  const value = hasValue ? `, ${figure(largest(standardErrors.values))} of value` : ''
  yield `${model} is an estimate, since its exact formula is not feasible for ${channels.length} channels; ` +
    `largest standard error: ${figure(largest(standardErrors.conversions))} conversions${value} ` +
    '(--seed draws another)'
}

function* notesOnNegative(
  { channels }: AttributedFile,
  { model, credits }: AttributedFile['credits'][number],
): Generator<string> {
  const negative = channels.filter(
    (_, i) => (credits.conversions[i] ?? 0) < 0 || (credits.values[i] ?? 0) < 0,
  )
  if (negative.length === 0) return
  const shown = negative.slice(0, 5).map((name) => JSON.stringify(name))
  const more = negative.length > shown.length ? ` and ${negative.length - shown.length} more` : ''
  yield `${model} gives less than 0 to ${shown.join(', ')}${more}: paths convert less often with them than ` +
    'without; the shares are kept so that the sum holds'
}

/** Three digits that count. */
function figure(amount: number): string {
  return Number(amount.toPrecision(3)).toString()
}
