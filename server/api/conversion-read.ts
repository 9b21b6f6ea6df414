import type { ToldConversion } from '../domain/conversions/conversion.ts'
import { hashedExternalId } from '../domain/external-id.ts'
import { maskEmails } from '../domain/urls/email.ts'
import { type PostedConversion, WrongRow } from './conversion-body.ts'
import { toldConversionSchema } from './conversion-schemas.ts'
import type { FieldProblem } from './problem.ts'
import { fieldProblems } from './validation.ts'

/** Clocks differ; what is further ahead has not happened. */
const AHEAD_MS = 5 * 60_000
const EARLIEST = Date.UTC(1995, 0, 1)

export type ReadConversion = { ok: true; told: ToldConversion } | { ok: false; errors: FieldProblem[] }

/**
 * Reads one conversion. Whether its goal is one of the site's is not looked at.
 *
 * @param now Unix milliseconds
 */
export function readConversion(posted: PostedConversion, siteId: number, now: number): ReadConversion {
  const { input, prefix } = posted
  const named = (errors: readonly FieldProblem[]) => ({
    ok: false as const,
    errors: errors.map((error) => ({ ...error, field: `${prefix}${error.field}` })),
  })
  if (input instanceof WrongRow) return named([{ field: 'body', message: input.message }])
  const checked = toldConversionSchema.safeParse(input)
  if (!checked.success) return named(fieldProblems(checked.error))
  const { goal, value, currency, key, version, status, clickId, visitorId, externalId, props } = checked.data
  const time = Date.parse(checked.data.time)
  if (time > now + AHEAD_MS) {
    return named([{ field: 'time', message: 'This is more than five minutes ahead.' }])
  }
  if (!(time >= EARLIEST)) return named([{ field: 'time', message: 'This is before 1995.' }])
  return {
    ok: true,
    told: {
      goal,
      time,
      value: value ?? '',
      currency: currency ?? '',
      key,
      version: version ?? 1,
      cancelled: status === 'cancelled',
      clickId: clickId ?? '',
      visitorId: visitorId ?? '',
      externalId: externalId == null ? '' : hashedExternalId(siteId, externalId),
      props: textProps(props ?? {}),
    },
  }
}

/** As the page's own: texts, e-mail addresses masked. */
function textProps(props: Record<string, string | number | boolean>): Record<string, string> {
  return Object.fromEntries(Object.entries(props).map(([name, value]) => [name, maskEmails(String(value))]))
}
