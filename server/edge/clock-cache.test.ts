import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClockEntry, createClockCache } from './clock-cache.ts'

const entry = (slugKey: string, host = 'a'): ClockEntry => ({ host, slugKey, used: false, slot: 0 })

describe('a clock cache', () => {
  it('gives up what was not asked for since the hand came by, and keeps what was', () => {
    const cache = createClockCache(3)
    for (const slug of ['x', 'y', 'z']) cache.set(entry(slug))
    cache.get('a', 'x')
    cache.set(entry('new'))
    expect(cache.get('a', 'y')).toBeUndefined()
    for (const slug of ['x', 'z', 'new']) expect(cache.get('a', slug)?.slugKey).toBe(slug)
  })

  it('finds a place even where everything was asked for', () => {
    const cache = createClockCache(2)
    for (const slug of ['x', 'y']) {
      cache.set(entry(slug))
      cache.get('a', slug)
    }
    cache.set(entry('z'))
    expect(cache.size()).toBe(2)
    expect(cache.get('a', 'z')?.slugKey).toBe('z')
  })

  it('holds, whatever is done to it, at most its bound, and nothing that was not put in last', () => {
    const name = fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom(...'pqrstuvw'))
    const step = fc.record({
      act: fc.constantFrom('set', 'get', 'delete', 'clear'),
      name,
      weight: fc.nat(20),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (steps, max) => {
        const cache = createClockCache(max)
        const last = new Map<string, ClockEntry>()
        for (const {
          act,
          name: [host, slug],
          weight,
        } of steps) {
          if (act === 'set') {
            const made = entry(slug, host)
            cache.set(made)
            last.set(host + slug, made)
            expect(cache.get(host, slug)).toBe(made)
          } else if (act === 'delete') {
            cache.delete(host, slug)
            last.delete(host + slug)
          } else if (act === 'clear' && weight === 0) {
            cache.clear()
            last.clear()
          }
          const found = cache.get(host, slug)
          if (found) expect(found).toBe(last.get(host + slug))
          expect(cache.size()).toBeLessThanOrEqual(max)
          expect([...cache.entries()]).toHaveLength(cache.size())
          for (const held of cache.entries()) expect(last.get(held.host + held.slugKey)).toBe(held)
        }
      }),
    )
  })
})
