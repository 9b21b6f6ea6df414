import { endings } from './downloads.json'
import { on, quietly } from './quietly.ts'
import type { PageJejak } from './types.ts'

const ENDINGS = endings.split(' ')
const TYPES: Record<string, string> = { 'tel:': 'tel', 'mailto:': 'mail' }
/** When what was last marked was clicked. */
let reachedAt = -1

/** Records clicks by mouse, keyboard and middle button, and sent forms: where they lead, never what is in them. */
export function watchActions(): void {
  on('click', acted)
  on('auxclick', acted)
  on('submit', acted)
}

const acted = quietly((event: Event) => {
  // The right button opens a menu.
  if (event instanceof MouseEvent && event.button > 1) return
  const path = event.composedPath().filter((node) => node instanceof Element)
  const form = event.type === 'submit' ? path[0] : undefined
  // A form's sending stays inside its shadow root, but whatever sends it is clicked first. Adding twice adds once.
  for (const node of event.composedPath()) {
    if (node instanceof ShadowRoot) node.addEventListener('submit', acted, true)
  }
  // A mark on a form means its sending, on anything else a click.
  const marked = path.find((node) => node.hasAttribute('data-jejak-goal') && node.matches('form') === !!form)
  if (marked) reachGoal(marked, event.timeStamp)
  if (form) {
    record('form', form.getAttribute('action') ?? '')
    return
  }
  const link = path.find((node) => node.matches('a[href], area[href]'))
  if (link) follow(new URL(link.getAttribute('href') ?? '', document.baseURI))
})

function reachGoal(marked: Element, at: number): void {
  // A click on a label is followed by one on its field, of the same instant.
  if (at === reachedAt) return
  reachedAt = at
  const said = (what: string) => marked.getAttribute(`data-jejak-${what}`) || undefined
  tell('goal', said('goal'), { value: said('value'), currency: said('currency') })
}

/** Pages of the same host are visits, not ways out. */
function follow(target: URL): void {
  const { protocol, pathname, host, href } = target
  const type = TYPES[protocol]
  if (type) record(type, href)
  else if (/^https?:$/.test(protocol)) {
    const ending = /\.(\w+)$/.exec(pathname)?.[1] ?? ''
    if (ENDINGS.includes(ending.toLowerCase())) record('download', href)
    else if (host !== location.host) record('outbound', href)
  }
}

function record(type: string, target: string): void {
  tell('goal', undefined, { type, target })
}

function tell(...call: unknown[]): void {
  ;(window.jejak as PageJejak | undefined)?.(...call)
}
