import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MoveCounts, OTHER_SOURCES } from './moves.ts'

const label = fc.record({
  traffic: fc.constantFrom('person', 'bot'),
  reason: fc.constantFrom('', 'bot_list'),
  channel: fc.constantFrom('Direct', 'Referral'),
  source: fc.constantFrom('', 'a', 'b'),
})

test('hits add up by label whatever their order, largest first', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(label, label, fc.integer({ min: 1, max: 9 }))), (added) => {
      const forwards = new MoveCounts()
      const backwards = new MoveCounts()
      for (const [from, to, hits] of added) forwards.add(from, to, hits)
      for (const [from, to, hits] of [...added].reverse()) backwards.add(from, to, hits)
      const moves = forwards.largestFirst()
      expect(backwards.largestFirst()).toEqual(moves)
      expect(moves.map(({ hits }) => hits)).toEqual(moves.map(({ hits }) => hits).sort((a, b) => b - a))
      for (const { from, to, hits } of moves) {
        const same = added.filter(([f, t]) => JSON.stringify([f, t]) === JSON.stringify([from, to]))
        expect(hits).toBe(same.reduce((sum, [, , n]) => sum + n, 0))
      }
    }),
  )
})

test('made-up sources without end take bounded memory and lose no hit', () => {
  const counts = new MoveCounts()
  const at = (source: string) => ({ traffic: 'person', reason: '', channel: 'Referral', source })
  for (let n = 0; n < 30_000; n++) {
    counts.add(at(`${n}.example`), { ...at(`${n}.example`), channel: n % 2 === 0 ? 'Partners' : 'Direct' }, 1)
  }
  const moves = counts.largestFirst()
  expect(moves).toHaveLength(10_002)
  expect(moves[0]).toEqual({
    from: at(OTHER_SOURCES),
    to: { ...at(OTHER_SOURCES), channel: 'Direct' },
    hits: 10_000,
  })
  expect(moves.reduce((sum, { hits }) => sum + hits, 0)).toBe(30_000)
})
