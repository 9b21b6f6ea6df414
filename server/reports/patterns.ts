import { type QueryOptions, type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { type FieldProblem, QuestionError } from './problems.ts'
import { type Condition, testsOf } from './question.ts'

/** ClickHouse's CANNOT_COMPILE_REGEXP. */
const BAD_PATTERN = 427

/**
 * Has the engine compile every pattern of the filters, so that a bad one is named by its field before anything runs.
 * RE2 itself decides: JavaScript's expressions accept other patterns.
 *
 * @throws {QuestionError} for patterns that are not RE2.
 */
export async function checkPatterns(
  warehouse: Warehouse,
  conditions: readonly Condition[],
  options: QueryOptions,
): Promise<void> {
  const problems: FieldProblem[] = []
  for (const test of testsOf(conditions)) {
    if (test.operator.name !== 'matches') continue
    for (const [index, pattern] of test.values.entries()) {
      const reason = await refusal(warehouse, pattern, options)
      if (reason)
        problems.push({ field: `${test.field}[${index}]`, message: `This is not an RE2 pattern: ${reason}.` })
    }
  }
  if (problems.length > 0) throw new QuestionError(problems)
}

async function refusal(warehouse: Warehouse, pattern: string, options: QueryOptions): Promise<string | null> {
  try {
    await warehouse.query("SELECT match('', {pattern:String}) AS matched", { pattern }, options)
    return null
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.code !== BAD_PATTERN) throw error
    return /error: (.*?)\. Look at/s.exec(error.message)?.[1] ?? 'it does not compile'
  }
}
