import { z } from 'zod'
import limits from '../facts/edge-limits.json' with { type: 'json' }
import type { EventProblem, PageEvent, PageMessage } from './event.ts'
import { capProps, readValue, wellFormed } from './event-values.ts'

const text = (max: number) => z.string().max(max)
const anyText = text(limits.eventBytes).default('')
const HEX_ID = /^[0-9a-f]{32}$/
const id = z.string().regex(HEX_ID, 'must be 32 lower-case hex digits, random for each event')
const url = text(limits.eventBytes)
const age = z.number().min(0).max(limits.eventMaxAgeMs)

const pageview = { id, url, referrer: anyText, clickId: anyText }
const onPage = {
  id,
  url,
  page: z.string().regex(HEX_ID, 'must be the id of the pageview on which it happened'),
  age,
}
const propValue = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a text, a number, true or false',
})

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

const action = z
  .object({
    kind: z.literal('event'),
    ...onPage,
    type: z.enum(['custom', 'outbound', 'download', 'tel', 'mail', 'form']),
    name: z.string().trim().max(limits.eventNameChars).default(''),
    target: anyText,
    value: z.number().min(0).optional(),
    currency: z
      .string()
      .toUpperCase()
      .refine((code) => CURRENCIES.has(code), 'must be an ISO 4217 code, as EUR')
      .default(''),
    key: text(limits.eventKeyChars).default(''),
    props: z
      .record(z.string().min(1).max(limits.propNameChars), propValue)
      .refine(
        (props) => Object.keys(props).length <= limits.eventProps,
        `must be at most ${limits.eventProps} properties`,
      )
      .default({}),
  })
  .refine(({ type, name }) => type !== 'custom' || name !== '', {
    path: ['name'],
    message: `must name the event, in 1 to ${limits.eventNameChars} characters`,
  })

const event = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('pageview'), ...pageview, age }),
    z.object({
      kind: z.literal('engagement'),
      ...onPage,
      engaged: z.number().min(0).max(limits.eventMaxAgeMs),
      scroll: z.number().min(0).max(100),
    }),
    action,
    z.object({
      kind: z.literal('identify'),
      ...onPage,
      externalId: z.string().min(1).max(limits.externalIdChars),
    }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'must be one of pageview, engagement, event, identify' : undefined,
  },
)
type CheckedEvent = z.infer<typeof event>

const sender = { site: text(255).optional(), consent: z.boolean().optional() }
const batch = z.object({ ...sender, events: z.array(event).min(1).max(limits.eventsPerMessage) })
const lone = z.object({
  ...sender,
  kind: z.literal('pageview').default('pageview'),
  ...pageview,
  age: age.default(0),
})

/** A message with hundreds of mistakes is told of the first. */
const MAX_PROBLEMS = 20
const MAX_FIELD_CHARS = 120

/**
 * Reads what a page has posted: a batch of events, or one pageview as an object of its own. Either all of it is right,
 * or what is wrong comes back. Click ids are taken from the address where a pageview names none, and out of every
 * address.
 *
 * @param clickIdParameter lower case
 */
export function readMessage(json: string, clickIdParameter: string): PageMessage | EventProblem[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return [{ field: '', message: 'The body must be one JSON object.' }]
  }
  const isBatch = typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, 'events')
  const fieldOf = isBatch ? (index: number, field: string) => `events[${index}].${field}` : loneField
  const checked = isBatch ? batch.safeParse(parsed) : lone.safeParse(parsed)
  if (!checked.success) return checked.error.issues.slice(0, MAX_PROBLEMS).map(problem)
  const { site, consent } = checked.data
  const told: CheckedEvent[] = 'events' in checked.data ? checked.data.events : [checked.data]
  const events: PageEvent[] = []
  const problems: EventProblem[] = []
  /** Events of a message mostly happened on one page. */
  let page: PageAddress | null = null
  told.forEach((one, index) => {
    if (page?.told !== one.url) page = pageAddress(one.url, clickIdParameter)
    const read = pageEvent(one, page)
    if ('kind' in read) events.push(read)
    else problems.push({ ...read, field: fieldOf(index, read.field) })
  })
  if (problems.length > 0) return problems.slice(0, MAX_PROBLEMS)
  return { site, consent, events, fieldOf }
}

function loneField(_: number, field: string): string {
  return field
}

/** A page's address, as it was told and without our click id. */
interface PageAddress {
  told: string
  url: URL | null
  clickId: string
}

function pageEvent(told: CheckedEvent, { url, clickId: fromAddress }: PageAddress): PageEvent | EventProblem {
  if (!url) return { field: 'url', message: 'must be an absolute http or https address' }
  const { id, age } = told
  if (told.kind === 'pageview') {
    const { kind, referrer, clickId } = told
    return { kind, id, url, age, referrer, clickId: clickId || fromAddress }
  }
  if (told.kind !== 'event') return { ...told, url }
  const value = readValue(told.value)
  if (value === null) {
    return { field: 'value', message: 'must have at most four decimals and be below 10^14' }
  }
  const { props, cut: propsCut } = capProps(told.props)
  const { kind, page, type, target, currency } = told
  const [name, key] = [wellFormed(told.name), wellFormed(told.key)]
  return { kind, id, url, age, page, type, name, target, value, currency, key, props, propsCut }
}

/** `['events', 3, 'age']` → `events[3].age`. */
function problem({ path, message }: { path: PropertyKey[]; message: string }): EventProblem {
  const field = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return { field: wellFormed(field.replace(/^\./, '').slice(0, MAX_FIELD_CHARS)), message }
}

function pageAddress(told: string, clickIdParameter: string): PageAddress {
  try {
    const url = new URL(told)
    if (url.protocol === 'https:' || url.protocol === 'http:') {
      return { told, url, clickId: takeParameter(url, clickIdParameter) }
    }
  } catch {
    // no address at all
  }
  return { told, url: null, clickId: '' }
}

/** Takes a parameter out of an address, the other pairs keep their bytes; gives its first value, decoded. */
function takeParameter(url: URL, parameter: string): string {
  // Escapes in a name are rare enough to look closer at all addresses that hold any.
  if (!url.search.includes('%') && !url.search.toLowerCase().includes(parameter)) return ''
  const value = [...url.searchParams].find(([name]) => name.toLowerCase() === parameter)?.[1]
  if (value === undefined) return ''
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => [...new URLSearchParams(pair).keys()][0]?.toLowerCase() !== parameter)
  url.search = others.join('&')
  return value
}
