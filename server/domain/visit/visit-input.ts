import { z } from 'zod'

/** Longest list of a site's hosts that is taken. */
const MAX_HOSTS = 1000

const brands = z.array(z.strictObject({ brand: z.string(), version: z.string().optional() }))

/**
 * Client hints by the names of their headers, or as a page's `navigator.userAgentData` has them. Only brands, mobile
 * and platform say anything here; the others are taken so that the whole object may be passed.
 */
const clientHints = z
  .strictObject({
    'sec-ch-ua': z.string(),
    'sec-ch-ua-mobile': z.string(),
    'sec-ch-ua-platform': z.string(),
    'sec-ch-ua-platform-version': z.string(),
    'sec-ch-ua-model': z.string(),
    'sec-ch-ua-arch': z.string(),
    'sec-ch-ua-bitness': z.string(),
    'sec-ch-ua-full-version-list': z.string(),
    'sec-ch-ua-form-factors': z.string(),
    'sec-ch-ua-wow64': z.string(),
    brands,
    fullVersionList: brands,
    mobile: z.boolean(),
    platform: z.string(),
    platformVersion: z.string(),
    model: z.string(),
    architecture: z.string(),
    bitness: z.string(),
    uaFullVersion: z.string(),
    formFactors: z.array(z.string()),
    wow64: z.boolean(),
  })
  .partial()

/**
 * A visit to be explained: only the address is needed. What is left out was not asked about; `null` is the same,
 * but for `userAgent`, where it says that none was sent.
 */
export const visitInputSchema = z.strictObject({
  /** The address that was asked for, as the browser had it: its tags and click ids are read from its query. */
  url: z.string(),
  referrer: z.string().nullish(),
  userAgent: z.string().nullish(),
  method: z.string().nullish(),
  /** Request headers, their names in any case. `user-agent` and `referer` stand in for the fields above. */
  headers: z.record(z.string(), z.string()).nullish(),
  /** Hosts of the site besides the address's own. */
  siteHosts: z.array(z.string()).max(MAX_HOSTS).nullish(),
  clientHints: clientHints.nullish(),
})

export type VisitInput = z.output<typeof visitInputSchema>

/** One sentence for everything that is wrong with an input, each field named. */
export function inputProblem(error: z.ZodError): string {
  const known = Object.keys(visitInputSchema.shape).join(', ')
  return error.issues
    .map((issue) => {
      const at = issue.path.join('.')
      if (issue.code === 'unrecognized_keys') {
        const keys = issue.keys.map((key) => JSON.stringify(at === '' ? key : `${at}.${key}`)).join(', ')
        return `unknown ${keys}${at === '' ? ` (known: ${known})` : ''}`
      }
      return `${at === '' ? 'the line' : at}: ${issue.message}`
    })
    .join('; ')
}
