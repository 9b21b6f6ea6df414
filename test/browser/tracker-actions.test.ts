import { describe, expect, it } from 'vitest'
import { missing, site } from './tracker-support.ts'

/** The browser stays where it is, and the page lets nobody behind it see what happens. */
const STAY = `
  const isLink = (node) => node.matches?.('a, area')
  for (const type of ['click', 'auxclick', 'submit']) {
    addEventListener(type, (event) => {
      if (type === 'submit' || event.composedPath().some(isLink)) event.preventDefault()
      event.stopImmediatePropagation()
    }, true)
  }
`

const jejak = site()

describe.skipIf(missing !== undefined)(`clicks and forms${missing ? ` (${missing})` : ''}`, () => {
  async function open(body: string) {
    jejak.pages.set('/', { body })
    const page = await jejak.visit('/')
    await jejak.actionsReady(page)
    await page.evaluate(STAY)
    return page
  }

  const facts = (count: number) =>
    jejak
      .received('event', count)
      .then((events) => events.map(({ type, target, name }) => [type, target ?? name]))

  it('tells links that lead away, to a telephone, to a letter and to a file from those within the site', async () => {
    const page = await open(`
      <a id="in" href="/other">in</a> <a id="none">none</a> <a id="script" href="javascript:void 0">script</a>
      <a id="out" href="https://dealer.test/find?q=1">out</a>
      <a id="tel" href="tel:+49-89-123">tel</a>
      <a id="mail" href="mailto:a@b.test?subject=x">mail</a>
      <a id="file" href="/files/Brochure.PDF?v=2">file</a>
      <map name="m"><area id="area" href="https://area.test/" shape="rect" coords="0,0,50,50"></map>
      <img usemap="#m" width="50" height="50">
    `)
    for (const id of ['in', 'none', 'script', 'out', 'tel', 'mail', 'file', 'area']) {
      await page.dispatchEvent(`#${id}`, 'click')
    }
    expect(await facts(5)).toEqual([
      ['outbound', 'https://dealer.test/find?q=1'],
      ['tel', 'tel:+49-89-123'],
      ['mail', 'mailto:a@b.test?subject=x'],
      ['download', jejak.address('/files/Brochure.PDF?v=2')],
      ['outbound', 'https://area.test/'],
    ])
    expect(jejak.complaints).toEqual([])
  })

  it('sees the mouse, the keyboard and the middle button, but not the right one', async () => {
    const page = await open('<a href="https://out.test/">out</a>')
    await page.click('a')
    await page.click('a', { button: 'middle' })
    await page.click('a', { button: 'right' })
    await page.focus('a')
    await page.keyboard.press('Enter')
    expect(await facts(3)).toHaveLength(3)
    await page.evaluate(`jejak('goal', 'end')`)
    expect(await facts(4)).toHaveLength(4)
  })

  it('sees a link that leads the visitor away at once', async () => {
    jejak.pages.set('/', { body: `<a href="${jejak.address('/away', 'localhost')}">away</a>` })
    const page = await jejak.visit('/')
    await jejak.actionsReady(page)
    await page.click('a')
    await page.waitForURL('**/away')
    expect(await facts(1)).toEqual([['outbound', jejak.address('/away', 'localhost')]])
  })

  it('finds the link around an icon, in a shadow root too', async () => {
    const page = await open(`
      <svg width="0" height="0"><symbol id="i"><rect width="40" height="40"/></symbol></svg>
      <a href="https://icon.test/"><svg id="icon" width="40" height="40"><use href="#i"/></svg></a>
      <div id="host"></div>
    `)
    await page.evaluate(`
      const root = document.querySelector('#host').attachShadow({ mode: 'open' })
      root.innerHTML = '<a href="https://shadow.test/"><b>deep</b></a><div id="inner"></div>'
      root.querySelector('#inner').attachShadow({ mode: 'open' }).innerHTML =
        '<form data-jejak-goal="asked" action="/ask"><input name="q"><button>ask</button></form>'
      root.querySelector('#inner').shadowRoot.firstChild.onsubmit = () => false
    `)
    await page.click('#icon')
    await page.click('b')
    await page.click('#inner button')
    await page.click('#inner button')
    expect(await facts(6)).toEqual([
      ['outbound', 'https://icon.test/'],
      ['outbound', 'https://shadow.test/'],
      ['custom', 'asked'],
      ['form', '/ask'],
      ['custom', 'asked'],
      ['form', '/ask'],
    ])
  })

  it('sends where a form leads and never a word of what is in it', async () => {
    const page = await open(`
      <form action="/book" method="get">
        <input name="action" value="hidden-secret"><input name="mail" id="mail"><textarea name="text">area-secret</textarea>
        <input type="password" value="pass-secret" name="p"><button name="b" value="button-secret">send</button>
      </form>
      <form id="bare"><input name="q" value="bare-secret"><button>go</button></form>
    `)
    await page.fill('#mail', 'typed-secret@b.test')
    await page.keyboard.press('Enter')
    await page.click('#bare button')
    expect(await facts(2)).toEqual([
      ['form', '/book'],
      ['form', ''],
    ])
    expect(jejak.messages.map(({ text }) => text).join()).not.toContain('secret')
  })

  it('sees no form that the browser itself refuses to send', async () => {
    const page = await open('<form action="/book"><input required><button>send</button></form>')
    await page.click('button')
    await page.evaluate(`jejak('goal', 'end')`)
    expect(await facts(1)).toEqual([['custom', 'end']])
  })

  it('takes marks as goals: of anything when it is clicked, of a form when it is sent', async () => {
    const page = await open(`
      <form data-jejak-goal="booked" data-jejak-value="50" data-jejak-currency="EUR" action="/book">
        <input id="field"><button id="send">send</button>
      </form>
      <section data-jejak-goal="outer"><button id="plain">plain</button>
        <button id="own" data-jejak-goal="inner" data-jejak-value="10.333333"><i>own</i></button></section>
      <a id="call" href="tel:1" data-jejak-goal="called" data-jejak-value="none">call</a>
    `)
    for (const id of ['field', 'send', 'plain', 'own', 'call']) await page.click(`#${id}`)
    const events = await jejak.received('event', 6)
    expect(events.map(({ type, name, value, currency }) => [type, name, value, currency])).toEqual([
      ['custom', 'booked', 50, 'EUR'],
      ['form', undefined, undefined, undefined],
      ['custom', 'outer', undefined, undefined],
      ['custom', 'inner', 10.3333, undefined],
      ['custom', 'called', undefined, undefined],
      ['tel', undefined, undefined, undefined],
    ])
  })

  it('counts a click on a label once, and two clicks twice', async () => {
    const page = await open('<label data-jejak-goal="ticked"><input type="checkbox"> <b>yes</b></label>')
    await page.click('b')
    await page.click('b')
    await page.evaluate(`jejak('goal', 'end')`)
    expect((await facts(3)).map(([, name]) => name)).toEqual(['ticked', 'ticked', 'end'])
  })
})

