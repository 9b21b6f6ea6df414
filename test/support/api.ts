import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { createApi } from '../../server/api/app.ts'
import type { ApiDeps } from '../../server/api/deps.ts'
import type { Control } from '../../server/control/control.ts'
import { openControl } from '../../server/control/open.ts'

export interface TestApi {
  api: OpenAPIHono
  control: Control
  /** Sends JSON where there is a body, and reads JSON. */
  send(method: string, path: string, body?: unknown): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any
}

/** The REST API over a control store of its own, in a temporary file. */
export async function startApi(deps: Partial<ApiDeps> = {}): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), 'jejak-api-'))
  const control = await openControl(`sqlite:${join(folder, 'control.db')}`, { defaultDomain: 'go.example' })
  const api = createApi({
    control,
    publicUrl: new URL('https://go.example'),
    clickIdParameter: 'jjk',
    linkClicks: async () => new Map(),
    ...deps,
  })
  return {
    api,
    control,
    async send(method, path, body) {
      const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      const answer = await api.request(path, { method, ...(body !== undefined && json) })
      return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) }
    },
    async close() {
      await control.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
