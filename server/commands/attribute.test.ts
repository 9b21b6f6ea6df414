import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attributeCommand } from './attribute.ts'
import type { AttributeOptions } from './attribute-options.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-attribute-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A writer that keeps what it is given. */
function collector() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

async function run(input: string | Buffer | Readable, options: Partial<AttributeOptions> = {}) {
  const stdin = input instanceof Readable ? input : Readable.from([Buffer.from(input)])
  const stdout = collector()
  const stderr = collector()
  const streams = { stdin, stdout: stdout.stream, stderr: stderr.stream }
  const code = await attributeCommand({ file: '-', ...options }, streams)
  return { code, out: stdout.text(), problems: stderr.text() }
}

/** The credits as JSON; fails with what the command says where it has none. */
async function credits(input: string | Buffer | Readable, options: Partial<AttributeOptions> = {}) {
  const { code, out, problems } = await run(input, { json: true, ...options })
  expect(code, problems).toBe(0)
  return JSON.parse(out) as Record<string, Record<string, { conversions: number; value: number }>>
}

async function refusal(input: string | Buffer | Readable, options: Partial<AttributeOptions> = {}) {
  const { code, out, problems } = await run(input, options)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  return problems
}

const TWO_PATHS = 'path,conversions\nSocial > Search,3\nSearch,1\n'
const TWO_CREDITED = { Social: { conversions: 1.5, value: 0 }, Search: { conversions: 2.5, value: 0 } }
const linear = { models: 'linear' }

describe('what a file may look like', () => {
  test.each([
    ['a byte order mark and CR LF', `\uFEFF${TWO_PATHS.replaceAll('\n', '\r\n')}`],
    ['semicolons', TWO_PATHS.replaceAll(',', ';')],
    ['tabs', TWO_PATHS.replaceAll(',', '\t')],
    ['CR alone', TWO_PATHS.replaceAll('\n', '\r')],
    ['no end of the last line', TWO_PATHS.trimEnd()],
    ['empty lines', `\n\n${TWO_PATHS.replaceAll('\n', '\n\n')}`],
    ['quotes', '"path","conversions"\n"Social > Search","3"\n"Search",1\n'],
    ['space around everything', ' path , conversions \n "Social  >  Search" , 3 \n Search,1\n'],
    ['names in other case', TWO_PATHS.replace('path,conversions', 'Path,CONVERSIONS')],
    [
      'other columns, and a name with a line break',
      '"a\n;;;b",path,conversions\nx,Social > Search,3\n"y\nz",Search,1\n',
    ],
    ['decimals and exponents', 'path,conversions\nSocial > Search,+.3e1\nSearch,1.0\n'],
    ['the same path on several rows', 'path,conversions\nSocial > Search,1\nSearch,1\nSocial > Search,2\n'],
  ])('it may have %s', async (_, text) => {
    expect(await credits(text, linear)).toEqual({ linear: TWO_CREDITED })
  })

  test('chunks may end anywhere', async () => {
    const text = '\uFEFF"path","conversions"\r\n"Größe > ""é""","2"\r\n\r\n"Größe",1\r\n'
    const bytes = Array.from(Buffer.from(text), (byte) => Buffer.from([byte]))
    expect(await credits(Readable.from(bytes), linear)).toEqual({
      linear: { Größe: { conversions: 2, value: 0 }, '"é"': { conversions: 1, value: 0 } },
    })
  })

  test('quoted cells may hold delimiters and line breaks', async () => {
    const text = 'path,conversions\n"Paid, Search > Line\nbreak",2\n'
    expect(Object.keys((await credits(text, linear)).linear ?? {})).toEqual(['Paid, Search', 'Line\nbreak'])
  })

  test('names of columns can be mapped, exactly first, then without case', async () => {
    const text = 'Path,journey,total_conversions,TOTAL_VALUE\nx,Social > Search,3,60\nx,Search,1,10\n'
    const columns = ['path=journey,conversions=total_conversions', 'value=total_value']
    expect(await credits(text, { ...linear, columns })).toEqual({
      linear: { Social: { conversions: 1.5, value: 30 }, Search: { conversions: 2.5, value: 40 } },
    })
    const twins = 'PATH,path,conversions\nwrong,right,1\n'
    expect(await credits(twins, linear)).toEqual({ linear: { right: { conversions: 1, value: 0 } } })
  })

  test('another separator cuts the paths, with or without space around it', async () => {
    const text = 'path,conversions\nSocial| Search,3\nSearch,1\n'
    expect(await credits(text, { ...linear, separator: '|' })).toEqual({ linear: TWO_CREDITED })
    const arrows = 'path,conversions\nSocial -> Search,3\nSearch,1\n'
    expect(await credits(arrows, { ...linear, separator: '->' })).toEqual({ linear: TWO_CREDITED })
  })

  test('a value or a number of nulls that is not there is 0', async () => {
    const text = 'path,conversions,value,nulls\nSocial,1,,\nSearch,1,5,1\n'
    expect(await credits(text, linear)).toEqual({
      linear: { Social: { conversions: 1, value: 0 }, Search: { conversions: 1, value: 5 } },
    })
  })
})

