import { on, quietly } from './quietly.ts'
import type { GoalOptions, PageJejak, Settings } from './types.ts'

let settings: Settings

/** Id and address of the pageview on which everything else happens. */
let page: string
let url: string
/** The address at the last pageview, empty before the first; another one is another page. */
let shown = ''
/** Half seconds of attention since the last report. */
let ticks = 0
/** Deepest pixel seen. */
let depth = 0

/** What waits to be sent. `age` is the instant it happened; when it is sent, the time since. */
let waiting: { age: number }[] = []
/** What was sent last and is not answered yet. */
let flying: typeof waiting = []
/** Events in a message; the endpoint takes no more. */
let batch = 50
let failures = 0
/** The visitor's decision. A withdrawal is told once, then the page knows of none. */
let consent: boolean | undefined
let mute: unknown

/** Monotonic, and one for all pages of a tab: what is kept over a page change keeps its age. */
const clock = () => performance.timeOrigin + performance.now()

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return bytes.reduce((id, byte) => id + (byte + 256).toString(16).slice(1), '')
}

/** Sends what happened on the page that is shown, with what else happens now. What is no JSON is lost, and alone. */
function happened(facts: object): void {
  // A copy: the page may change its object before it is sent.
  waiting.push(JSON.parse(JSON.stringify({ url, id: randomId(), page, ...facts, age: clock() })))
  send()
}

async function send(): Promise<void> {
  // What happens in one go is one message: a queue of calls, a click that is a goal and leads away.
  await 0
  // What waited when the person opted out goes too.
  if (mute) waiting = []
  try {
    // After consent, what is not accepted outlives the page; without it, nothing does.
    if (consent) sessionStorage.jejak = JSON.stringify([...flying, ...waiting])
    else delete sessionStorage.jejak
  } catch {
    // Blocked or full: it lives as long as the page.
  }
  const events = waiting.splice(0, batch)
  if (!events[0]) return
  flying = events
  const told = consent
  /** An HTTP status, or whether a beacon was taken. */
  let status: number | boolean = 0
  try {
    const { endpoint, site } = settings
    const body = JSON.stringify({
      site,
      consent,
      events: events.map((event) => ({ ...event, age: (clock() - event.age) | 0 })),
    })
    status = (window as { fetch?: unknown }).fetch
      ? (
          await fetch(endpoint, {
            method: 'POST',
            // Without credentials a cookie can neither be set nor deleted.
            credentials: told == null ? 'omit' : 'include',
            // Text, so that no browser asks for permission first.
            body,
            keepalive: true,
          })
        ).status
      : navigator.sendBeacon(endpoint, body)
  } catch {
    // Offline or blocked.
  }
  flying = []
  if (!status || status === 429 || (status as number) > 499) {
    waiting.unshift(...events)
    // After 2, 4, … 64 s: longer together than the minute that a 429 asks for.
    if (failures++ < 6) setTimeout(send, 1e3 << failures)
  } else {
    failures = 0
    if (told === consent) consent = told || undefined
    // A message is refused for one of its events: the others deserve one of their own.
    if ((status as number) > 399 && events[1]) {
      batch = 1
      waiting.unshift(...events)
    }
    send()
  }
}

/** An address as it tells pages apart: a fragment stays with the browser unless it names the page. */
const pageOf = (address: string) => (settings.hash == null ? address.replace(/#.*/, '') : address)

/** Records a pageview, and takes the click id out of the address bar. `of` names another address than the one shown. */
function view({ url: of }: { url?: string } = {}): void {
  report()
  let clickId: string | undefined
  // The whole address: a path of two slashes, or a `<base>`, would lead a relative one to another host.
  const clean = location.href.replace(
    RegExp(`([?&])${settings.parameter || 'jjk'}=([^&#]*)(&?)`),
    (_, before, id, after) => {
      clickId = id
      return after && before
    },
  )
  // Within the site the page before is where the visitor came from.
  const referrer = shown ? url : document.referrer
  shown = pageOf(clean)
  url = of ? new URL(of, shown).href : shown
  page = randomId()
  depth = 0
  happened({ kind: 'pageview', id: page, page: undefined, referrer, clickId })
  // Last, since it may fail; it looks like no other page, being what is `shown`.
  if (clickId) history.replaceState(history.state, '', clean)
}

function look(): void {
  depth = Math.max(depth, scrollY + innerHeight)
}

/** Reports attention since the last report, where there was any, and sends what waits. */
function report(): void {
  look()
  if (ticks) {
    happened({
      kind: 'engagement',
      engaged: ticks * 500,
      // Where there is no height this is NaN, which becomes 0.
      scroll: Math.min(100, (100 * depth) / document.documentElement.scrollHeight) | 0,
    })
    ticks = 0
  }
  send()
}

const COMMANDS = {
  goal(name: string, { value, id, ...rest }: GoalOptions = {}): void {
    happened({
      kind: 'event',
      type: 'custom',
      name,
      // Clicks and forms come this way too, with a type of their own.
      ...rest,
      // What was divided has more places than an amount of money.
      value: (value as number) >= 0 ? +(+(value as number)).toFixed(4) : undefined,
      key: id && `${id}`,
    })
  },
  pageview: view,
  consent(granted: boolean) {
    consent = !!granted
    happened({ kind: 'engagement', engaged: 0, scroll: 0 })
  },
  identify(externalId: string | number) {
    if (consent) happened({ kind: 'identify', externalId: `${externalId}` })
  },
  optOut(out = true): void {
    mute = out
    localStorage.jejak = out ? 1 : ''
  },
}

type Call = [command: keyof typeof COMMANDS, ...rest: unknown[]]

/** Begins to count this page, once: a second copy of the script finds the first and leaves everything to it. */
export function start(given: Settings, onBegin: () => void): void {
  const jejak = (window.jejak || ((...call) => jejak.q.push(call))) as PageJejak
  window.jejak = jejak
  jejak.q = jejak.q || []
  const begin = () => {
    if (!jejak.q.map) return
    settings = given
    try {
      mute = localStorage.jejak
      waiting = [...JSON.parse(sessionStorage.jejak)]
      // Only consent puts anything there.
      consent = true
    } catch {
      // Nothing is kept, or nothing can be.
    }
    if (/[?&]jejak-opt-out/.test(location.href)) COMMANDS.optOut()
    url = location.href
    page = randomId()
    // A machine that sleeps does not tick.
    setInterval(() => {
      if (!document.hidden && document.hasFocus()) ticks++
    }, 500)
    on('pagehide', report)
    on('visibilitychange', report)
    on('scroll', look)
    if (settings.manual == null) {
      // Back from the back/forward cache, as it was left: for the visitor another pageview.
      on('pageshow', (event) => (event as PageTransitionEvent).persisted && view())
      const moved = quietly<unknown>(() => pageOf(location.href) !== shown && view())
      moved()
      on('popstate', moved)
      for (const name of ['pushState', 'replaceState'] as const) {
        const move = history[name]
        history[name] = (...to) => {
          move.apply(history, to)
          moved()
        }
      }
    }
    const push = quietly(([command, ...rest]: Call) =>
      (COMMANDS[command] as (...rest: unknown[]) => void)(...rest),
    )
    jejak.q.map(push)
    jejak.q = { push }
    onBegin()
  }
  // Files have no host, programs are no visitors.
  if (
    !location.host ||
    (given.automation == null && (navigator.webdriver || /Headless/.test(navigator.userAgent)))
  )
    return
  // A page made ready in advance is not looked at yet, and perhaps never.
  if ((document as { prerendering?: boolean }).prerendering) on('prerenderingchange', begin)
  else begin()
}
