/** Calls wait for the page script, and come to nothing where it is blocked or its service is not up. */
export function jejak(...call) {
  if (!window.jejak) {
    const stub = (...later) => stub.q.push(later)
    stub.q = []
    window.jejak = stub
  }
  window.jejak(...call)
}

/** Kept on the device only because the visitor has answered. */
const CHOICE = 'sepoi-choice'
const bar = document.getElementById('consent')

function choice() {
  try {
    return localStorage.getItem(CHOICE)
  } catch {
    return null
  }
}

function choose(answer) {
  try {
    localStorage.setItem(CHOICE, answer)
  } catch {
    // Then it is asked again on the next page.
  }
  jejak('consent', answer === 'yes')
  show()
}

function show() {
  bar.hidden = choice() !== null
  const shown = document.getElementById('choice')
  if (shown) shown.textContent = { yes: 'recognised', no: 'not recognised' }[choice()] ?? 'not asked yet'
}

for (const button of document.querySelectorAll('[data-consent]')) {
  button.addEventListener('click', () => choose(button.dataset.consent))
}
if (choice() === 'yes') jejak('consent', true)
for (const link of document.querySelectorAll('header nav a')) {
  const { pathname } = new URL(link.href)
  if (location.pathname === pathname || location.pathname.startsWith(`${pathname}/`))
    link.ariaCurrent = 'page'
}
show()
