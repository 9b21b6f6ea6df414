import { describe, expect, it } from 'vitest'
import { createVisitClassifier } from '../../../../server/domain/visit/classify-visit.ts'
import { loadFacts } from '../../../../server/facts/load.ts'
import { EXAMPLES } from './examples.ts'
import { visitOf } from './visit.ts'
import { deciderWords, ownRule, placeWords, senderWords } from './words.ts'

const classify = createVisitClassifier(loadFacts())

describe('the words for a verdict', () => {
  it('say who sent a visit', () => {
    expect(senderWords('person')).toBe('a person')
    expect(senderWords('bot: ai_crawler')).toBe('a machine: AI crawler')
    expect(senderWords('bot: bot_list')).toBe('a machine: on the list of robots')
    expect(senderWords('preview: link_preview for telegram')).toBe('a link preview, for telegram')
    expect(senderWords('head: head_request')).toBe('a check, not a visit')
  })

  it('fall back to what the API says where that is new', () => {
    expect(senderWords('ghost: unheard_of')).toBe('ghost: unheard_of')
    expect(senderWords('bot: unheard_of')).toBe('a machine: unheard of')
    expect(deciderWords('constructor')).toBe('Decided by constructor.')
    expect(placeWords('x-moz')).toBe('Header x-moz')
  })

  it('tell a rule of the site’s own by its id', () => {
    expect([ownRule('site:12'), ownRule('utm-source')]).toEqual(['12', null])
    expect(deciderWords('site:12')).toBe('Decided by a rule of the site’s own.')
  })
})

describe('the examples', () => {
  it.each(EXAMPLES)('show what they promise: $label', ({ visit, shows }) => {
    const input = visitOf(visit)
    if (input === null) throw new Error('an example names an address')
    const { evidence = [], ...label } = classify(input)
    expect(label).toMatchObject(shows)
    // Each ends in a reason that can be seen.
    expect(evidence.some(({ decided }) => decided)).toBe(true)
    for (const { about, from, says } of evidence) {
      expect(placeWords(from)).not.toContain(from)
      if (about === 'bot') expect(senderWords(says)).not.toBe(says)
    }
    expect(deciderWords(label.rule)).not.toContain(label.rule)
  })
})
