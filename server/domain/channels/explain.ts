import type { ChannelRule, ClassifyInput } from './classification.ts'
import type { Classifier } from './classifier.ts'

/** One thing that a hit carries, and what it would say by itself. */
export interface Evidence {
  from: EvidenceKind
  /** As the hit carries it. */
  value: string
  /** Channel, and source where it names one: `Organic Social: Facebook`. */
  says: string
  /** Whether the label rests on it. */
  decides: boolean
}

export type EvidenceKind = 'link' | 'paid-click-id' | 'utm' | 'ref' | 'click-id' | 'referrer' | 'in-app'

/**
 * Everything that a hit says about where it came from, strongest first: each piece is classified as if it stood
 * alone. For people who ask why; the loader never does.
 */
export function explain(classify: Classifier, input: ClassifyInput): Evidence[] {
  const decided = classify(input).rule
  const nothing: ClassifyInput = {
    link: null,
    utm: { source: '', medium: '', campaign: '', term: '', content: '' },
    clickIdKinds: [],
    referrer: '',
    userAgent: '',
    siteHosts: input.siteHosts,
  }
  const evidence: Evidence[] = []
  const add = (from: EvidenceKind, value: string, alone: Partial<ClassifyInput>): void => {
    const { channel, source } = classify({ ...nothing, ...alone })
    evidence.push({
      from,
      value,
      says: source === '' ? channel : `${channel}: ${source}`,
      decides: kindOf(decided) === from,
    })
  }

  const { link, utm, ref, referrer, userAgent } = input
  if (link) add('link', [link.platform, link.paid].filter((part) => part !== '').join(' '), { link })
  for (const kind of input.clickIdKinds) {
    const rule = classify({ ...nothing, clickIdKinds: [kind] }).rule
    add(rule === 'paid-click-id' ? 'paid-click-id' : 'click-id', kind, { clickIdKinds: [kind] })
  }
  const tags = Object.entries(utm).filter(([, value]) => value !== '')
  if (tags.length > 0) add('utm', tags.map(([name, value]) => `utm_${name}=${value}`).join('&'), { utm })
  if (ref) add('ref', ref, { ref })
  if (referrer !== '') add('referrer', referrer, { referrer })
  const headers = input.headers ?? {}
  const app = classify({ ...nothing, userAgent, headers }).inApp
  if (app !== '') add('in-app', app, { userAgent, headers })
  return evidence.sort((a, b) => ORDER.indexOf(a.from) - ORDER.indexOf(b.from))
}

const ORDER: readonly EvidenceKind[] = [
  'link',
  'paid-click-id',
  'utm',
  'ref',
  'click-id',
  'referrer',
  'in-app',
]

function kindOf(rule: ChannelRule): EvidenceKind | null {
  switch (rule) {
    case 'internal':
    case 'payment':
      return 'referrer'
    case 'direct':
      return null
    case 'utm-source':
    case 'utm-medium':
    case 'utm-campaign':
    case 'utm-nothing':
      return 'utm'
    default:
      return rule
  }
}
