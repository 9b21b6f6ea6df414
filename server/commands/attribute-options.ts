import { type MarkovOrder, MODELS, type Model } from '../domain/attribution/contract.ts'
import type { RunOptions } from '../domain/attribution/models.ts'
import { type ColumnNames, parseColumnNames } from './attribute-columns.ts'
import { AttributeProblem } from './attribute-problem.ts'

/** What the command line says, as it says it. */
export interface AttributeOptions {
  /** A CSV file; `-` is standard input. */
  file: string
  models?: string | undefined
  order?: string | undefined
  separator?: string | undefined
  columns?: readonly string[] | undefined
  collapse?: boolean | undefined
  position?: string | undefined
  direct?: readonly string[] | undefined
  seed?: string | undefined
  json?: boolean | undefined
  csv?: boolean | undefined
}

/** The same, understood. */
export interface AttributeSettings {
  /** In the order in which they are shown; each once. */
  models: readonly Model[]
  options: RunOptions
  separator: string
  columns: ColumnNames
  /** Whether consecutive equal touches become one. */
  collapse: boolean
  output: 'json' | 'csv' | 'table'
}

/** A file has no times, so time decay cannot be worked out from it. */
export const FILE_MODELS: readonly Model[] = MODELS.filter((model) => model !== 'timeDecay')
export const DEFAULT_SEPARATOR = ' > '
const MAX_SEED = 2 ** 32 - 1

/** @throws AttributeProblem that names the option and says what it takes. */
export function readAttributeOptions(given: AttributeOptions): AttributeSettings {
  if (given.json && given.csv) throw new AttributeProblem('--json and --csv: choose one of them')
  const separator = given.separator ?? DEFAULT_SEPARATOR
  if (separator === '')
    throw new AttributeProblem('--separator: it is empty; say what stands between two touches')
  return {
    models: given.models === undefined ? FILE_MODELS : modelsIn(given.models),
    options: {
      ...(given.order !== undefined && { order: orderIn(given.order) }),
      ...(given.position !== undefined && { position: weightsIn(given.position) }),
      ...(given.direct !== undefined && { directKeys: given.direct.map((name) => name.trim()) }),
      ...(given.seed !== undefined && { seed: seedIn(given.seed) }),
    },
    separator,
    columns: parseColumnNames(given.columns ?? []),
    collapse: given.collapse ?? false,
    output: given.json ? 'json' : given.csv ? 'csv' : 'table',
  }
}

function modelsIn(text: string): Model[] {
  const models = text.split(',').map((name) => {
    const model = MODELS.find((known) => known === name.trim())
    if (model === 'timeDecay') {
      throw new AttributeProblem(
        '--models: timeDecay needs the time of each touch, and a file of paths has none; leave it out',
      )
    }
    if (model) return model
    throw new AttributeProblem(
      `--models: there is no model "${name.trim()}"; known, by commas: ${FILE_MODELS.join(', ')}`,
    )
  })
  return [...new Set(models)]
}

function orderIn(text: string): MarkovOrder {
  const order = ([1, 2, 3] as const).find((known) => String(known) === text.trim())
  if (order) return order
  throw new AttributeProblem(
    `--order: "${text}" is not 1, 2 or 3, the touches that a state of markov looks back on`,
  )
}

function weightsIn(text: string): [first: number, middle: number, last: number] {
  const [first, middle, last, ...more] = text
    .split('/')
    .map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN))
  const weights = [first ?? Number.NaN, middle ?? Number.NaN, last ?? Number.NaN] as const
  if (more.length > 0 || !weights.every(Number.isFinite) || weights.every((weight) => weight === 0)) {
    throw new AttributeProblem(
      `--position: "${text}" is not three weights such as 40/20/40 (first, those between, last; not all 0)`,
    )
  }
  return [...weights]
}

function seedIn(text: string): number {
  const seed = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (seed <= MAX_SEED) return seed
  throw new AttributeProblem(`--seed: "${text}" is not a whole number from 0 to ${MAX_SEED}`)
}
