import { createHash } from 'node:crypto'

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;
background:light-dark(#fafaf9,#171716);color:light-dark(#1c1b1a,#e9e7e4)}
main{max-width:34rem;padding:2rem}
h1{font-size:1.25rem;margin:0 0 .5rem}
p{margin:0 0 .75rem;overflow-wrap:anywhere}
a{color:inherit}
small{opacity:.7}`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** Headers of every page that Jejak's edge shows of its own. */
export const PAGE_HEADERS: readonly string[] = [
  'Content-Type',
  'text/html; charset=utf-8',
  'Cache-Control',
  'no-store',
  'X-Robots-Tag',
  'noindex',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
]

export const NOT_FOUND_PAGE = page(
  'No such link',
  'Nothing stands under this address. Perhaps it was mistyped.',
)
export const GONE_PAGE = page('This link has ended', 'It led somewhere once and no longer does.')
export const UNAVAILABLE_PAGE = page(
  'One moment, please',
  'This link cannot be looked up just now. Try again shortly.',
)
export const BAD_ADDRESS_PAGE = page(
  'This is no address of a link',
  'It holds something that no link can hold.',
)
export const FAILED_PAGE = page('Something went wrong', 'This is a fault of ours. Try again shortly.')

/** What `/slug+` shows: where a link leads, for those who want to know before they follow it. */
export function previewPage(link: {
  shortUrl: string
  destination: string
  state: 'active' | 'ended'
}): string {
  const destination = escapeHtml(link.destination)
  const leads = link.state === 'active' ? 'leads to' : 'has ended. It led to'
  return page(
    'Where this link leads',
    `<b>${escapeHtml(link.shortUrl)}</b> ${leads}</p><p><a href="${destination}" rel="nofollow noopener">${destination}</a>` +
      '</p><p><small>Looking here is not counted.</small>',
  )
}

function page(title: string, html: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
<main><h1>${title}</h1><p>${html}</p></main>
`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')
}
