import type { QueryParams } from '../warehouse/warehouse.ts'

type Value = QueryParams[string]

/**
 * The bound values of one statement. SQL text never holds a value from outside: `bind` keeps it here and gives the
 * placeholder to write instead, so no two parts of a statement can take the same name.
 *
 * @example
 * const parameters = new Parameters()
 * parameters.bind('String', "it's") // '{p0:String}'
 */
export class Parameters {
  readonly values: Record<string, Value> = {}
  #count = 0

  /** `type` is a ClickHouse type, written by us. */
  bind(type: string, value: Value): string {
    const name = `p${this.#count++}`
    this.values[name] = value
    return `{${name}:${type}}`
  }
}
