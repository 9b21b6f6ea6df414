import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Goal } from '../../server/domain/goals/goal.ts'
import type { PageKind } from '../../server/domain/pages/page-kind.ts'
import type { Site } from '../../server/domain/site.ts'
import { answerFunnel } from '../../server/reports/funnel/answer.ts'
import type { FunnelRequest } from '../../server/reports/funnel/contract.ts'
import { parseFunnel } from '../../server/reports/funnel/parse.ts'
import type { Warehouse } from '../../server/warehouse/warehouse.ts'
import type { SessionRow } from '../support/session-oracle.ts'

const goal = (id: number, name: string, match: Goal['match']): Goal => ({
  id,
  name,
  template: null,
  match,
  value: { type: 'none' },
  count: 'session',
})

export const GOALS: readonly Goal[] = [
  goal(1, 'Booked', { type: 'event', name: 'booked' }),
  goal(2, 'Any call', {
    type: 'any',
    of: [
      { type: 'tel' },
      { type: 'event', name: 'found', page: '/a' },
      { type: 'event', name: 'booked', page: '/b' },
    ],
  }),
  goal(3, 'Seen A', { type: 'page', page: '/a' }),
  goal(4, 'Sold', { type: 'external' }),
]

/** Noon of 11 November 2026 in UTC. */
export const NOW = Date.UTC(2026, 10, 11, 12)

export function askFunnel(
  warehouse: Warehouse,
  site: Site,
  question: Partial<FunnelRequest> & Pick<FunnelRequest, 'steps'>,
  {
    goals = GOALS,
    pageKinds = [],
    completeUntil = NOW + 1e12,
  }: { goals?: readonly Goal[]; pageKinds?: readonly PageKind[]; completeUntil?: number } = {},
) {
  return answerFunnel(parseFunnel({ date_range: '7d', ...question }), {
    warehouse,
    site,
    completeUntil,
    now: NOW,
    goals: async () => goals,
    pageKinds: async () => pageKinds,
  })
}

/** Puts sessions in as the loader writes them, all at once. */
export async function insertSessionRows(warehouse: Warehouse, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length === 0) return
  const instant = (time: number) => new Date(time).toISOString().replace('T', ' ').replace('Z', '')
  const columns: [string, string, (row: SessionRow) => string | number][] = [
    ['site', 'UInt32', (row) => row.site],
    ['day', 'Date', (row) => row.day],
    ['generation', 'UInt32', () => 0],
    ['identity', 'String', (row) => row.identity],
    ['ordinal', 'UInt16', (row) => row.ordinal],
    ['version', 'UInt64', () => 1],
    ['session_id', 'UUID', (row) => row.session_id],
    ['start', "DateTime64(3, 'UTC')", (row) => instant(row.start)],
    ['end', "DateTime64(3, 'UTC')", (row) => instant(row.end)],
    ['visitors', 'Array(String)', (row) => `[${row.visitors.map((key) => `'${key}'`).join(',')}]`],
    ['entry_page', 'String', (row) => row.entry_page],
    ['exit_page', 'String', (row) => row.exit_page],
    ['channel', 'String', (row) => String(row.origin.channel)],
    ['platform', 'String', (row) => String(row.origin.platform)],
    ['country', 'String', (row) => String(row.origin.country ?? '')],
  ]
  const directory = mkdtempSync(join(tmpdir(), 'jejak-sessions-'))
  const path = join(directory, 'rows.tsv')
  writeFileSync(
    path,
    `${rows.map((row) => columns.map(([, , value]) => value(row)).join('\t')).join('\n')}\n`,
  )
  await warehouse.insert({
    table: 'sessions',
    columns: columns.map(([name, type]) => [name, type] as const),
    path,
    token: randomUUID(),
  })
  rmSync(directory, { recursive: true, force: true })
}
