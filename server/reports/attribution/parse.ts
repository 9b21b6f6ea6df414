import type { z } from 'zod'
import type { Model } from '../../domain/attribution/contract.ts'
import type { DateRange, Sides } from '../contract.ts'
import { issueProblems } from '../parse/issues.ts'
import { onBothSides, repeated } from '../parse/names.ts'
import { QuestionError } from '../problems.ts'
import type { AttributionOptions, Grain } from './contract.ts'
import { attributionSchema, pathsSchema } from './schema.ts'

/** What both questions have in common: which journeys to look at, and how. */
export interface JourneysQuestion {
  site: string
  dateRange: DateRange
  /** Name of a goal as it was asked for; null for every goal of the site. */
  goal: string | null
  grain: Grain
  /** Lookback window, above 0 up to 365. */
  windowDays: number
  options: Required<AttributionOptions>
  sides: Sides
}

/** A question about credit that was understood. Its range waits for the site's zone, its goal for the site's list. */
export interface AttributionQuestion extends JourneysQuestion {
  /** At least one, in the order asked, each once. */
  models: readonly Model[]
  /** How many of the most frequent paths to answer with. */
  paths: number
}

/** A question about the paths themselves. */
export interface PathsQuestion extends JourneysQuestion {
  limit: number
  offset: number
}

/**
 * Reads the body of a question about credit, every default filled in.
 *
 * @throws {QuestionError} with every problem found, each naming its field (`options.position[1]`, `models[2]`).
 */
export function parseAttribution(body: unknown): AttributionQuestion {
  const shape = attributionSchema.safeParse(body)
  if (!shape.success) throw unreadable(shape.error)
  const { models, paths, ...shared } = shape.data
  const problems = [...repeated(models, 'models'), ...onBothSides(shared.sides)]
  if (problems.length > 0) throw new QuestionError(problems)
  return { ...journeysOf(shared), models, paths }
}

/**
 * Reads the body of a question about paths, every default filled in.
 *
 * @throws {QuestionError} with every problem found, each naming its field.
 */
export function parsePaths(body: unknown): PathsQuestion {
  const shape = pathsSchema.safeParse(body)
  if (!shape.success) throw unreadable(shape.error)
  const { limit, offset, ...shared } = shape.data
  const problems = onBothSides(shared.sides)
  if (problems.length > 0) throw new QuestionError(problems)
  return { ...journeysOf(shared), limit, offset }
}

function unreadable({ issues }: z.ZodError): QuestionError {
  return new QuestionError(issues.flatMap((issue) => issueProblems(issue)))
}

type Shared = Omit<z.infer<typeof pathsSchema>, 'limit' | 'offset'>

function journeysOf({ date_range, window, ...rest }: Shared): JourneysQuestion {
  return { ...rest, dateRange: date_range, windowDays: window }
}
