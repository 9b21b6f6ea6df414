import type { UtmValues } from '../hit.ts'
import { queryValue } from '../urls/query-values.ts'
import type { Classification, ClassifyInput } from './classification.ts'
import type { ChannelFacts } from './facts.ts'
import { presentValue } from './medium.ts'
import { createReader, type Reading } from './reading.ts'
import { sideOf, sideWithPaidOf } from './sides.ts'
import type { Source } from './source-index.ts'
import { STEPS, type Verdict } from './steps.ts'

export type Classifier = (input: ClassifyInput) => Classification

const DIRECT: Verdict = { channel: 'Direct', source: null, rule: 'direct', medium: '' }
const MAX_TERM = 255

/**
 * Makes the function that says where a visit came from, by the first of: the link that brought it, a paid click id,
 * UTM tags, a `ref` key, an organic click id, the referrer, the app around it; else it is direct. Pure but for
 * bounded caches; takes any text and never throws.
 */
export function createClassifier(facts: ChannelFacts): Classifier {
  const read = createReader(facts)
  return (input) => {
    const reading = read(input)
    return label(input.utm, reading, decide(reading))
  }
}

function decide(reading: Reading): Verdict {
  for (const step of STEPS) {
    const verdict = step(reading)
    if (verdict) return verdict
  }
  return DIRECT
}

function label(utm: UtmValues, reading: Reading, verdict: Verdict): Classification {
  const { channel, source, rule } = verdict
  const category = source?.category ?? ''
  const term = utm.term === '' ? '' : presentValue(utm.term)
  return {
    channel,
    side: sideOf(channel, category),
    sideWithPaid: sideWithPaidOf(channel, category),
    source: source?.name ?? '',
    medium: reading.medium.name === '' ? verdict.medium : reading.medium.name,
    campaign: reading.campaign,
    term: term === '' && category === 'search' ? searchTerm(reading) : term,
    content: utm.content === '' ? '' : presentValue(utm.content),
    platform: platformOf(source, reading.platform),
    tool: reading.tool,
    inApp: reading.appName,
    rule,
    referrerKind: reading.origin.state,
  }
}

/** What a link was made for stands whatever it is; other evidence gives a platform where it is social. */
function platformOf(source: Source | null, ofLink: Source | null): string {
  if (!source) return ''
  const network = source.category === 'social' || source.category === 'video'
  // Google's list holds the bare word `social` as a source; it names no platform.
  if (source !== ofLink && (!network || source.name === 'Social')) return ''
  return source.name.toLowerCase().replaceAll(' ', '-')
}

function searchTerm({ origin }: Reading): string {
  if (!origin.source || origin.query === '') return ''
  for (const key of origin.source.searchTerms) {
    const term = queryValue(origin.query, key)
    if (term !== '') return term.slice(0, MAX_TERM)
  }
  return ''
}