describe('a file that cannot be used is refused by line and column', () => {
  const rows = (...lines: string[]) => ['path,conversions,value,nulls', ...lines].join('\n')

  test.each([
    ['an empty path', rows('A,1,,', ',1,,'), 'stdin:3: path: the path is empty'],
    ['an empty touch', rows('A >  > B,1,,'), 'stdin:2: path: touch 2 of "A >  > B" is empty'],
    [
      'an empty touch between thin separators',
      rows('A > > B,1,,'),
      'stdin:2: path: touch 2 of "A > > B" is empty',
    ],
    ['a separator at the end', rows('A > B > ,1,,'), 'stdin:2: path: touch 2 of "A > B >" is empty'],
    ['a separator at the begin', rows('> A,1,,'), 'stdin:2: path: touch 1 of "> A" is empty'],
    ['no conversions', rows('A,,1,1'), 'stdin:2: conversions: the cell is empty; write 0'],
    ['a negative number', rows('A,-3,,'), 'stdin:2: conversions: -3 is negative; '],
    ['a negative value', rows('A,3,-0.5,'), 'stdin:2: value: -0.5 is negative; '],
    ['negative nulls', rows('A,3,,-1e3'), 'stdin:2: nulls: -1e3 is negative; '],
    [
      'a thousands separator',
      rows('A,"1,234",,'),
      'stdin:2: conversions: "1,234" is not a number; write it like 1234',
    ],
    ['a word', rows('A,three,,'), 'stdin:2: conversions: "three" is not a number'],
    ['another notation', rows('A,0x10,,'), 'stdin:2: conversions: "0x10" is not a number'],
    ['infinity by name', rows('A,1,Infinity,'), 'stdin:2: value: "Infinity" is not a number'],
    ['infinity by size', rows('A,1,,1e999'), 'stdin:2: nulls: '],
    ['a value without conversions', rows('A,0,12,1'), 'stdin:2: value: 12 stands beside 0 conversions'],
    ['too few cells', rows('A,1,', 'B,1,,'), 'stdin:2: nulls: missing; the row has 3 of the 4 cells'],
    ['too many cells', rows('A,1,,,', 'B,1,,'), 'stdin:2: cell 5: the first line names only 4 columns'],
    ['a quote within a cell', rows('A,1,,', 'A"B,1,,'), 'stdin:3: path: a cell that holds a quote'],
    ['a letter behind a quote', rows('"A"B,1,,'), 'stdin:2: path: behind a closing quote'],
    [
      'a quote that is never closed',
      rows('A,1,,', '', '"A,1', '', ''),
      'stdin:4: path: the quote that opens here',
    ],
    [
      'a missing column',
      'path;value\nA;1\n',
      'stdin:1: conversions: there is no column "conversions"; the first line names "path", "value"',
    ],
    [
      'a column twice',
      'path,conversions,Value, VALUE\nA,1,1,1\n',
      'stdin:1: value: 2 columns are called "value"',
    ],
    ['nothing in it', '\n \n', 'stdin: the file is empty'],
    ['no rows', 'path,conversions\n\n', 'stdin: there are no rows below the first line'],
    [
      'another encoding',
      Buffer.from('path,conversions\nGr\xF6\xDFe,1\n', 'latin1'),
      'stdin:2: some characters are not UTF-8',
    ],
    ['UTF-16', Buffer.from('\uFEFFpath,conversions\nA,1\n', 'utf16le'), 'stdin: it is not a text in UTF-8'],
  ])('%s', async (_, text, message) => {
    expect(await refusal(text)).toContain(message)
  })

  test('lines are those of an editor, line breaks within quotes and empty lines counted', async () => {
    const text = '\uFEFF\r\n"path",conversions\r\n"A\r\nB",1\r\n\r\n"C\n\r\nD",1\r\nE,x\r\n'
    expect(await refusal(text)).toContain('stdin:9: conversions: "x"')
    expect(await refusal(text.replaceAll('\r', ''))).toContain('stdin:9: conversions: "x"')
  })

  test('a file is named as it was given; one that is not there or is a folder says so', async () => {
    const file = join(folder, 'paths.csv')
    writeFileSync(file, TWO_PATHS.replace('3', '-3'))
    expect(await refusal('', { file })).toMatch(/paths\.csv:2: conversions: -3 is negative/)
    writeFileSync(file, TWO_PATHS)
    expect(await credits('', { file, ...linear })).toEqual({ linear: TWO_CREDITED })
    expect(await refusal('', { file: join(folder, 'none.csv') })).toMatch(/cannot read .*none\.csv.*ENOENT/)
    expect(await refusal('', { file: folder })).toMatch(/cannot read .*EISDIR/)
  })

  test('what is too much for a model names the model', async () => {
    // Beyond 2^53 states of order 3.
    const text = `path,conversions\n${Array.from({ length: 210_000 }, (_, i) => `K${i},1\n`).join('')}`
    expect(await refusal(text, { models: 'linear,markov', order: '3' })).toMatch(
      /\nmarkov: 210000 keys are too many for order 3; --models can leave it out\n$/,
    )
  })

  test('one bad line ends the reading of an input without end', async () => {
    const endless = async function* () {
      yield 'path,conversions\nA,-1\n'
      for (;;) {
        yield 'A,1\n'
        await new Promise((done) => setImmediate(done))
      }
    }
    const input = Readable.from(endless())
    expect(await refusal(input)).toContain('stdin:2')
    expect(input.destroyed).toBe(true)
  })
})

