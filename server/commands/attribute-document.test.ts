import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODELS } from '../domain/attribution/contract.ts'
import { packageFile } from '../paths.ts'

/** The document, whose own example is run here: neither can drift from the other. */
const TEXT = readFileSync(packageFile('docs/attribution.md'), 'utf8')
const BY_HAND = TEXT.slice(TEXT.indexOf('## Check us by hand'), TEXT.indexOf('## In the dashboard'))
const ROOT = packageFile('.')

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-attribution-'))
  file = join(folder, 'paths.csv')
  writeFileSync(file, /```csv\n(.*?)```/s.exec(BY_HAND)?.[1] ?? '')
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** The real command line, with nothing in its surroundings but a path. */
function jejak(args: readonly string[]) {
  const command = ['--import', 'tsx', join(ROOT, 'server/main.ts'), 'attribute', ...args]
  return spawnSync(process.execPath, command, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
}

/** Commands of the document, each with what stands below it. */
function examples(): { args: string[]; output: string }[] {
  const found = BY_HAND.matchAll(/```sh\n\.\/bin\/jejak attribute (.*?)\n```\n\n```(?:text|json)\n(.*?)```/gs)
  return [...found].map(([, args = '', output = '']) => ({ args: args.split(' '), output }))
}

describe('the example in the document', () => {
  test('prints what the document says, and nothing else', () => {
    expect(examples()).toHaveLength(2)
    for (const { args, output } of examples()) {
      const { stdout, stderr, status } = jejak(args.map((arg) => (arg === 'paths.csv' ? file : arg)))
      expect({ stdout, stderr, status }).toEqual({ stdout: output, stderr: '', status: 0 })
    }
  })

  test('has the results that the document works out by hand', () => {
    const { stdout } = jejak([file, '--json'])
    const answer: Record<string, Record<string, { conversions: number; value: number }>> = JSON.parse(stdout)
    const byHand: Record<string, { conversions: number[]; value: number[] }> = {
      first: { conversions: [7, 3, 0], value: [680, 320, 0] },
      last: { conversions: [1, 6, 3], value: [40, 600, 360] },
      lastNonDirect: { conversions: [1, 9, 0], value: [40, 960, 0] },
      linear: { conversions: [3.5, 5.5, 1], value: [300, 580, 120] },
      position: { conversions: [3.8, 4.9, 1.3], value: [336, 508, 156] },
      markov: {
        conversions: [430 / 127, 630 / 127, 210 / 127],
        value: [103000 / 334, 168000 / 334, 63000 / 334],
      },
      shapley: { conversions: [11 / 3, 31 / 6, 7 / 6], value: [320, 540, 140] },
      shapleyRate: { conversions: [210 / 144, 1170 / 144, 60 / 144], value: [100 / 9, 8200 / 9, 700 / 9] },
    }
    expect(Object.keys(answer)).toEqual(Object.keys(byHand))
    for (const [model, { conversions, value }] of Object.entries(byHand)) {
      expect(Object.keys(answer[model] ?? {})).toEqual(['Social', 'Search', 'Direct'])
      Object.values(answer[model] ?? {}).forEach((credit, i) => {
        expect(credit.conversions, model).toBeCloseTo(conversions[i] ?? Number.NaN, 9)
        expect(credit.value, model).toBeCloseTo(value[i] ?? Number.NaN, 7)
      })
    }
  })

  test('of order 2 too', () => {
    const { stdout } = jejak([file, '--json', '--models=markov', '--order=2'])
    const { markov } = JSON.parse(stdout)
    expect(markov.Social.conversions).toBeCloseTo(6.5 / 1.85, 12)
    expect(markov.Search.conversions).toBeCloseTo(9 / 1.85, 12)
    expect(markov.Direct.conversions).toBeCloseTo(3 / 1.85, 12)
  })
})

test('the command line takes every option of the document', () => {
  const mapped = join(folder, 'mapped.csv')
  writeFileSync(mapped, 'journey;total;n\nx>x>Organic>y;2;1\n')
  const options = ['--columns', 'path=journey,conversions=total', '--columns', 'nulls=n', '--separator', '>']
  const more = [
    '--models',
    'lastNonDirect,position',
    '--position',
    '50/0/50',
    '--direct',
    'y',
    '--direct',
    'z',
  ]
  const { stdout, stderr, status } = jejak([
    mapped,
    ...options,
    ...more,
    '--collapse',
    '--seed',
    '2',
    '--csv',
  ])
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: 'note: no touch is called "z"; without --direct it is direct or (direct)\n',
  })
  expect(stdout.split('\r\n')).toEqual([
    'model,channel,conversions,value',
    'lastNonDirect,x,0,0',
    'lastNonDirect,Organic,2,0',
    'lastNonDirect,y,0,0',
    'position,x,1,0',
    'position,Organic,0,0',
    'position,y,1,0',
    '',
  ])
})

test('what cannot be used ends it with code 2 and nothing on standard output', () => {
  const broken = join(folder, 'broken.csv')
  writeFileSync(broken, 'path,conversions\nA,-3\n')
  const { stdout, stderr, status } = jejak([broken])
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
  expect(stderr).toBe(`${broken}:2: conversions: -3 is negative; write 0 or more, or leave the row out\n`)
  // As the document shows it.
  expect(TEXT).toContain(`journeys.csv:17: ${stderr.slice(stderr.indexOf('conversions:'))}`)
})

test('the document explains every model', () => {
  for (const model of MODELS) expect(TEXT).toContain(`| \`${model}\` |`)
})
