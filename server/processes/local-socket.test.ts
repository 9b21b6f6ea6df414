import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askApp, listenLocally, NobodyListens } from './local-socket.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jejak-socket-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

test('an app that hangs is given up after a while, and one that is not there is told from it', async () => {
  await expect(askApp(dataDir, 'GET', '/_/status')).rejects.toThrow(NobodyListens)
  const hanging = createServer(() => {})
  await listenLocally(hanging, dataDir)
  const asked = askApp(dataDir, 'GET', '/_/status', undefined, 50)
  await expect(asked).rejects.toThrow(/abort|timeout/i)
  await expect(asked).rejects.not.toThrow(NobodyListens)
  hanging.closeAllConnections()
  await once(hanging.close(), 'close')
})