describe('an option that cannot be used is refused by name', () => {
  test.each<[string, Partial<AttributeOptions>, string]>([
    [
      'an unknown model',
      { models: 'first,Markov' },
      '--models: there is no model "Markov"; known, by commas: first, ',
    ],
    [
      'a model that needs times',
      { models: 'linear,timeDecay' },
      '--models: timeDecay needs the time of each touch',
    ],
    ['order 0', { order: '0' }, '--order: "0" is not 1, 2 or 3'],
    ['order 4', { order: '4' }, '--order: "4" is not 1, 2 or 3'],
    ['an empty separator', { separator: '' }, '--separator: it is empty'],
    ['two weights', { position: '40/60' }, '--position: "40/60" is not three weights'],
    ['four weights', { position: '40/20/20/20' }, '--position: "40/20/20/20" is not three weights'],
    ['a negative weight', { position: '50/-10/60' }, '--position: "50/-10/60"'],
    ['weights of 0', { position: '0/0/0' }, '--position: "0/0/0"'],
    ['a broken seed', { seed: '-1' }, '--seed: "-1" is not a whole number'],
    ['an unknown field', { columns: ['path=a,revenue=b'] }, '--columns: there is no "revenue"'],
    ['a mapping without a name', { columns: ['path='] }, '--columns: path= needs the name of a column'],
    ['a mapping that maps nothing', { columns: ['journey'] }, '--columns: "journey" maps nothing'],
    ['a field twice', { columns: ['path=a', 'path=b'] }, '--columns: path is mapped twice'],
    ['a column twice', { columns: ['path=a,nulls=a'] }, '--columns: "a" cannot be both path and nulls'],
    ['a mapped column that is not there', { columns: ['nulls=x'] }, 'stdin:1: nulls: there is no column "x"'],
    [
      'a column that is another already',
      { columns: ['value=conversions'] },
      'stdin:1: value: the column "conversions" is conversions already',
    ],
    ['two outputs', { json: true, csv: true }, '--json and --csv: choose one'],
  ])('%s', async (_, options, message) => {
    expect(await refusal(TWO_PATHS, options)).toContain(message)
  })
})
