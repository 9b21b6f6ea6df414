/** What came of reading a text from outside: the value, or which rule it broke and what to do, in words. */
export type Parsed<Value, Problem extends string> =
  | { ok: true; value: Value }
  | { ok: false; problem: Problem; message: string }
