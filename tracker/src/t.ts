/**
 * The page script: `<script defer src="https://go.example/t.js" data-site="default"></script>` sends one pageview
 * (address, referrer, click id) to where it was loaded from, and takes our click id out of the address bar. Nothing of
 * it may ever disturb the page: it stores nothing, waits for nothing and throws nothing.
 */
interface Settings {
  endpoint: string
  site: string | null
  parameter: string
}

declare global {
  interface Document {
    /** Chrome and others: the page is made ready before anybody has come to it. */
    prerendering?: boolean
  }
}

function run(): void {
  const script = document.currentScript
  if (!(script instanceof HTMLScriptElement) || !script.src) return
  const settings: Settings = {
    endpoint: new URL('e', script.src).href,
    site: script.getAttribute('data-site'),
    parameter: script.getAttribute('data-parameter') || 'jjk',
  }
  // A page made ready in advance is not looked at yet, and perhaps never.
  if (document.prerendering) {
    document.addEventListener('prerenderingchange', () => quietly(() => view(settings)), { once: true })
  } else {
    view(settings)
  }
}

function view({ endpoint, site, parameter }: Settings): void {
  const event = {
    id: randomId(),
    url: location.href,
    referrer: document.referrer,
    clickId: takeFromAddressBar(parameter),
    site: site || undefined,
  }
  // Plain text, so that no browser asks for permission first; `keepalive` outlives the page.
  fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(event),
    keepalive: true,
    credentials: 'omit',
  }).catch(() => {})
}

/** The click id in the address, which is then gone from the address bar; everything else there stays as it was. */
function takeFromAddressBar(parameter: string): string {
  const pairs = location.search.slice(1).split('&')
  const own = pairs.filter((pair) => pair.split('=')[0] === parameter)
  const first = own[0]
  if (first === undefined) return ''
  const others = pairs.filter((pair) => !own.includes(pair)).join('&')
  quietly(() =>
    history.replaceState(history.state, '', location.pathname + (others && `?${others}`) + location.hash),
  )
  return first.slice(parameter.length + 1)
}

function randomId(): string {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += (byte + 256).toString(16).slice(1)
  return id
}

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // The page goes before our figures.
  }
}

quietly(run)

export {}
