import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from './csv.ts'

function cellsOf(text: string): string[][] {
  const table = readCsv(text)
  if ('message' in table) throw new Error(table.message)
  return [table.header, ...table.rows].map(({ cells }) => cells)
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

describe('CSV', () => {
  test('is read with quotes, doubled quotes, line breaks in cells and empty cells', () => {
    expect(cellsOf('a,b,c\n1,"x, ""y""\r\nz",\n,,3')).toEqual([
      ['a', 'b', 'c'],
      ['1', 'x, "y"\r\nz', ''],
      ['', '', '3'],
    ])
  })

  test('may begin with a byte order mark, end its lines in any way and have semicolons', () => {
    expect(cellsOf('\ufeffa;b\r\n1;2,5\r\n')).toEqual([
      ['a', 'b'],
      ['1', '2,5'],
    ])
    expect(cellsOf('a,b\r1,2\r3,4')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ])
    expect(cellsOf('a,b\n1,')).toEqual([
      ['a', 'b'],
      ['1', ''],
    ])
  })

  test('loses spaces around bare cells and keeps those between quotes', () => {
    expect(cellsOf('a, b ,c\n 1 , " 2 " ,3')).toEqual([
      ['a', 'b', 'c'],
      ['1', ' 2 ', '3'],
    ])
  })

  test('knows on which line each row begins, empty lines and broken cells counted', () => {
    const table = readCsv('a,b\n\n1,"x\ny"\r\n  \n2,z\n')
    expect('rows' in table && table.rows.map(({ line }) => line)).toEqual([3, 6])
  })

  test('counts a line break within quotes once, however lines end', () => {
    const table = readCsv('\ufeff\r\na,b\r\n"1\r\n",x\r\n\n\r\n \u00a0\r2,y\n')
    expect('rows' in table && [table.header, ...table.rows].map(({ line }) => line)).toEqual([2, 3, 8])
  })

  test('may have rows with more or fewer cells than its header', () => {
    expect(cellsOf('a,b\n1\n1,2,3\n')).toEqual([['a', 'b'], ['1'], ['1', '2', '3']])
  })

  test.each([
    ['a,b\n1,"x', { line: 2, column: 2, message: expect.stringMatching(/never closed/) }],
    [
      'a,b\r\n"1\r\n",2\r\n\r\n1,"x\r\ny',
      { line: 5, column: 2, message: expect.stringMatching(/never closed/) },
    ],
    ['a,b\n"1\n"x,2', { line: 2, column: 1, message: expect.stringMatching(/closing quote/) }],
    ['a,b\n1,"2" x', { line: 2, column: 2, message: expect.stringMatching(/closing quote/) }],
    ['a,b\n1,x"y"', { line: 2, column: 2, message: expect.stringMatching(/between quotes/) }],
    ['', { line: 1, column: 1, message: expect.stringMatching(/empty/) }],
    ['\n \n', { line: 1, column: 1, message: expect.stringMatching(/empty/) }],
  ])('that is none is refused with the line of the row and the number of the cell: %j', (text, problem) => {
    expect(readCsv(text)).toEqual(problem)
  })

  test.each([
    ['250000 rows', 'a\n', 250_000],
    ['10000 rows have another number of cells', 'a,b\n', 10_000],
  ])('is refused at the first row too many: more than %s', (message, header, limit) => {
    expect(readCsv(header + '1\n'.repeat(limit + 9))).toEqual({
      line: limit + 2,
      column: 1,
      message: expect.stringMatching(message),
    })
  })

  test('of any content comes back as it was written, each row with its line', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'Ж', '"', ',', ';', '\n', '\r', ' ', '\t', '🚗') })
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }))
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), (rows, lineBreak) => {
        const all = [rows[0]?.map((_, index) => `c${index}`) ?? [], ...rows]
        const write = (some: string[][]) =>
          stringify(some, { record_delimiter: lineBreak, quoted: true, quoted_empty: true })
        const read = readCsv(write(all))
        expect('rows' in read && [read.header, ...read.rows]).toEqual(
          all.map((cells, index) => ({ line: linesOf(write(all.slice(0, index))).length, cells })),
        )
      }),
    )
  })

  test('of any text gives a table or a problem that lies within it', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', '\u00a0', '\ufeff', '\0'),
    })
    fc.assert(
      fc.property(text, (source) => {
        const table = readCsv(source)
        const places = 'message' in table ? [table] : [table.header, ...table.rows]
        for (const { line } of places) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(linesOf(source).length)
        }
        if ('message' in table) {
          expect(table.column).toBeGreaterThanOrEqual(1)
          expect(table.column).toBeLessThanOrEqual(source.split(/[,;]/).length)
        }
      }),
    )
  })
})
