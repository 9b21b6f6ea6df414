import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Control } from '../control/control.ts'
import { openControl } from '../control/open.ts'
import { forgetSaltsAt } from './salts.ts'

let directory: string
let control: Control

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'jejak-salts-'))
  control = await openControl(`sqlite:${join(directory, 'control.db')}`, { defaultDomain: 'go.example' })
})

afterEach(async () => {
  await control.close()
  rmSync(directory, { recursive: true, force: true })
})

test('a salt is gone two hours after its day in the site’s zone, and not before', async () => {
  const site = await control.sites.create({
    name: 'jakarta',
    hostnames: [],
    timezone: 'Asia/Jakarta',
    currency: 'IDR',
    pageKeys: [],
    keepClickIds: false,
  })
  const midnight = Date.UTC(2026, 2, 9, 17) // the end of 9 March in Jakarta
  const salt = await control.salts.forDay(site.id, '2026-03-09', midnight)
  await forgetSaltsAt(control, midnight + 2 * 3_600_000 - 1)
  expect(await control.salts.forDay(site.id, '2026-03-09', midnight)).toEqual(salt)
  await forgetSaltsAt(control, midnight + 2 * 3_600_000)
  expect(await control.salts.forDay(site.id, '2026-03-09', midnight)).not.toEqual(salt)
})
