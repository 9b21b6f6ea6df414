import type { ChannelRule, Classification, ClassifyInput } from './classification.ts'
import type { Classifier } from './classifier.ts'

/** One thing that a hit carries, and what it would say by itself. */
export interface ChannelEvidence {
  from: EvidenceKind
  /** As the hit carries it. */
  value: string
  /** Channel, and source where it names one: `Organic Social: Facebook`. */
  says: string
  /** Whether the label rests on it. */
  decided: boolean
}

export type EvidenceKind = 'link' | 'paid-click-id' | 'utm' | 'ref' | 'click-id' | 'referrer' | 'in-app'

/**
 * Everything that a hit says about where it came from, strongest first: each piece is classified as if it stood
 * alone. For people who ask why; the loader never does.
 */
export function explain(classify: Classifier, input: ClassifyInput): ChannelEvidence[] {
  const label = classify(input)
  const nothing: ClassifyInput = {
    link: null,
    utm: { source: '', medium: '', campaign: '', term: '', content: '' },
    clickIdKinds: [],
    referrer: '',
    userAgent: '',
    siteHosts: input.siteHosts,
  }
  const evidence: ChannelEvidence[] = []
  const add = (from: EvidenceKind, value: string, alone: Partial<ClassifyInput>, but = ''): void => {
    const says = said(classify({ ...nothing, ...alone })) + but
    evidence.push({ from, value, says, decided: but === '' && kindOf(label.rule) === from })
  }

  const { link, utm, ref, referrer, userAgent } = input
  if (link) add('link', [link.platform, link.paid].filter((part) => part !== '').join(' '), { link })
  for (const kind of input.clickIdKinds) {
    const alone = { clickIdKinds: [kind] }
    if (classify({ ...nothing, ...alone }).rule === 'click-id') add('click-id', kind, alone)
    else {
      const believed = classify({ ...input, link: null, ...alone }).rule === 'paid-click-id'
      add('paid-click-id', kind, alone, believed ? '' : NOT_BELIEVED)
    }
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

/** Google's ids stay in addresses that people copy and share. */
const NOT_BELIEVED = ', not believed: the visit names another source'

function said({ rule, channel, source }: Classification): string {
  if (rule === 'internal') return 'a page of the site itself: nothing new'
  if (rule === 'payment') return 'a buyer who comes back from paying: nothing new'
  if (rule === 'direct') return 'nothing'
  return source === '' ? channel : `${channel}: ${source}`
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
