const LF = 0x0a
const CR = 0x0d
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Longest line that is read, in bytes. Apache refuses requests with header lines above 8 KB, so a real one fits. */
export const MAX_LINE_BYTES = 32 * 1024

/**
 * Splits a stream of bytes into lines, without their ends (LF or CR LF) and without a byte-order mark. Yields the lines
 * that each chunk completed, `null` for one longer than `maxBytes`, whose bytes are passed over and not held.
 * A last line needs no end. Memory: one chunk and one line.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<(Buffer | null)[]> {
  let rest: Buffer[] = []
  let restBytes = 0
  let isFirst = true

  const take = (tail: Buffer): Buffer | null => {
    // One byte more than the cap may belong to a CR.
    const tooLong = restBytes + tail.length > maxBytes + 1
    let line = tooLong ? null : rest.length === 0 ? tail : Buffer.concat([...rest, tail])
    rest = []
    restBytes = 0
    if (line !== null && line[line.length - 1] === CR) line = line.subarray(0, -1)
    if (line !== null && isFirst && line.subarray(0, 3).equals(BOM)) line = line.subarray(3)
    isFirst = false
    return line !== null && line.length > maxBytes ? null : line
  }

  for await (const chunk of chunks) {
    const lines: (Buffer | null)[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      lines.push(take(chunk.subarray(start, end)))
      start = end + 1
    }
    if (start < chunk.length) {
      restBytes += chunk.length - start
      if (restBytes > maxBytes + 1) rest = []
      else rest.push(chunk.subarray(start))
    }
    if (lines.length > 0) yield lines
  }
  if (restBytes > 0) yield [take(Buffer.alloc(0))]
}
