import { COUNTRIES, loadDealers } from './dealer-list.js'
import { jejak } from './site.js'

const FORM = '/test-drive'
const THANKS = '/test-drive/thank-you'
const form = document.getElementById('booking-form')
const booking = document.getElementById('booking')
const thanks = document.getElementById('thanks')
const dealers = await loadDealers()

for (const [code, country] of Object.entries(COUNTRIES)) {
  const group = Object.assign(document.createElement('optgroup'), { label: country })
  for (const { slug, name, city } of dealers.filter((dealer) => dealer.country === code)) {
    group.append(new Option(`${city} · ${name}`, slug))
  }
  form.dealer.append(group)
}
const wished = new URLSearchParams(location.search)
form.dealer.value = wished.get('dealer') ?? ''
if (form.dealer.selectedIndex < 0) form.dealer.value = ''
const model = [...form.model].find(({ value }) => value === wished.get('model'))
if (model) model.checked = true

const inDays = (days) => {
  const day = new Date(Date.now() + days * 86_400_000)
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}
form.date.min = inDays(1)
form.date.max = inDays(60)

form.addEventListener('input', () => jejak('goal', 'test drive started'), { once: true })

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { model, dealer, date, time, name } = Object.fromEntries(new FormData(form))
  const number = `TD-${crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, '0').toUpperCase()}`
  const { city, name: house } = dealers.find(({ slug }) => slug === dealer)
  const day = new Date(`${date}T${time}`).toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  })
  const said = {
    name,
    model: form.querySelector(`[value=${model}] ~ span`).textContent,
    when: `${day}, ${time}`,
    dealer: `${house}, ${city}`,
    number,
  }
  for (const [key, text] of Object.entries(said)) thanks.querySelector(`[data-${key}]`).textContent = text
  history.pushState({ booked: true }, '', THANKS)
  show()
  jejak('goal', 'test drive booked', { id: number, props: { model, dealer } })
  // Only after consent does this go anywhere: the dealers' system can then say what became of the booking.
  jejak('identify', number)
  form.reset()
})

function show() {
  const isBooked = history.state?.booked === true && thanks.querySelector('[data-number]').textContent !== ''
  // Whoever loads the page of thanks anew has booked nothing here.
  if (!isBooked && location.pathname === THANKS) history.replaceState({}, '', FORM)
  booking.hidden = isBooked
  thanks.hidden = !isBooked
  if (isBooked) thanks.querySelector('h1').focus()
}

addEventListener('popstate', show)
show()
