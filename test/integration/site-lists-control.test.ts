import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import type { GoalDraft } from '../../server/domain/goals/goal.ts'
import { startPostgres } from '../support/postgres.ts'

const postgres = await startPostgres()
if ('unavailable' in postgres)
  console.warn(`PostgreSQL's half of the suite is skipped: ${postgres.unavailable}`)
const folder = mkdtempSync(join(tmpdir(), 'jejak-site-lists-'))
let stores = 0

const ENGINES = {
  sqlite: async () => `sqlite:${join(folder, String(++stores), 'control.db')}`,
  postgres: async () => ('unavailable' in postgres ? '' : postgres.createDatabase()),
}

afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

function draft(name: string, id: number | null = null): GoalDraft {
  const match = { type: 'event', name: "it's Ж" } as const
  return { id, name, template: null, match, value: { type: 'fixed', amount: 0.1 }, count: 'every' }
}

describe.each(['sqlite', 'postgres'] as const)('lists of a site on %s', (engine) => {
  describe.skipIf(engine === 'postgres' && 'unavailable' in postgres)('are', () => {
    let url: string
    let control: Control
    let siteId: number

    beforeEach(async () => {
      url = await ENGINES[engine]()
      control = await openControl(url, { defaultDomain: 'go.example' })
      siteId = (await control.sites.byName('default'))?.id ?? 0
    })
    afterEach(() => control.close())

    it('empty at first, and kept in their order, each by itself', async () => {
      expect(await control.goals.of(siteId)).toEqual({ siteId, revision: 0, items: [] })
      const list = await control.goals.change(siteId, () => [draft('b'), draft('a')])
      expect(list).toEqual({ siteId, revision: 1, items: [draft('b', 1), draft('a', 2)] })
      const kind = { pattern: '/x', label: 'X', kind: 'other' } as const
      await control.pageKinds.change(siteId, () => [{ ...kind, id: null }])
      await control.close()
      control = await openControl(url, { defaultDomain: 'go.example' })
      expect(await control.goals.of(siteId)).toEqual(list)
      expect((await control.pageKinds.of(siteId)).items).toEqual([{ ...kind, id: 1 }])
    })

    it('numbered for ever: an id that is gone does not come back', async () => {
      await control.goals.change(siteId, () => [draft('a'), draft('b')])
      await control.goals.change(siteId, () => [])
      const { items } = await control.goals.change(siteId, () => [draft('c')])
      expect(items).toEqual([draft('c', 3)])
      await expect(control.goals.change(siteId, () => [draft('b', 2)])).rejects.toMatchObject({
        kind: 'not_found',
        field: 'goals[0].id',
      })
    })

    it('at a revision that grows with what differs', async () => {
      await control.goals.change(siteId, () => [draft('a')])
      expect((await control.goals.change(siteId, (goals) => goals)).revision).toBe(1)
      expect((await control.goals.change(siteId, () => [draft('b', 1)], 1)).revision).toBe(2)
      await expect(control.goals.change(siteId, () => [], 1)).rejects.toMatchObject({
        kind: 'version_conflict',
        field: 'revision',
      })
      await expect(control.goals.change(99, () => [])).rejects.toMatchObject({ kind: 'not_found' })
    })

    it('changed by two at the same moment without losing either', async () => {
      await Promise.all(
        ['a', 'b', 'c'].map((name) => control.goals.change(siteId, (goals) => [...goals, draft(name)])),
      )
      const { items, revision } = await control.goals.of(siteId)
      expect(items.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c'])
      expect(revision).toBe(3)
    })
  })
})
