import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { classifyCommand } from './classify.ts'

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

async function run(input: Readable, file?: string, evidence = false) {
  const stdout = collector()
  const stderr = collector()
  const streams = { stdin: input, stdout: stdout.stream, stderr: stderr.stream }
  const code = await classifyCommand({ file, evidence }, streams)
  const lines = stdout
    .text()
    .split('\n')
    .filter((line) => line !== '')
  return { code, answers: lines.map((line) => JSON.parse(line)), problems: stderr.text() }
}

const visit = (source: string) => JSON.stringify({ url: `https://cars.example/?utm_source=${source}` })

test('one label a line, in order, whatever the chunks; unreadable lines come back with their number', async () => {
  const text = [
    visit('fb'),
    '{"url":',
    '',
    '[1]',
    '{"url":7,"agent":"x"}',
    visit('ig'),
    '{"url":"https://a.example/","clientHints":{"colour":"red"}}',
    visit('größe'),
  ].join('\n')
  const bytes = Buffer.from(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
    bytes.subarray(i * 7, i * 7 + 7),
  )
  const { code, answers } = await run(Readable.from(chunks))
  expect(code).toBe(0)
  expect(answers.map(({ line, source }) => line ?? source)).toEqual([
    'Facebook',
    2,
    4,
    5,
    'Instagram',
    7,
    'größe',
  ])
  expect(answers[1].error).toMatch(/^not JSON/)
  expect(answers[3].error).toMatch(/url.*string.*unknown "agent" \(known: url, referrer/)
  expect(answers[5].error).toContain('unknown "clientHints.colour"')
})

test('evidence is given unless it is left out', async () => {
  const input = () => Readable.from([Buffer.from(visit('fb'))])
  expect((await run(input(), undefined, true)).answers[0].evidence).toHaveLength(1)
  expect((await run(input(), undefined, false)).answers[0]).not.toHaveProperty('evidence')
})

test('a file is read; one that is not there is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jejak-classify-'))
  const file = join(folder, 'visits.ndjson')
  writeFileSync(file, `${visit('fb')}\n${visit('yt')}\n`)
  expect((await run(Readable.from([]), file)).answers.map(({ source }) => source)).toEqual([
    'Facebook',
    'YouTube',
  ])
  expect(await run(Readable.from([]), join(folder, 'none'))).toMatchObject({
    code: 2,
    problems: expect.stringContaining('none'),
  })
  expect((await run(Readable.from([]), folder)).code).toBe(2)
  rmSync(folder, { recursive: true })
})

test('nothing is read ahead of a reader that does not read', async () => {
  let read = 0
  const endless = async function* () {
    for (;;) {
      read++
      yield Buffer.from(`${visit('fb')}\n`.repeat(100))
      await new Promise((done) => setImmediate(done))
    }
  }
  let resume = () => {}
  let stuck = () => {}
  const isStuck = new Promise<void>((done) => {
    stuck = done
  })
  const output = new Writable({
    write(_chunk, _encoding, done) {
      resume = done
      stuck()
    },
  })
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  const streams = { stdin: Readable.from(endless()), stdout: output, stderr: collector().stream }
  const ended = classifyCommand({ evidence: false }, streams)
  await isStuck
  for (let turn = 0; turn < 200; turn++) await new Promise((done) => setImmediate(done))
  expect(read).toBeLessThan(100)
  resume()
  // A reader that goes away ends it without an error.
  output.destroy(gone)
  expect(await ended).toBe(0)
})