describe.skipIf(missing !== undefined)('goal calls', () => {
  it('carry value, currency, the caller’s id and properties as they were at the call', async () => {
    const page = await jejak.visit('/')
    await page.evaluate(`
      const props = { model: 'Atlas', doors: 5, electric: true }
      jejak('goal', 'booked', { value: 100 / 3, currency: 'EUR', id: 4711, props })
      props.model = 'later'
      jejak('goal', 'asked', { value: '19.90' })
      jejak('goal', 'bare')
      jejak('goal', 'odd', { value: 'a lot' })
    `)
    const goals = await jejak.received('event', 4)
    const [view] = jejak.events('pageview')
    expect(goals[0]).toEqual({
      kind: 'event',
      type: 'custom',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      page: view?.id,
      url: jejak.address('/'),
      age: expect.any(Number),
      name: 'booked',
      value: 33.3333,
      currency: 'EUR',
      key: '4711',
      props: { model: 'Atlas', doors: 5, electric: true },
    })
    expect(goals.slice(1).map(({ name, value }) => [name, value])).toEqual([
      ['asked', 19.9],
      ['bare', undefined],
      ['odd', undefined],
    ])
    // What happens in one go is one message.
    expect(jejak.messages.at(-1)?.events).toHaveLength(4)
  })

  it('throw nothing whatever they are given, and take nothing else down with them', async () => {
    const page = await jejak.visit('/')
    await page.evaluate(`
      const circle = {}; circle.circle = circle
      jejak('goal', 'circle', { props: circle })
      jejak('goal', 'big', { value: 10n, props: { n: 10n } })
      jejak('goal', Symbol('s')); jejak('goal', 'x', null); jejak('pageview', null); jejak('pageview', { url: 'http://[' })
      jejak(); jejak('nothing'); jejak('constructor'); jejak(null); jejak('identify')
      jejak('goal', 'good')
    `)
    await expect
      .poll(() => jejak.events('event').map(({ name }) => name), { timeout: 10_000 })
      .toContain('good')
    expect(jejak.complaints).toEqual([])
  })
})
