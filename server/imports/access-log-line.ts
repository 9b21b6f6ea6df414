import { headerText } from '../edge/cap.ts'

/** What one line of an access log says, escapes undone. */
export interface LogLine {
  /** Client's address, or its name where the server looked names up. */
  address: string
  /** Unix milliseconds, NaN for a date that does not exist. */
  time: number
  /** Empty where the request was not HTTP. */
  method: string
  /** As asked for, with what is not visible ASCII percent-encoded byte for byte. */
  target: string
  /** `1.1`; empty where the request did not say. */
  httpVersion: string
  status: number
  /** Empty for `-` and in the common format. */
  referrer: string
  userAgent: string
}

const QUOTED = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`
/**
 * Apache's `common` (`%h %l %u %t "%r" %>s %b`) and `combined`, which adds referrer and user agent
 * (httpd.apache.org/docs/2.4/mod/mod_log_config.html). What a server appends behind `combined` is passed over; behind
 * `common` nothing may stand, or a combined line that was cut short would pass for one.
 */
const LINE = new RegExp(
  String.raw`^(\S+) \S+ .*? \[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] ` +
    String.raw`${QUOTED} (\d{3}) (?:\d+|-)(?:$| ${QUOTED} ${QUOTED}(?: .*)?$)`,
)
const REQUEST = /^([A-Z]+) (.+?)(?: HTTP\/(\d(?:\.\d)?))?$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|(.))/g
const ESCAPED_CONTROLS: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' }
const NOT_VISIBLE_ASCII = /[^\x21-\x7e]/g

/** @returns null for a line in neither format. */
export function readLogLine(line: Buffer): LogLine | null {
  // Latin-1 keeps each byte as one character: raw bytes and `\xHH` can then be treated alike.
  const parts = LINE.exec(line.toString('latin1'))
  if (parts === null) return null
  const [, address = '', day, month = '', year, hour, minute, second, sign, offsetHours, offsetMinutes] =
    parts
  const [, , , , , , , , , , , request = '', status, referrer = '', userAgent = ''] = parts
  const [, method = '', target = '', httpVersion = ''] = REQUEST.exec(unescaped(request)) ?? []
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return {
    address,
    time:
      utc(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)) -
      offset,
    method,
    target: target.replace(NOT_VISIBLE_ASCII, percentEncoded),
    httpVersion,
    status: Number(status),
    referrer: text(referrer),
    userAgent: text(userAgent),
  }
}

/** A leap second (60) is the first instant of the next minute, as Unix time has it. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (hour > 23 || minute > 59 || second > 60) return Number.NaN
  const midnight = new Date(Date.UTC(year, month, day))
  if (midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return Number.NaN
  return midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
}

function text(field: string): string {
  return field === '-' ? '' : headerText(unescaped(field))
}

/** Apache writes `"` and `\` with a backslash, control characters C-style and other bytes as `\xHH`; nginx all as `\xHH`. */
function unescaped(field: string): string {
  if (!field.includes('\\')) return field
  return field.replace(ESCAPE, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPED_CONTROLS[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function percentEncoded(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
