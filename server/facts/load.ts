import { readFileSync } from 'node:fs'
import { BOT_CLASSES, type BotFact, type PreviewFact, type TrafficFacts } from '../domain/bots/facts.ts'
import {
  type AppFact,
  CATEGORIES,
  type Category,
  type ChannelFacts,
  type HostFact,
  type InAppFact,
  type NameFact,
} from '../domain/channels/facts.ts'
import { packageFile } from '../paths.ts'
import { CLICK_IDS } from './click-ids.ts'

/** Every table of facts that classification reads. */
export interface Facts extends ChannelFacts, TrafficFacts {}

/**
 * Reads and checks the tables in `server/facts`, about 10 ms. They are part of the package, so an error in one is
 * ours: it throws with file, line and field.
 */
export function loadFacts(): Facts {
  return {
    hosts: table('sources.csv', hostFact),
    names: table('source-names.csv', nameFact),
    apps: table('apps.csv', appFact),
    inApp: table('in-app.csv', inAppFact),
    clickIds: CLICK_IDS,
    bots: table('bots.csv', botFact),
    previews: loadPreviewFacts(),
  }
}

/** Only what `createPreviewDetector` needs: for the edge, which classifies nothing for the record. */
export function loadPreviewFacts(): PreviewFact[] {
  return table('previews.csv', (row) => ({
    token: row.required('token'),
    platform: row.required('platform'),
  }))
}

function hostFact(row: Row): HostFact {
  return {
    pattern: row.required('pattern'),
    source: row.required('source'),
    category: row.oneOf('category', CATEGORIES),
    match: row.oneOf('match', ['domain', 'host']),
    searchTerms: row
      .text('search_terms')
      .split(' ')
      .filter((key) => key !== ''),
  }
}

function nameFact(row: Row): NameFact {
  return {
    name: row.required('name'),
    source: row.required('source'),
    category: row.oneOf('category', CATEGORIES),
    paid: row.oneOf('paid', ['', 'paid']) === 'paid',
  }
}

function appFact(row: Row): AppFact {
  return {
    app: row.required('app'),
    source: row.required('source'),
    category: row.oneOf('category', CATEGORIES),
  }
}

function inAppFact(row: Row): InAppFact {
  const categories: readonly (Category | '')[] = [...CATEGORIES, '']
  return {
    token: row.required('token'),
    source: row.text('source'),
    category: row.oneOf('category', categories),
  }
}

function botFact(row: Row): BotFact {
  return { token: row.required('token'), class: row.oneOf('class', BOT_CLASSES) }
}

interface Row {
  text(field: string): string
  required(field: string): string
  oneOf<T extends string>(field: string, allowed: readonly T[]): T
}

/** The tables hold no quoted fields, so a line is its fields between commas. */
function table<T>(file: string, read: (row: Row) => T): T[] {
  const lines = readFileSync(packageFile('server', 'facts', file), 'utf8').split('\n')
  const header = lines[0]?.split(',') ?? []
  const rows: T[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue
    const fields = line.split(',')
    const fail = (problem: string): never => {
      throw new Error(`server/facts/${file}:${index + 1}: ${problem}`)
    }
    if (line.includes('"') || fields.length !== header.length)
      fail(`expected ${header.length} unquoted fields`)
    const text = (field: string): string => fields[header.indexOf(field)] ?? fail(`no field ${field}`)
    rows.push(
      read({
        text,
        required: (field) => text(field) || fail(`${field} is empty`),
        oneOf: (field, allowed) =>
          allowed.find((value) => value === text(field)) ??
          fail(`${field} "${text(field)}" is none of ${allowed.join(', ')}`),
      }),
    )
  }
  return rows
}
