import type { Model } from '../../../../server/domain/attribution/contract.ts'
import type { Grain, NullPaths, Progress } from '../../../../server/reports/attribution/contract.ts'

export interface ModelWords {
  label: string
  /** Who gets the credit, in a sentence. */
  plain: string
  /** What to keep in mind when reading it. */
  mind: string
  formula: string
}

/** Every model in words. The path has touches 1 … n, in time; V is the conversion (1, or its value). */
export const MODEL_WORDS: Record<Model, ModelWords> = {
  first: {
    label: 'First touch',
    plain: 'The whole conversion goes to the first touch in the lookback window.',
    mind: 'Shows what begins journeys. A longer window moves the first touch further back.',
    formula: 'touch 1: V',
  },
  last: {
    label: 'Last touch',
    plain: 'The whole conversion goes to the touch just before it.',
    mind: 'Shows what closes. What brought the person first gets nothing.',
    formula: 'touch n: V',
  },
  lastNonDirect: {
    label: 'Last non-direct',
    plain:
      'The whole conversion goes to the last touch that is not Direct; to Direct only where all touches are.',
    mind: 'What Google Analytics calls last click.',
    formula: 'last i with touch i ≠ Direct: V',
  },
  linear: {
    label: 'Linear',
    plain: 'Every touch of the path gets the same part; a channel that is there twice gets two parts.',
    mind: 'Favours channels that are visited often.',
    formula: 'touch i: V ÷ n',
  },
  timeDecay: {
    label: 'Time decay',
    plain: 'A touch gets less the longer before the conversion it was: half as much for each half-life.',
    mind: 'The half-life is an assumption. Set it in the options.',
    formula: 'touch i: V · 2^(−dᵢ ÷ h) ÷ Σⱼ 2^(−dⱼ ÷ h),  d days before the conversion, h half-life',
  },
  position: {
    label: 'Position based',
    plain: 'First and last touch get a fixed part each; the touches between share the rest equally.',
    mind: 'The weights are an assumption. Set them in the options.',
    formula: 'touch 1: a·V,  touches 2 … n−1: m·V ÷ (n−2) each,  touch n: b·V  (a, m, b = 40, 20, 40 %)',
  },
  markov: {
    label: 'Markov',
    plain:
      'All paths become one map of steps. A channel earns by how many conversions would be lost if nobody could go through it.',
    mind: 'Exact, not sampled. Journeys that did not convert matter: leaving them out changes the answer.',
    formula: 'REᶜ = 1 − P(conversion without c) ÷ P(conversion),  credit = conversions · REᶜ ÷ Σ RE',
  },
  shapley: {
    label: 'Shapley',
    plain: 'The channels of a path share its conversion equally, however often each was there.',
    mind: 'Linear over distinct channels (Zhao et al. 2018). Journeys that did not convert play no part.',
    formula: 'channel c: Σ over paths with c of V ÷ (number of distinct channels)',
  },
  shapleyRate: {
    label: 'Shapley rate',
    plain:
      'What a channel adds to the conversion rate of every set of other channels, averaged over all orders in which they could join.',
    mind: 'Can be negative: people convert less often where the channel is there. That is kept and marked, not hidden.',
    formula:
      'φᶜ = Σ over S without c of |S|! (k−|S|−1)! ÷ k! · (v(S ∪ c) − v(S)),  v = conversions ÷ journeys within S, scaled to the total',
  },
}

/** The models that tell something: Shapley rate compares rates, and there are none without journeys that failed. */
export function tellingModels(models: readonly Model[], nulls: NullPaths): Model[] {
  return models.filter((model) => model !== 'shapleyRate' || nulls.used)
}
/** In the place of such a model's figures. */
export const NEEDS_JOURNEYS = 'Tells nothing without journeys that did not convert.'
export const NEEDS_NULLS_WHY =
  'Shapley rate tells nothing here: without journeys that did not convert every set of channels converts at 100%, so all get the same.'

export const GRAIN_WORDS: Record<Grain, { one: string; many: string }> = {
  channel: { one: 'Channel', many: 'channels' },
  side: { one: 'Side', many: 'sides' },
  source: { one: 'Source', many: 'sources' },
  campaign: { one: 'Campaign', many: 'campaigns' },
  post: { one: 'Post', many: 'posts' },
  link: { one: 'Link', many: 'links' },
}

/** What is being done, for the line of progress. */
export function stageWords(stage: Progress['stage']): string {
  return stage === 'paths' ? 'Collecting paths' : `Computing ${MODEL_WORDS[stage].label}`
}
