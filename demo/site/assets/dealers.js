import { COUNTRIES, loadDealers, search } from './dealer-list.js'
import { jejak } from './site.js'

const form = document.getElementById('dealer-search')
const results = document.getElementById('results')
const found = document.getElementById('found')
const panel = document.getElementById('dealer')
const map = document.getElementById('map')

const dealers = await loadDealers()
let shown = dealers

for (const [code, name] of Object.entries(COUNTRIES)) form.country.append(new Option(name, code))

function asked() {
  return { q: form.q.value.trim(), country: form.country.value, charging: form.charging.checked }
}

function look() {
  const question = asked()
  shown = search(dealers, question)
  const where = question.country === '' ? 'six countries' : COUNTRIES[question.country]
  found.textContent =
    shown.length === 0
      ? 'No dealer like that. Try the next bigger town.'
      : `${shown.length} ${shown.length === 1 ? 'dealer' : 'dealers'} in ${where}`
  results.replaceChildren(...shown.map(resultOf))
  drawMap()
}

/** A search is told; what is in the box is not. */
function searched() {
  look()
  jejak('goal', 'dealer search', { props: { country: form.country.value || 'all', results: shown.length } })
}

function resultOf(dealer) {
  const item = element('li', { className: 'result' })
  const button = element('button', { type: 'button', className: 'pick' })
  button.dataset.jejakGoal = 'dealer selected'
  button.append(
    element('strong', { textContent: dealer.name }),
    element('span', { textContent: `${dealer.street}, ${dealer.postcode} ${dealer.city}` }),
    element('span', { className: 'tags', textContent: dealer.services.join(' · ') }),
  )
  button.ariaCurrent = String(dealer.slug === selected())
  button.addEventListener('click', () => {
    history.pushState({}, '', `/dealers/${dealer.slug}`)
    showDealer()
    panel.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  })
  item.append(button)
  return item
}

function selected() {
  return /^\/dealers\/([a-z0-9-]+)$/.exec(location.pathname)?.[1] ?? ''
}

function showDealer() {
  const dealer = dealers.find(({ slug }) => slug === selected())
  panel.hidden = dealer === undefined
  for (const [index, item] of [...results.children].entries()) {
    item.firstElementChild.ariaCurrent = String(shown[index] === dealer)
  }
  drawMap()
  if (dealer === undefined) return
  const directions = `https://www.openstreetmap.org/directions?to=${dealer.lat}%2C${dealer.lon}`
  panel.replaceChildren(
    element('h2', { textContent: dealer.name }),
    element('p', {
      textContent: `${dealer.street}, ${dealer.postcode} ${dealer.city}, ${COUNTRIES[dealer.country]}`,
    }),
    element('p', { className: 'note', textContent: dealer.services.join(' · ') }),
    row(
      element('a', {
        className: 'button',
        href: `/test-drive?dealer=${dealer.slug}`,
        textContent: 'Book a test drive here',
      }),
      element('a', {
        className: 'button quiet',
        href: `tel:${dealer.phone.replace(/[^+\d]/g, '')}`,
        textContent: dealer.phone,
      }),
      element('a', {
        className: 'button quiet',
        href: directions,
        target: '_blank',
        rel: 'noopener',
        textContent: 'Directions',
      }),
    ),
  )
}

function row(...children) {
  const line = element('p', { className: 'actions' })
  line.append(...children)
  return line
}

/** The dealers shown, as points in the smallest square that holds them. */
function drawMap() {
  const svg = (name, attributes) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
    return node
  }
  const grid = [80, 160, 240, 320].flatMap((at) => [
    svg('line', { x1: at, y1: 0, x2: at, y2: 400, class: 'grid' }),
    svg('line', { x1: 0, y1: at, x2: 400, y2: at, class: 'grid' }),
  ])
  const far = shown.some(({ country }) => country === 'MY') && shown.some(({ country }) => country !== 'MY')
  // Europe and Malaysia in one square would leave two dots.
  const points = (far ? shown.filter(({ country }) => country !== 'MY') : shown).map((dealer) => ({
    dealer,
    x: dealer.lon * Math.cos((dealer.lat * Math.PI) / 180),
    y: -dealer.lat,
  }))
  const [left, right] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))]
  const [top, bottom] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))]
  const size = Math.max(right - left, bottom - top, 0.5)
  const place = (value, low, high) => 200 + ((value - (low + high) / 2) / size) * 320
  const marks = points.map(({ dealer, x, y }) => {
    const isSelected = dealer.slug === selected()
    const mark = svg('circle', {
      cx: place(x, left, right),
      cy: place(y, top, bottom),
      r: isSelected ? 11 : 6,
      class: isSelected ? 'pin selected' : 'pin',
    })
    const title = svg('title', {})
    title.textContent = `${dealer.name}, ${dealer.city}`
    mark.append(title)
    return { mark, isSelected }
  })
  // The chosen one lies above its neighbours.
  marks.sort((a, b) => a.isSelected - b.isSelected)
  map.replaceChildren(...grid, ...marks.map(({ mark }) => mark))
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties)
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  searched()
})
form.country.addEventListener('change', searched)
form.charging.addEventListener('change', look)
form.q.addEventListener('input', look)
addEventListener('popstate', showDealer)

form.q.value = new URLSearchParams(location.search).get('q') ?? ''
look()
showDealer()
