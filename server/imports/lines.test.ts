import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inChunks } from '../../test/support/import-files.ts'
import { readLines } from './lines.ts'

async function linesOf(
  bytes: Buffer | string,
  chunkBytes?: number,
  maxBytes?: number,
): Promise<(string | null)[]> {
  const all: (string | null)[] = []
  for await (const lines of readLines(inChunks(bytes, chunkBytes), maxBytes)) {
    all.push(...lines.map((line) => line?.toString('latin1') ?? null))
  }
  return all
}

describe('readLines', () => {
  test('gives no line for an empty file and none behind the last line end', async () => {
    expect(await linesOf('')).toEqual([])
    expect(await linesOf('a\nb\n')).toEqual(['a', 'b'])
  })

  test('takes a last line without an end, and empty lines', async () => {
    expect(await linesOf('a\n\nb')).toEqual(['a', '', 'b'])
  })

  test('reads CR LF like LF and keeps a CR within a line', async () => {
    expect(await linesOf('a\r\nb\rc\r\n')).toEqual(['a', 'b\rc'])
  })

  test('passes over a byte-order mark at the beginning only', async () => {
    expect(await linesOf(Buffer.from('\ufeffa\n\ufeffb'))).toEqual(['a', '\u00ef\u00bb\u00bfb'])
  })

  test('gives null for a line that is too long, and goes on with the next', async () => {
    expect(await linesOf(`${'x'.repeat(11)}\nok\n${'y'.repeat(1000)}`, 7, 10)).toEqual([null, 'ok', null])
  })

  test('takes a line of exactly the longest length, with either end', async () => {
    const longest = 'x'.repeat(10)
    expect(await linesOf(`${longest}\r\n${longest}\n${longest}`, 4, 10)).toEqual([longest, longest, longest])
  })

  test('gives the same lines however the bytes are cut into chunks', async () => {
    const bytes = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', '\ufeff', 'ж', 'x'.repeat(9)), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 12 }), async (parts, chunkBytes) => {
        const file = Buffer.from(parts.join(''))
        expect(await linesOf(file, chunkBytes, 8)).toEqual(await linesOf(file, 1 << 16, 8))
      }),
    )
  })
})
