import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

/** A statement as it came over HTTP. */
export interface Statement {
  /** Without the data of an insert. */
  text: string
  /** The data of an insert, where they came as the body of their own. */
  dataFile: string | null
  /** Values of `{name:Type}` in the engine's escaped form, as ClickHouse takes them from `param_name`. */
  params: Record<string, string>
  settings: Record<string, string>
  database: string | null
  queryId: string
  format: string
  /** The caller takes a compressed answer. */
  gzip: boolean
  /** Forgets the data. */
  discard(): void
}

/** A request that a server refuses before it reads a statement. */
export class BadRequest extends Error {}

/** `http_max_field_value_size` of a server as it comes: longer parameters are refused, in the URL and in a form. */
const MAX_FIELD_BYTES = 131_072
/** Keys of the URL that are neither settings nor parameters. */
const RESERVED = new Set([
  'query',
  'database',
  'query_id',
  'default_format',
  'wait_end_of_query',
  'buffer_size',
  'session_id',
  'session_timeout',
  'role',
  'user',
  'password',
  'compress',
  'decompress',
])

/**
 * Reads a request as ClickHouse does: the statement from the URL, the body, or the URL followed by the body; parameters
 * and settings from the URL or a multipart form. A body goes to a file under `directory`, never into memory as a whole,
 * unless it is the statement itself.
 */
export async function readStatement(req: IncomingMessage, directory: string): Promise<Statement> {
  const url = new URL(req.url ?? '/', 'http://stand-in')
  checkRawFields(url.search.slice(1))
  const fields = url.searchParams
  const folder = mkdtempSync(join(directory, 'body-'))
  const discard = () => rmSync(folder, { recursive: true, force: true })
  try {
    const body = join(folder, 'body.tsv')
    const unpack = req.headers['content-encoding'] === 'gzip' ? createGunzip() : new PassThrough()
    await pipeline(req, unpack, createWriteStream(body))

    const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(
      req.headers['content-type'] ?? '',
    )?.[1]
    if (boundary) addForm(fields, await readFile(body, 'latin1'), boundary)
    const inUrl = fields.get('query') ?? ''
    const isInsert = /^\s*INSERT\s/i.test(inUrl)
    const bodyText = boundary || isInsert ? '' : await readFile(body, 'utf8')
    const text = [inUrl, bodyText].filter((part) => part !== '').join('\n')
    if (text.trim() === '') throw new BadRequest('Code: 62. DB::Exception: Empty query. (SYNTAX_ERROR)')
    return {
      text,
      dataFile: isInsert && statSync(body).size > 0 ? body : null,
      params: withPrefix(fields, 'param_'),
      settings: Object.fromEntries(
        [...fields].filter(([key]) => !RESERVED.has(key) && !key.startsWith('param_')),
      ),
      database: fields.get('database'),
      queryId: fields.get('query_id') ?? '',
      format: fields.get('default_format') ?? 'TabSeparated',
      gzip:
        fields.get('enable_http_compression') === '1' &&
        /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? '')),
      discard,
    }
  } catch (error) {
    discard()
    throw error
  }
}

function withPrefix(fields: URLSearchParams, prefix: string): Record<string, string> {
  const found = [...fields].filter(([key]) => key.startsWith(prefix))
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length), value]))
}

/** A server measures the fields of a URL before it decodes them. */
function checkRawFields(query: string): void {
  for (const field of query.split('&')) checkLength(field.slice(field.indexOf('=') + 1))
}

/** The client writes one plain part a field, each ended by CRLF; `form` holds one character a byte. */
function addForm(fields: URLSearchParams, form: string, boundary: string): void {
  for (const part of form.split(`--${boundary}`)) {
    const [, name, value] = /^\r\n[\s\S]*?name="([^"]+)"[\s\S]*?\r\n\r\n([\s\S]*)\r\n$/.exec(part) ?? []
    if (name === undefined || value === undefined) continue
    if (name !== 'query') checkLength(value)
    fields.append(name, Buffer.from(value, 'latin1').toString('utf8'))
  }
}

function checkLength(value: string): void {
  if (value.length > MAX_FIELD_BYTES) {
    throw new BadRequest(
      'Poco::Exception. Code: 1000, e.code() = 0, HTML Form Exception: Field value too long (version 26.7.3.1)',
    )
  }
}
