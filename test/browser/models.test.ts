import { readFile } from 'node:fs/promises'
import type { Locator, Page, Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { card, dashboard, missing } from './dashboard-support.ts'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }
const CREDIT = '**/api/v1/attribution'
const number = (text: string) => Number(text.split('\n')[0]?.replaceAll(',', '').replace('−', '-'))

/** The numbers of a row of the credit table, a column each. */
async function amounts(row: Locator): Promise<number[]> {
  return (await row.getByRole('cell').allInnerTexts()).map(number)
}

/** A day so many days before today. */
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
const status = (page: Page) => page.getByRole('main').getByRole('status').first()
const problem =
  (status: number, detail: string, errors: object[] = []) =>
  (route: Route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Problem', status, detail, errors }),
    })

describe.skipIf(missing !== undefined)(`the Models page${missing ? ` (${missing})` : ''}`, () => {
  const visit = dashboard()

  it('shares out the same conversions under every model, under a strict content security policy', async () => {
    const { page, complaints } = await visit('full', 'models')
    const table = card(page, 'Credit by channel').getByRole('table')
    await table.getByRole('row', { name: /^Total/ }).waitFor()
    const total = await amounts(table.getByRole('row', { name: /^Total/ }))
    expect(total).toHaveLength(9)
    expect(new Set(total).size).toBe(1)
    const rows = await table
      .getByRole('row')
      .filter({ has: page.locator('td:nth-child(10)') })
      .all()
    const columns = await Promise.all(rows.slice(0, -1).map(amounts))
    expect(columns.length).toBeGreaterThan(5)
    for (const [at, whole] of total.entries()) {
      const sum = columns.reduce((all, row) => all + (row[at] ?? 0), 0)
      // Each figure is rounded to a tenth.
      expect(Math.abs(sum - whole)).toBeLessThanOrEqual(columns.length * 0.05)
    }
    await page.getByText(/^Every model shares out exactly the \d+ conversions of these days/).waitFor()
    await page.getByText('This shares out credit; it does not prove cause.').waitFor()

    // A model against last touch, by the same figures.
    const [, last = 0, , , , , markov = 0] = await amounts(
      table.getByRole('row', { name: /^Organic Social/ }),
    )
    const changes = card(page, 'What changes from last touch')
    await changes.getByLabel('Under').selectOption({ label: 'Markov' })
    await page.waitForURL(/model=markov/)
    await changes.getByRole('table', { name: /Markov/ }).waitFor()
    const [told = ''] = (
      await changes
        .getByRole('row', { name: /^Organic Social/ })
        .getByRole('cell')
        .allInnerTexts()
    ).filter((text) => /^[+−]/.test(text))
    expect(Math.abs(number(told.replace('+', '')) - (markov - last))).toBeLessThanOrEqual(0.1001)

    // A model in words and by its formula.
    await card(page, 'Credit by channel').getByRole('button', { name: 'About Time decay' }).press('Enter')
    const help = page.getByRole('dialog')
    await help.getByText(/half as much for each half-life/).waitFor()
    await help.getByText(/V · 2\^/).waitFor()
    expect(complaints).toEqual([])
  })

  it('says first what each side earned, from the model that gives it least to the one that gives it most', async () => {
    const { page } = await visit('full', 'models?as=share')
    const sides = card(page, 'Search and Social under each model')
    const row = sides.getByRole('row', { name: /^Shapley rate/ })
    // Up to today nobody knows yet which journeys will not convert: the model says nothing, and leads to days that do.
    await row.getByText(/^Tells nothing without journeys/).waitFor()
    for (const [at, side] of ['Search', 'Social'].entries()) {
      const shares = await Promise.all(
        (await sides.getByRole('row').filter({ hasText: '%' }).all()).map(async (one) =>
          Number.parseFloat((await one.getByRole('cell').allInnerTexts())[at] ?? ''),
        ),
      )
      const span = `${Math.min(...shares).toFixed(1)}–${Math.max(...shares).toFixed(1)}%`
      expect(await sides.getByRole('definition').filter({ hasText: span }).count(), `${side} ${span}`).toBe(1)
    }
    await row.getByRole('button', { name: /^Show / }).click()
    await page.waitForURL(/range=\d/)
    await card(page, 'How sure this is').getByText('journeys that did not convert used').waitFor()
    await row.getByText(/%$/).first().waitFor()
  })

  it('takes any window, asks anew when it changes, and cancels the question before it', async () => {
    const { page } = await visit('full', 'models?models=linear')
    await page.getByText('30-day window').first().waitFor()
    const windowOf = (body: string | null) => (JSON.parse(body ?? '{}') as { window: number }).window
    await page.route(CREDIT, (route) =>
      // Never answered: only a cancelled question lets go of it.
      windowOf(route.request().postData()) === 60 ? undefined : route.continue(),
    )
    const held = page.waitForRequest(
      (request) => request.url().endsWith('/attribution') && windowOf(request.postData()) === 60,
    )
    const cancelled = page.waitForEvent('requestfailed', (request) => windowOf(request.postData()) === 60)
    const slider = page.getByRole('slider')
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    await held
    expect(await slider.getAttribute('aria-valuetext')).toBe('60 days')
    await page.keyboard.press('ArrowRight')
    expect((await cancelled).failure()?.errorText).toBe('net::ERR_ABORTED')
    await page.getByText('90-day window').first().waitFor()
    expect(page.url()).toContain('window=90')
    await page.unroute(CREDIT)

    const field = page.getByRole('textbox', { name: 'Lookback window in days' })
    await field.fill('400')
    await page.getByText('Above 0, at most 365').waitFor()
    await field.fill('45')
    await page.getByText('45-day window').first().waitFor()
    // From between two stops the slider goes on to the next.
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    await page.waitForURL(/window=60/)
    expect(await field.inputValue()).toBe('60')
    await page.goBack()
    // Every step replaced the address: back leads out of the page, not through the windows.
    expect(page.url()).not.toContain('window=')
  })

  it('asks no more than it needs: the sides first, paths once they come near, nothing for a change of form', async () => {
    const { page } = await visit('full', 'links')
    const asked: string[] = []
    page.on('request', (request) => {
      if (!request.url().includes('/attribution')) return
      const { grain } = JSON.parse(request.postData() ?? '{}') as { grain: string }
      asked.push(request.url().endsWith('/paths') ? 'paths' : grain)
    })
    await page.getByRole('link', { name: 'Models' }).click()
    await card(page, 'Credit by channel')
      .getByRole('row', { name: /^Total/ })
      .waitFor()
    // A build for tests mounts everything twice: the first question is asked again.
    expect([...new Set(asked.splice(0))]).toEqual(['side', 'channel'])
    await page
      .getByRole('radio', { name: 'Value' })
      .or(page.getByRole('button', { name: 'Value' }))
      .click()
    await page.getByRole('button', { name: /^Models \d/ }).click()
    await page.getByRole('dialog').getByLabel('Linear').uncheck()
    await page.waitForURL(/models=first,last/)
    await page.keyboard.press('Escape')
    await card(page, 'Credit by channel').getByRole('columnheader', { name: 'Linear' }).waitFor({
      state: 'detached',
    })
    await card(page, 'Paths').scrollIntoViewIfNeeded()
    await card(page, 'Paths').getByRole('listitem').first().waitFor()
    expect(asked).toEqual(['paths'])
  })

  it('says which options are in force, and takes them from the address', async () => {
    const { page } = await visit('full', 'models?models=linear')
    await page.getByRole('button', { name: 'Options' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('switch', { name: 'Direct counts as a touch' }).click()
    await panel.getByLabel(/^Half-life/).fill('14')
    await page.keyboard.press('Enter')
    await panel.getByLabel(/^Weights/).fill('1, 2')
    await page.keyboard.press('Enter')
    await panel.getByText('Three numbers of at least 0').waitFor()
    await panel.getByLabel(/^Weights/).fill('30, 40, 30')
    await page.keyboard.press('Enter')
    await page.waitForURL(/direct=skipped.*halflife=14.*position=0.3,0.4,0.3/)
    await page.keyboard.press('Escape')
    await page.reload()
    await page.getByText('Direct left out beside other touches').first().waitFor()
    await page.getByText('half-life 14 days').waitFor()
    await page.getByText('position 30/40/30').waitFor()
    await card(page, 'Credit by channel')
      .getByRole('row', { name: /^Direct/ })
      .waitFor()
  })

  it('tells what is being done, and says in the API’s words why there is no answer', async () => {
    const { page } = await visit('full', 'links')
    // The page's own stream, in the hands of the test.
    await page.addInitScript(`
      const real = window.fetch
      window.tell = (event, data) => window.stream.enqueue(new TextEncoder().encode('event: ' + event + '\\ndata: ' + JSON.stringify(data) + '\\n\\n'))
      window.fetch = (path, call) => {
        if (path !== '/api/v1/attribution' || JSON.parse(call.body).grain !== 'side') return real(path, call)
        const body = new ReadableStream({ start: (controller) => { window.stream = controller } })
        return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
      }`)
    await page.goto(page.url().replace('links', 'models'))
    await status(page).getByText('Asking …').waitFor()
    await page.evaluate(`tell('progress', { stage: 'paths', done: 0.25 })`)
    await status(page).getByText('Collecting paths …').waitFor()
    await page.getByText('25%').waitFor()
    await page.evaluate(`tell('progress', { stage: 'markov', done: 0.5 })`)
    await status(page).getByText('Computing Markov …').waitFor()
    await page.evaluate(
      `tell('problem', { title: 'Unprocessable', status: 422, detail: 'Too heavy.', errors: [] })`,
    )
    await page.getByRole('alert').getByText('Too heavy.').waitFor()
    await page.getByRole('button', { name: 'Without Markov and Shapley' }).click()
    await page.waitForURL(/models=first,last,lastNonDirect,linear,timeDecay,position/)
  })

  it('names the field that a question was refused for, and leads back to the defaults; tries again when told to', async () => {
    const { page } = await visit('full', 'links')
    const models = page.url().replace('links', 'models')
    await page.route(
      CREDIT,
      problem(400, 'See the fields.', [{ field: 'goal', message: 'There is no goal Gone.' }]),
    )
    await page.goto(`${models}?goal=Gone`)
    await page.getByText('goal: There is no goal Gone.').waitFor()
    await page.unroute(CREDIT)
    await page.getByRole('button', { name: 'Back to the defaults' }).click()
    await card(page, 'Credit by channel').waitFor()
    expect(page.url()).not.toContain('goal')

    await page.route(CREDIT, problem(503, 'The warehouse is away.'))
    await page.reload()
    await page.getByText('The warehouse is away.').waitFor()
    await page.unroute(CREDIT)
    await page.getByRole('button', { name: 'Try again' }).click()
    await card(page, 'Credit by channel').waitFor()
  })

  it('turns the pages of the paths, says over what it filters, opens a folded path, and gives all as CSV files', async () => {
    const { page } = await visit('full', 'models?models=first,linear')
    const save = async (title: string) => {
      const waiting = page.waitForEvent('download')
      await card(page, title).getByRole('button', { name: 'CSV' }).click()
      const file = await waiting
      return [file.suggestedFilename(), (await readFile(await file.path(), 'utf8')).split('\n')] as const
    }
    const [models, lines] = await save('Credit by channel')
    expect(models).toBe('jejak-models-channel-28d.csv')
    expect(lines[0]).toBe('key,model,conversions,value,conversion_share,value_share')
    expect(new Set(lines.slice(1).map((line) => line.split(',')[1]))).toEqual(new Set(['first', 'linear']))

    const list = card(page, 'Paths')
    await list.scrollIntoViewIfNeeded()
    await list.getByText(/^1 – 50 of \d{3}$/).waitFor()
    const first = await list.getByRole('row').nth(1).textContent()
    const [paths, rows] = await save('Paths')
    expect(paths).toBe('jejak-paths-channel-28d.csv')
    expect(rows[0]).toMatch(/^path,conversions,/)
    expect(rows.length).toBeGreaterThan(200)
    await list.getByRole('button', { name: 'Next' }).click()
    await list.getByText(/^51 – 100 of \d{3}$/).waitFor()
    expect(page.url()).toContain('paths=2')
    expect(await list.getByRole('row').nth(1).textContent()).not.toBe(first)
    const sought = list.getByRole('textbox', { name: 'With a channel' })
    await sought.fill('email')
    await list.getByText(/^\d+ of all \d{3} paths fit\.$/).waitFor()
    // What a long path has folded away may be what was looked for.
    for (const row of (await list.getByRole('row').allInnerTexts()).slice(1))
      expect(row).toMatch(/Email|more …/)
    expect(page.url()).not.toContain('paths=2')

    await sought.fill('')
    await list.getByLabel('Touches').selectOption({ label: 'at least 10' })
    await page.waitForURL((url) => url.search.includes('steps=10') && !url.search.includes('with='))
    const folds = list.getByRole('button', { name: /more …$/ })
    await folds.first().waitFor()
    const before = await folds.count()
    await folds.first().click()
    expect(await folds.count()).toBe(before - 1)
  })

  it('marks a negative share and keeps it in the sum', async () => {
    const { page } = await visit(
      'huge',
      `models?grain=post&models=linear,shapleyRate&range=${ago(100)}..${ago(60)}`,
    )
    const table = card(page, 'Credit by post')
    await table.getByText(/^Negative under Shapley rate/).waitFor()
    await table
      .getByTitle(/^Negative: people convert less often/)
      .first()
      .waitFor()
    await table.getByText(/^Every model shares out exactly/).waitFor()
  })

  it('shows how to make a goal where there is none, on a phone too', async () => {
    const { page } = await visit('empty', 'models', PHONE)
    await page.getByRole('heading', { name: 'Nothing to share out yet' }).waitFor()
    await page.getByText(/\/api\/v1\/sites\/0\/goals/).waitFor()
    expect(await page.getByRole('link', { name: /API’s description/ }).getAttribute('href')).toBe('/api/docs')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })

  it('offers all time where nobody converted in these days, on a phone too', async () => {
    const { page } = await visit('past', 'models', PHONE)
    await page.getByText('No conversion in these days').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.getByRole('button', { name: 'Look at all time' }).click()
    await fits(page)
  })

  it.each(['huge', 'error'] as const)('fits a phone: %s', async (scenario) => {
    const { page } = await visit(scenario, 'models', PHONE)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await fits(page, scenario !== 'error')
  })
})

/** The page is as wide as a phone, with figures on it or without. */
async function fits(page: Page, figures = true): Promise<void> {
  if (figures) {
    const table = card(page, 'Credit by channel')
    await table.getByLabel('Model').selectOption({ label: 'Markov' })
    await table.getByRole('columnheader', { name: 'Markov' }).waitFor()
    await card(page, 'Paths').scrollIntoViewIfNeeded()
    await card(page, 'Paths').getByRole('listitem').first().waitFor()
  }
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  const pages = page.getByRole('navigation', { name: 'Pages', exact: true })
  expect(await pages.getByRole('link').count()).toBe(5)
  const overhang = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('nav[aria-label=Pages]'))`
  expect(await page.evaluate(overhang)).toBe(0)
}
