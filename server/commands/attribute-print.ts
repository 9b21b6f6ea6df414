import { stringify } from 'csv-stringify/sync'
import type { Credits, Model } from '../domain/attribution/contract.ts'
import { column, tableOf } from './attribute-table.ts'

/** What one model made of a file. */
export interface ModelCredit {
  model: Model
  credits: Credits
  /** Of `markov`: share of all conversions (of the value) that would be lost without the channel. */
  removalEffects?: Credits | undefined
}

export interface AttributeResult {
  /** In order of first appearance in the file; credits stand in the same order. */
  channels: readonly string[]
  credits: readonly ModelCredit[]
  /** Whether the file says what conversions are worth. */
  hasValue: boolean
}

/**
 * `{ model: { channel: { conversions, value } } }`, numbers as exact as they were computed, a channel a line. Written by
 * hand, since an object would put channels called `1` or `2024` before all others.
 */
export function creditsToJson({ channels, credits }: AttributeResult): string {
  const models = credits.map(({ model, credits: { conversions, values } }) => {
    const lines = channels.map((channel, i) => {
      const credit = JSON.stringify({ conversions: conversions[i] ?? 0, value: values[i] ?? 0 })
      return `    ${JSON.stringify(channel)}: ${credit}`
    })
    return `  ${JSON.stringify(model)}: {\n${lines.join(',\n')}\n  }`
  })
  return `{\n${models.join(',\n')}\n}\n`
}

/**
 * A row a model and channel, by RFC 4180. Channels that a spreadsheet would run as a formula get a leading apostrophe;
 * figures stay plain.
 */
export function creditsToCsv({ channels, credits }: AttributeResult): string {
  const rows = credits.flatMap(({ model, credits: { conversions, values } }) =>
    channels.map((channel, i) => [model, channel, conversions[i] ?? 0, values[i] ?? 0]),
  )
  return stringify([['model', 'channel', 'conversions', 'value'], ...rows], {
    record_delimiter: 'windows',
    escape_formulas: true,
  })
}

/** For people: channels down, those with most credit by the last model first; models across; totals below. */
export function creditsToTables({ channels, credits, hasValue }: AttributeResult): string {
  const decisive = credits.at(-1)?.credits.conversions
  const order = channels.map((_, i) => i).sort((a, b) => (decisive?.[b] ?? 0) - (decisive?.[a] ?? 0) || a - b)
  const names = order.map((i) => channels[i] ?? '')
  const inOrder = (amounts: Float64Array) => order.map((i) => amounts[i] ?? 0)
  const tables = [
    tableOf(
      'Conversions',
      names,
      credits.map(({ model, credits: { conversions } }) => column(model, inOrder(conversions))),
    ),
  ]
  if (hasValue) {
    tables.push(
      tableOf(
        'Value',
        names,
        credits.map(({ model, credits: { values } }) => column(model, inOrder(values))),
      ),
    )
  }
  for (const { removalEffects, model } of credits) {
    if (!removalEffects) continue
    const effects = [column('conversions', inOrder(removalEffects.conversions))]
    if (hasValue) effects.push(column('value', inOrder(removalEffects.values)))
    tables.push(tableOf(`Removal effect (${model})`, names, effects, { digits: 6, hasTotal: false }))
  }
  return tables.join('\n')
}
