import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'
import type { RuleDraft } from '../../server/domain/rules/rule.ts'
import { startPostgres } from '../support/postgres.ts'
import { ruleOf } from '../support/rule-cases.ts'

const postgres = await startPostgres()
if ('unavailable' in postgres)
  console.warn(`PostgreSQL's half of the suite is skipped: ${postgres.unavailable}`)
const folder = mkdtempSync(join(tmpdir(), 'jejak-rules-'))
let stores = 0

const ENGINES = {
  sqlite: async () => `sqlite:${join(folder, String(++stores), 'control.db')}`,
  postgres: async () => ('unavailable' in postgres ? '' : postgres.createDatabase()),
}

afterAll(async () => {
  if (!('unavailable' in postgres)) await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

function draft(name: string, id: number | null = null): RuleDraft {
  return { ...ruleOf({ field: 'source', operator: 'is', values: ["it's", 'Ж'] }), name, id }
}

describe.each(['sqlite', 'postgres'] as const)('rules of a site on %s', (engine) => {
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

    it('none at first, and kept in their order', async () => {
      expect(await control.rules.of(siteId)).toEqual({ siteId, revision: 0, rules: [] })
      expect(await control.rules.all()).toEqual([])
      const list = await control.rules.change(siteId, () => [draft('b'), draft('a')])
      expect(list).toEqual({ siteId, revision: 1, rules: [draft('b', 1), draft('a', 2)] })
      await control.close()
      control = await openControl(url, { defaultDomain: 'go.example' })
      expect(await control.rules.of(siteId)).toEqual(list)
      expect(await control.rules.all()).toEqual([list])
    })

    it('numbered for ever: an id that is gone does not come back', async () => {
      await control.rules.change(siteId, () => [draft('a'), draft('b')])
      await control.rules.change(siteId, () => [])
      const { rules } = await control.rules.change(siteId, () => [draft('c')])
      expect(rules).toEqual([draft('c', 3)])
      await expect(control.rules.change(siteId, () => [draft('b', 2)])).rejects.toMatchObject({
        kind: 'not_found',
        field: 'rules[0].id',
      })
    })

    it('at a revision that grows with what differs, and moves the counter that others watch', async () => {
      const before = await control.links.latestRevision()
      await control.rules.change(siteId, () => [draft('a')])
      const same = await control.rules.change(siteId, (rules) => rules)
      expect(same.revision).toBe(1)
      expect((await control.rules.change(siteId, () => [])).revision).toBe(2)
      expect(await control.links.latestRevision()).toBeGreaterThan(before)
    })

    it('not overwritten by whoever read an older list', async () => {
      await control.rules.change(siteId, () => [draft('a')], 0)
      await expect(control.rules.change(siteId, () => [], 0)).rejects.toMatchObject({
        kind: 'version_conflict',
        field: 'revision',
      })
      expect((await control.rules.of(siteId)).rules).toEqual([draft('a', 1)])
    })

    it('left alone by a change that fails', async () => {
      await control.rules.change(siteId, () => [draft('a')])
      const fails = control.rules.change(siteId, () => {
        throw new Error('no')
      })
      await expect(fails).rejects.toThrow('no')
      await expect(control.rules.change(999, () => [])).rejects.toMatchObject({ kind: 'not_found' })
      expect(await control.rules.of(siteId)).toMatchObject({ revision: 1 })
    })

    it('each added when many are at once', async () => {
      // A second way into one SQLite file belongs to a second process: waiting for its lock blocks this one.
      const other = engine === 'sqlite' ? control : await openControl(url, { defaultDomain: 'go.example' })
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? control : other).rules.change(siteId, (rules) => [...rules, draft(`r${index}`)]),
        ),
      )
      if (other !== control) await other.close()
      const { revision, rules } = await control.rules.of(siteId)
      expect(revision).toBe(20)
      expect(rules.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    })
  })
})
