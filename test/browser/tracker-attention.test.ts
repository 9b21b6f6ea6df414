import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { missing, type SentEvent, site } from './tracker-support.ts'

const sum = (reports: SentEvent[]) => reports.reduce((total, { engaged = 0 }) => total + engaged, 0)

const jejak = site()

describe.skipIf(missing !== undefined)(`attention${missing ? ` (${missing})` : ''}`, () => {
  /** Sets what the page says of itself, and tells it. */
  const look = (hidden: boolean, focused = !hidden) => `
    Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} })
    document.hasFocus = () => ${focused}
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  `

  it('is the time in which the page is both visible and focused, told in increments when it is hidden', async () => {
    const page = await jejak.newPage()
    await page.clock.install()
    await page.goto(jejak.address('/'))
    await page.clock.runFor(4_000)
    await page.evaluate(look(false, false))
    await page.clock.runFor(60_000)
    await page.evaluate(look(false, true))
    await page.clock.runFor(2_000)
    await page.evaluate(look(true))
    await page.clock.runFor(60_000)
    await page.evaluate(look(false))
    await page.clock.runFor(3_000)
    await page.evaluate(look(true))
    const reports = await jejak.received('engagement', 3)
    expect(reports.map(({ engaged }) => engaged)).toEqual([4_000, 2_000, 3_000])
    expect(new Set(reports.map(({ page: on }) => on))).toEqual(new Set([jejak.events('pageview')[0]?.id]))
  })

  it('leaves out the hours for which the machine slept', async () => {
    const page = await jejak.newPage()
    await page.clock.install()
    await page.goto(jejak.address('/'))
    await page.clock.runFor(3_000)
    await page.clock.fastForward('08:00:00')
    await page.clock.runFor(3_000)
    await page.evaluate(look(true))
    const [report] = await jejak.received('engagement', 1)
    expect(report?.engaged).toBeGreaterThanOrEqual(6_000)
    expect(report?.engaged).toBeLessThanOrEqual(7_000)
  })

  it('says nothing of a page that had none', async () => {
    const page = await jejak.newPage()
    await page.clock.install()
    await page.goto(jejak.address('/'))
    await page.evaluate(look(true))
    await page.evaluate(`jejak('goal', 'end')`)
    await jejak.received('event', 1)
    expect(jejak.events('engagement')).toEqual([])
  })

  it('belongs to the page on which it was, also in a single-page app', async () => {
    const page = await jejak.newPage()
    await page.clock.install()
    await page.goto(jejak.address('/one'))
    await page.clock.runFor(2_000)
    await page.evaluate(`history.pushState(null, '', '/two')`)
    await page.clock.runFor(5_000)
    await page.evaluate(look(true))
    const reports = await jejak.received('engagement', 2)
    const views = await jejak.received('pageview', 2)
    expect(reports.map(({ engaged, url, page: on }) => [engaged, url, on])).toEqual([
      [2_000, jejak.address('/one'), views[0]?.id],
      [5_000, jejak.address('/two'), views[1]?.id],
    ])
    // The old page's attention comes before the new pageview, in one message.
    expect(jejak.messages[1]?.events.map(({ kind }) => kind)).toEqual(['engagement', 'pageview'])
  })

  it('is told when the page is left for another one', async () => {
    const page = await jejak.visit('/one')
    await sleep(1_200)
    await page.goto(jejak.address('/two'))
    const [report] = await jejak.received('engagement', 1)
    expect(report).toMatchObject({ url: jejak.address('/one') })
    expect(report?.engaged).toBeGreaterThanOrEqual(500)
    await jejak.received('pageview', 2)
    expect(sum(jejak.events('engagement'))).toBeLessThan(60_000)
  })

  it('goes with the deepest point of the page that was seen, in per cent of its height', async () => {
    jejak.pages.set('/long', { body: '<div style="height:4000px"></div>' })
    const page = await jejak.newPage({ viewport: { width: 800, height: 1_000 } })
    await page.clock.install()
    await page.goto(jejak.address('/long'))
    await page.clock.runFor(1_000)
    await page.evaluate(look(true))
    expect((await jejak.received('engagement', 1))[0]?.scroll).toBe(24)
    await page.evaluate(look(false))
    await page.evaluate(
      'scrollTo(0, 2000); new Promise((done) => addEventListener("scroll", done, { once: true }))',
    )
    await page.evaluate('scrollTo(0, 0)')
    await page.clock.runFor(1_000)
    await page.evaluate(look(true))
    expect((await jejak.received('engagement', 2))[1]?.scroll).toBe(74)
    await page.evaluate(`history.pushState(null, '', '/next'); document.body.innerHTML = ''`)
    await page.evaluate(look(false))
    await page.clock.runFor(1_000)
    await page.evaluate(look(true))
    const last = (await jejak.received('engagement', 3))[2]
    expect(last).toMatchObject({ scroll: 100, url: jejak.address('/next') })
  })
})
