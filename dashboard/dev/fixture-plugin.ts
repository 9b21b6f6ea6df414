import type { Plugin } from 'vite'
import { fixtureApi, isScenario } from './fixture-api.ts'
import { SCENARIOS } from './fixture-data.ts'
import { serveApi } from './fixture-server.ts'

/** Answers `/api/` in the dev server itself, so that pages can be worked on without a service. */
export function fixtures(scenario: string): Plugin {
  if (!isScenario(scenario)) throw new Error(`JEJAK_FIXTURES must be one of ${SCENARIOS.join(', ')}`)
  const api = fixtureApi(scenario)
  return {
    name: 'jejak-fixtures',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (!request.url?.startsWith('/api/')) return next()
        serveApi(api, request, response).catch(next)
      })
    },
  }
}
