import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Move } from '../loader/moves.ts'
import { type ReclassifyArgs, type ReclassifyReport, runReclassify } from './reclassify.ts'
import { inWords } from './reclassify-words.ts'

const SITES = ['default', '2', 'shop'].map((name, index) => ({
  id: index + 1,
  name,
  hostnames: [],
  timezone: 'UTC',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}))

/** Runs the command up to where it would look for a loader. */
async function run(args: ReclassifyArgs) {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const asked: number[] = []
  const code = await runReclassify(args, {
    sites: async () => SITES,
    async openLoader() {
      return {
        async judgedDays(siteId) {
          asked.push(siteId)
          return { rulesVersion: 1, days: [] }
        },
        tryDay: () => Promise.reject(new Error('there is nothing to try')),
        judgeAgain: () => Promise.reject(new Error('there is nothing to judge')),
      }
    },
    stdout,
    stderr,
  })
  stdout.end()
  stderr.end()
  return { code, said: await text(stderr), printed: await text(stdout), asked }
}

const day = { from: '2026-01-01', to: '2026-01-01' }

test.each<[ReclassifyArgs, string]>([
  [{ to: '2026-01-01' }, '--from is missing: give a day, as --from 2026-01-31'],
  [{ from: '2026-01-01' }, '--to is missing: give a day, as --to 2026-01-31'],
  [{ ...day, from: 'yesterday' }, '--from yesterday is no day: write it as 2026-01-31'],
  [{ ...day, to: '2026-1-1' }, '--to 2026-1-1 is no day: write it as 2026-01-31'],
  [{ ...day, to: '2026-02-29' }, '--to 2026-02-29: there is no such day'],
  [
    { from: '2026-01-02', to: '2026-01-01' },
    '--from 2026-01-02 is after --to 2026-01-01; give the earlier day as --from',
  ],
  [{ ...day, site: 'shops' }, 'there is no site shops; there are: default (1), 2 (2), shop (3)'],
])('%j is refused with what to do', async (args, message) => {
  expect(await run(args)).toEqual({ code: 2, said: `jejak reclassify: ${message}\n`, printed: '', asked: [] })
})

test('a site is found by name, then by id; without one all are looked at', async () => {
  expect((await run({ ...day, site: 'shop' })).asked).toEqual([3])
  expect((await run({ ...day, site: '3' })).asked).toEqual([3])
  expect((await run({ ...day, site: '2' })).asked).toEqual([2])
  expect((await run(day)).asked).toEqual([1, 2, 3])
})

test('days without hits are no work and no error', async () => {
  const { code, said, printed } = await run({ ...day, site: 'shop' })
  expect({ code, said, printed }).toEqual({
    code: 0,
    said: 'shop: no hits on these days\n',
    printed: 'No hits to judge.\n',
  })
  expect(JSON.parse((await run({ ...day, site: 'shop', json: true })).printed)).toEqual({
    ...day,
    dryRun: false,
    sites: [{ id: 3, site: 'shop', rulesVersion: 1, days: { judged: 0, skipped: 0 } }],
    hits: { judged: 0, moved: 0, unchanged: 0 },
    moves: [],
    error: null,
  })
})

const person = { traffic: 'person', reason: '', channel: 'Referral', source: 'news.example' }

function reportOf(moves: Move[], change: Partial<ReclassifyReport> = {}): ReclassifyReport {
  const moved = moves.reduce((sum, { hits }) => sum + hits, 0)
  return {
    ...day,
    dryRun: false,
    sites: [{ id: 1, site: 'default', rulesVersion: 1, days: { judged: 2, skipped: 1 } }],
    hits: { judged: moved + 5, moved, unchanged: 5 },
    moves,
    error: null,
    ...change,
  }
}

test('the table says who sent the hits where that changed, and ends with the sum', () => {
  const moves = [
    { from: person, to: { ...person, channel: 'Partners' }, hits: 1204 },
    { from: person, to: { ...person, traffic: 'bot', reason: 'bot_list', source: '' }, hits: 3 },
  ]
  expect(inWords(reportOf(moves)).split('\n')).toEqual([
    ' Hits  From                             To',
    '1,204  Referral / news.example          Partners / news.example',
    '    3  person: Referral / news.example  bot (bot_list): Referral / (none)',
    '',
    'Moved 1,207 hits on 2 days, 5 unchanged; skipped 1 day.',
    '',
  ])
  expect(inWords(reportOf(moves, { dryRun: true }))).toContain(
    '\nWould move 1,207 hits on 2 days, 5 unchanged',
  )
})

test('a long table is cut for people, and what strangers sent cannot steer the terminal', () => {
  const moves = Array.from({ length: 53 }, (_, place) => ({
    from: { ...person, source: `\u001b[2J${'x'.repeat(500)}` },
    to: { ...person, source: `s${place}` },
    hits: 53 - place,
  }))
  const lines = inWords(reportOf(moves)).split('\n')
  expect(lines.slice(51, 53)).toEqual(['and 6 hits in 3 more rows (--json lists them)', ''])
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(160)
  expect(lines.join('')).not.toContain('\u001b')
})
