import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap } from './heap.ts'

test('what is due comes out in the order of time, and at one time in the order of coming in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), fc.nat(30), (times, before) => {
      const heap = new Heap<{ time: number; name: number }>()
      const items = times.map((time, name) => ({ time, name }))
      const early = items.slice(0, before)
      for (const item of early) heap.push(item)
      const first = heap.pop()
      for (const item of items.slice(before)) heap.push(item)
      const rest = Array.from({ length: heap.size }, () => heap.pop())
      const sorted = (some: typeof items) => [...some].sort((a, b) => a.time - b.time || a.name - b.name)
      expect(first).toEqual(sorted(early)[0])
      expect(rest).toEqual(sorted(items.filter((item) => item !== first)))
      expect(heap.pop()).toBeUndefined()
      expect(heap.peek()).toBeUndefined()
    }),
  )
})
