import type { Parsed } from './parsed.ts'

/**
 * Reads the host of a short domain or of a site's pages as browsers name it in `Host`: lower case, punycode, a port
 * only where it is not 80 or 443.
 */
export function parseHost(text: string): Parsed<string, 'host'> {
  const host = text.trim()
  if (/^[^\s/?#@\\]+$/.test(host)) {
    try {
      const url = new URL(`https://${host}/`)
      const hostname = url.hostname.replace(/\.+$/, '')
      const port = url.port === '' || url.port === '80' ? '' : `:${url.port}`
      if (hostname !== '') return { ok: true, value: hostname + port }
    } catch {
      // Not a host; said below.
    }
  }
  return {
    ok: false,
    problem: 'host',
    message: `"${text}" is not a host name; write it without scheme and path, such as go.example.com.`,
  }
}
