import { Readable, Writable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attributeCommand } from './attribute.ts'
import type { AttributeOptions } from './attribute-options.ts'

type Answer = Record<string, Record<string, { conversions: number; value: number }>>

const DEFAULT_MODELS = [
  'first',
  'last',
  'lastNonDirect',
  'linear',
  'position',
  'markov',
  'shapley',
  'shapleyRate',
]

async function run(text: string, options: Partial<AttributeOptions> = {}) {
  const written = { out: '', notes: '' }
  const writer = (name: 'out' | 'notes') =>
    new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        written[name] += chunk
        done()
      },
    })
  const streams = { stdin: Readable.from([text]), stdout: writer('out'), stderr: writer('notes') }
  const code = await attributeCommand({ file: '-', ...options }, streams)
  return { code, ...written }
}

async function credits(text: string, options: Partial<AttributeOptions> = {}): Promise<Answer> {
  const { code, out, notes } = await run(text, { json: true, ...options })
  expect(code, notes).toBe(0)
  return JSON.parse(out)
}

const PATHS =
  'path,conversions,value,nulls\nSocial > Search,3,90,5\nSocial > Search > Search > Direct,1,10,0\n'

describe('JSON', () => {
  test('holds each model but timeDecay, each channel, and nothing else', async () => {
    const answer = await credits(PATHS)
    expect(Object.keys(answer)).toEqual(DEFAULT_MODELS)
    for (const channels of Object.values(answer)) {
      expect(Object.keys(channels)).toEqual(['Social', 'Search', 'Direct'])
      for (const credit of Object.values(channels))
        expect(Object.keys(credit)).toEqual(['conversions', 'value'])
    }
    expect(answer.linear).toEqual({
      Social: { conversions: 1.75, value: 47.5 },
      Search: { conversions: 2, value: 50 },
      Direct: { conversions: 0.25, value: 2.5 },
    })
  })

  test('holds the models that were asked for, in that order, once', async () => {
    expect(Object.keys(await credits(PATHS, { models: 'shapley, last,shapley' }))).toEqual([
      'shapley',
      'last',
    ])
  })

  test('keeps channels in the order of the file, whatever they are called, and numbers in full', async () => {
    const text = 'path,conversions\nZ > 2024 > __proto__,1\n"2 > ""a""\\",0.1\n'
    const { out } = await run(text, { json: true, models: 'linear' })
    expect([...out.matchAll(/^ {4}("(?:[^"\\]|\\.)*")/gm)].map(([, name = '']) => JSON.parse(name))).toEqual([
      'Z',
      '2024',
      '__proto__',
      '2',
      '"a"\\',
    ])
    expect(out).toContain('"Z": {"conversions":0.3333333333333333,"value":0}')
  })

  test('of any file sums to its conversions and its value under every model', async () => {
    const touch = fc.constantFrom('Social', 'Search', 'Direct', 'Email', 'Ads')
    const row = fc.record({
      touches: fc.array(touch, { minLength: 1, maxLength: 6 }),
      conversions: fc.oneof(fc.nat(50), fc.double({ min: 0.001, max: 1e6, noNaN: true })),
      worth: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      nulls: fc.nat(100),
    })
    const order = fc.constantFrom('1', '2', '3')
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), order, async (rows, order) => {
        const lines = rows.map(({ touches, conversions, worth, nulls }) =>
          [touches.join(' > '), conversions, conversions * worth, nulls].join(','),
        )
        const answer = await credits(['path,conversions,value,nulls', ...lines].join('\n'), { order })
        const totals = {
          conversions: rows.reduce((sum, { conversions }) => sum + conversions, 0),
          value: rows.reduce((sum, { conversions, worth }) => sum + conversions * worth, 0),
        }
        expect(Object.keys(answer)).toEqual(DEFAULT_MODELS)
        for (const channels of Object.values(answer)) {
          for (const measure of ['conversions', 'value'] as const) {
            const sum = Object.values(channels).reduce((all, credit) => all + credit[measure], 0)
            expect(Math.abs(sum - totals[measure])).toBeLessThanOrEqual(1e-9 * totals[measure])
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('CSV', () => {
  test('has a row a model and channel', async () => {
    const { out } = await run(PATHS, { csv: true, models: 'first,linear' })
    expect(out).toBe(
      [
        'model,channel,conversions,value',
        'first,Social,4,100',
        'first,Search,0,0',
        'first,Direct,0,0',
        'linear,Social,1.75,47.5',
        'linear,Search,2,50',
        'linear,Direct,0.25,2.5',
        '',
      ].join('\r\n'),
    )
  })

  test('lets no channel run as a formula, quotes what needs it, and keeps negative shares numbers', async () => {
    const text = 'path,conversions,nulls\n"a,""b""",9,1\n"a,""b"" > =cmd()",1,99\n=cmd(),0,1\n'
    const { out } = await run(text, { csv: true, models: 'shapleyRate' })
    const [, ...rows] = parse(out) as string[][]
    expect(rows.map(([, channel]) => channel)).toEqual(['a,"b"', "'=cmd()"])
    expect(Number(rows[1]?.[2])).toBeLessThan(0)
  })
})

describe('the table for people', () => {
  test('has channels down by the last model’s credit, models across, totals, and removal effects', async () => {
    const { out, code, notes } = await run(PATHS, { models: 'first,markov,linear' })
    expect({ code, notes }).toEqual({ code: 0, notes: '' })
    const [conversions = '', value = '', effects = '', ...more] = out.split('\n\n')
    expect(more).toEqual([])
    const cells = (table: string) =>
      table
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/))
    expect(cells(conversions).map(([name]) => name)).toEqual([
      'Conversions',
      expect.stringMatching(/^─+$/),
      'Search',
      'Social',
      'Direct',
      expect.stringMatching(/^─+$/),
      'Total',
    ])
    expect(cells(conversions)[0]).toEqual(['Conversions', 'first', 'markov', 'linear'])
    expect(cells(conversions).at(-1)).toEqual(['Total', '4.0000', '4.0000', '4.0000'])
    expect(cells(value).at(-1)).toEqual(['Total', '100.0000', '100.0000', '100.0000'])
    expect(cells(effects)[0]).toEqual(['Removal effect (markov)', 'conversions', 'value'])
    expect(cells(effects)[2]).toEqual(['Search', '1.000000', '1.000000'])
    expect(new Set(conversions.split('\n').map((line) => line.length)).size).toBe(1)
  })

  test('leaves value out where the file has none, and aligns names of any script', async () => {
    const { out } = await run('path,conversions\n検索 > Größe,1234567\n\u001B[31mred,1\n', { models: 'last' })
    expect(out.split('\n')).toEqual([
      'Conversions          last',
      '─────────────────────────',
      'Größe        1,234,567.00',
      '·[31mred             1.00',
      '検索                 0.00',
      '─────────────────────────',
      'Total        1,234,568.00',
      '',
    ])
  })
})

describe('options change what the models do', () => {
  test('--collapse makes consecutive equal touches one, and nothing does so without it', async () => {
    const linear = { models: 'linear' }
    expect((await credits(PATHS, linear)).linear?.Search?.conversions).toBe(2)
    expect((await credits(PATHS, { ...linear, collapse: false })).linear?.Search?.conversions).toBe(2)
    expect((await credits(PATHS, { ...linear, collapse: true })).linear?.Search?.conversions).toBeCloseTo(
      11 / 6,
      12,
    )
  })

  test('--collapse leaves markov alone, whose states are made of the path as it is', async () => {
    const text = 'path,conversions,nulls\nA > A > B > C,5,0\nC > A > A > A > B,3,4\nB > B > C,1,6\n'
    const of = (models: string, collapse: boolean) => credits(text, { models, order: '2', collapse })
    expect(await of('markov', true)).toEqual(await of('markov', false))
    expect(await of('linear', true)).not.toEqual(await of('linear', false))
  })

  test('--order is that of markov', async () => {
    const text =
      'path,conversions,nulls\nA > A > B > C,5,0\nC > A > B > A,3,4\nB > A > B > B > C,1,6\nC,1,2\n'
    const orders = await Promise.all(
      ['1', '2', '3'].map(
        async (order) => (await credits(text, { models: 'markov', order })).markov?.A?.conversions,
      ),
    )
    expect(new Set(orders).size).toBe(3)
    expect((await credits(text, { models: 'markov' })).markov?.A?.conversions).toBe(orders[0])
  })

  test('--position takes other weights', async () => {
    const text = 'path,conversions\nA > B > C,10\n'
    const { position } = await credits(text, { models: 'position', position: '50/20/30' })
    expect(
      Object.values(position ?? {}).map(({ conversions }) => Math.round(conversions * 1e9) / 1e9),
    ).toEqual([5, 2, 3])
  })

  test('--direct says which touches lastNonDirect passes over', async () => {
    const text = 'path,conversions\nA > (DIRECT) > direct,1\nA > none,2\n'
    const winners = async (direct?: string[]) => {
      const { lastNonDirect = {} } = await credits(text, { models: 'lastNonDirect', direct })
      return Object.fromEntries(
        Object.entries(lastNonDirect).map(([name, credit]) => [name, credit.conversions]),
      )
    }
    expect(await winners()).toEqual({ A: 1, '(DIRECT)': 0, direct: 0, none: 2 })
    expect(await winners(['None', 'direct'])).toEqual({ A: 2, '(DIRECT)': 1, direct: 0, none: 0 })
  })
})

describe('notes on standard error say', () => {
  test('what a separator that never occurs makes of the file', async () => {
    const { notes, code } = await run('path,conversions\nA>B,1\n', { models: 'first' })
    expect(code).toBe(0)
    expect(notes).toContain('no path holds " > ", so each is one touch')
    expect((await run('path,conversions\nA>B,1\n', { models: 'first', separator: '>' })).notes).toBe('')
  })

  test('that there are more touches than a site has channels', async () => {
    const rows = Array.from({ length: 2001 }, (_, i) => `K${i},1`)
    const { notes, code } = await run(['path,conversions', ...rows].join('\n'), { models: 'first' })
    expect(code).toBe(0)
    expect(notes).toMatch(/^note: there are 2001 different touches/)
  })

  test('that markov and shapleyRate miss paths without conversion', async () => {
    expect((await run('path,conversions\nA > B,1\n')).notes).toContain(
      'so markov and shapleyRate cannot tell',
    )
    expect((await run('path,conversions\nA > B,1\n', { models: 'linear' })).notes).toBe('')
    expect((await run(PATHS, { models: 'markov,shapleyRate' })).notes).not.toContain('cannot tell')
  })

  test('that nothing converted', async () => {
    const { notes, out } = await run('path,conversions,nulls\nA > B,0,4\n', { json: true })
    expect(notes).toBe('note: nothing converted, so all credit is 0\n')
    expect(JSON.parse(out).markov).toEqual({
      A: { conversions: 0, value: 0 },
      B: { conversions: 0, value: 0 },
    })
  })

  test('that a touch to pass over is not there', async () => {
    expect((await run(PATHS, { models: 'last', direct: ['Drect', 'direct'] })).notes).toBe(
      'note: no touch is called "Drect"; without --direct it is direct or (direct)\n',
    )
  })

  test('which shares are negative', async () => {
    const text = 'path,conversions,nulls\nGood,9,1\nGood > Bad,1,99\nBad,0,1\n'
    const { notes, out } = await run(text, { json: true, models: 'shapleyRate' })
    expect(JSON.parse(out).shapleyRate.Bad.conversions).toBeLessThan(0)
    expect(notes).toContain('shapleyRate gives less than 0 to "Bad": ')
  })

  test('where shapleyRate had to be estimated, how far it may be off', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `C${i} > C${(i * 7 + 1) % 30},${i + 1},${i * 2}`)
    const text = ['path,conversions,nulls', ...rows].join('\n')
    const options = { json: true, models: 'shapleyRate' }
    const { notes, out } = await run(text, options)
    expect(notes).toMatch(
      /shapleyRate is an estimate, .* 30 channels; largest standard error: [\d.e-]+ conversions \(/,
    )
    expect((await run(text, options)).out).toBe(out)
    expect((await run(text, { ...options, seed: '7' })).out).not.toBe(out)
  })
})

test('a reader that goes away ends it without an error', async () => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done(gone) })
  const stderr = new Writable({ write: () => expect.fail('nothing is wrong') })
  const streams = { stdin: Readable.from([PATHS]), stdout, stderr }
  expect(await attributeCommand({ file: '-', models: 'first' }, streams)).toBe(0)
})
