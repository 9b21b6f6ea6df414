import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

const never = () => new AbortController().signal

test('those who wait go in the order they came, one for each slot that is handed on', async () => {
  const slots = createSlots(1)
  const order: string[] = []
  const enter = async (name: string) => {
    const leave = await slots.take(never())
    order.push(name)
    return leave
  }
  const first = await enter('first')
  const second = enter('second')
  const third = enter('third')
  await turn()
  expect(order).toEqual(['first'])
  first()
  first()
  const leaveSecond = await second
  await turn()
  expect(order).toEqual(['first', 'second'])
  leaveSecond()
  await third
  expect(order).toEqual(['first', 'second', 'third'])
})

test('whoever gives up waiting takes no slot', async () => {
  const slots = createSlots(1)
  const leave = await slots.take(never())
  const gone = new AbortController()
  const waiting = slots.take(gone.signal)
  const next = slots.take(never())
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  await expect(slots.take(gone.signal)).rejects.toThrow('gone')
  leave()
  expect(await next).toBeTypeOf('function')
})

test('there are never more inside than slots, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.record({ abort: fc.boolean(), turns: fc.nat(3) }), { maxLength: 12 }),
      async (count, visitors) => {
        const slots = createSlots(count)
        let inside = 0
        let most = 0
        await Promise.all(
          visitors.map(async ({ abort, turns }) => {
            const control = new AbortController()
            const entering = slots.take(control.signal).catch(() => null)
            if (abort) control.abort()
            const leave = await entering
            if (!leave) return
            inside += 1
            most = Math.max(most, inside)
            for (let i = 0; i < turns; i++) await turn()
            inside -= 1
            leave()
          }),
        )
        expect(most).toBeLessThanOrEqual(count)
        // All slots are free again: that many enter at once.
        await Promise.all(Array.from({ length: count }, () => slots.take(never())))
      },
    ),
    { numRuns: 50 },
  )
})
