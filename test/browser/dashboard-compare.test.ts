import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { FIXTURE_TOKEN } from '../../dashboard/dev/fixture-api.ts'
import { card, dashboard, missing } from './dashboard-support.ts'

describe.skipIf(missing !== undefined)(`the Compare page${missing ? ` (${missing})` : ''}`, () => {
  const visit = dashboard()

  it('sets Search beside Social under a strict content security policy, asking nobody else', async () => {
    const { page, complaints } = await visit('full')
    const totals = card(page, 'Arrivals')
    await totals.getByText(/brought/).waitFor()
    await totals.getByRole('img').or(totals.locator('.recharts-surface')).first().waitFor()
    expect(await card(page, 'Landing pages').getByRole('row').count()).toBeGreaterThan(10)
    expect(await card(page, 'Channels').getByText('Organic Search').count()).toBe(1)
    await page.getByText(/Complete until/).waitFor()
    expect(complaints).toEqual([])
  })

  it('shows the chart as a table with the same points, and lets arrow keys walk along the chart', async () => {
    const { page } = await visit('full', '?range=7d')
    const trend = card(page, 'Arrivals')
    const chart = trend.locator('.recharts-surface').first()
    await chart.focus()
    await page.keyboard.press('ArrowRight')
    await trend.locator('.recharts-tooltip-wrapper').getByText('Search').waitFor()
    await trend.getByRole('radio', { name: 'Table' }).click()
    const table = trend.getByRole('table')
    await table.waitFor()
    expect(await table.getByRole('row').count()).toBe(1 + 7)
    expect(page.url()).toContain('chart=table')
  })

  it('takes a range from the calendar by keyboard alone and keeps it in the address', async () => {
    const { page } = await visit('full')
    await page.getByRole('button', { name: /^Days:/ }).focus()
    await page.keyboard.press('Enter')
    const grid = page.getByRole('grid')
    await grid.locator('button[tabindex="0"]').focus()
    await page.keyboard.press('PageUp')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/range=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/)
    const [from = '', to = ''] = new URL(page.url()).searchParams.get('range')?.split('..') ?? []
    expect(Date.parse(to) - Date.parse(from)).toBe(7 * 86_400_000)
    await page.reload()
    await page.getByRole('button', { name: /^Days: \d/ }).waitFor()
  })

  it('drills down on a landing page in the address, and back closes it', async () => {
    const { page } = await visit('full')
    await card(page, 'Landing pages')
      .getByRole('link', { name: /\/models\/atlas-ev/ })
      .first()
      .click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('button', { name: /Organic Social/ }).click()
    await panel.getByText('instagram.com', { exact: true }).waitFor()
    await panel.getByText('Links that lead here').waitFor()
    expect(page.url()).toContain('landing=meridian-motors.com/models/atlas-ev')
    await page.goBack()
    await panel.waitFor({ state: 'detached' })
  })

  it('compares how often both sides converted on a page, in words to quote', async () => {
    const { page, complaints } = await visit('full', '?landing=meridian-motors.com/test-drive')
    const rates = page.getByRole('dialog').getByRole('region', { name: 'Conversion' })
    await rates
      .getByText(/^Social converted at .* against Search at .* on meridian-motors\.com\/test-drive;/)
      .waitFor()
    await rates.getByText(/^(Enough|Too little) data$/).waitFor()
    expect(await rates.getByText(/of [\d,]+ sessions/).count()).toBe(2)
    await rates.getByText(/same weekdays before/).waitFor()
    await rates.getByLabel('Goal').selectOption({ index: 1 })
    await page.waitForURL(/goal=/)
    await rates.getByText(/\(goal: .+\);/).waitFor()
    expect(complaints).toEqual([])
  })

  it('says that nothing can be compared on a page that sends nothing', async () => {
    const { page } = await visit('full', '?landing=book.meridian-partners.example/test-drive/atlas-ev')
    const rates = page.getByRole('dialog').getByRole('region', { name: 'Conversion' })
    await rates.getByText(/^No page data on book\.meridian-partners\.example/).waitFor()
    expect(await rates.getByText('no page data', { exact: true }).count()).toBe(2)
  })

  it('shows a page whose host sent no pageview as clicks only, never as 0', async () => {
    const { page } = await visit('full')
    const row = card(page, 'Landing pages').getByRole('row', { name: /book\.meridian-partners/ })
    await row.getByText('no page data').waitFor()
    await row.getByText('clicks only').waitFor()
    expect(await row.getByRole('cell').allInnerTexts()).not.toContain('0')
  })

  it('says “no page data” for Search where no page at all sent a pageview', async () => {
    const { page } = await visit('clicks-only')
    const totals = card(page, 'Arrivals')
    await totals.getByText('No page data').waitFor()
    await totals.getByText(/clicks only: no page sent a pageview/).waitFor()
  })

  it('filters by values of the range, and each filter can be taken away', async () => {
    const { page } = await visit('full')
    await page.getByRole('button', { name: 'Platform', exact: true }).click()
    await page.getByRole('option', { name: /instagram/ }).click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.waitForURL(/filter=platform:is:instagram/)
    await page.getByText(/known of links and tagged addresses only/).waitFor()
    await page.getByRole('button', { name: /^Remove filter: Platform is instagram/ }).click()
    await page.waitForURL((url) => !url.search.includes('filter'))
  })

  it('adds the paid channels to both sides by one switch', async () => {
    const { page } = await visit('full')
    const social = card(page, 'Arrivals').locator('p[class*=text-xs]', { hasText: 'clicks' })
    const before = await social.textContent()
    await page.getByRole('switch', { name: 'With paid' }).click()
    await page.waitForURL(/sides=with_paid/)
    await page.waitForFunction(`document.body.textContent.includes(${JSON.stringify(before)}) === false`)
  })

  it('shows what was left out and takes it apart', async () => {
    const { page } = await visit('full')
    await card(page, 'Left out').getByRole('button', { name: 'See what' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByText('Link previews').waitFor()
    await panel.getByRole('radio', { name: 'Agent' }).click()
    await panel.getByText('Googlebot').waitFor()
    expect(page.url()).toContain('by=browser')
  })

  it('gives the landing pages as a CSV file', async () => {
    const { page } = await visit('full')
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    const file = await waiting
    expect(file.suggestedFilename()).toBe('jejak-landing-pages-28d.csv')
    const lines = (await readFile(await file.path(), 'utf8')).split('\n')
    expect(lines[0]).toBe('landing_page,side,arrivals,clicks')
    expect(lines.length).toBeGreaterThan(20)
  })

  it('offers the days that hold data where the chosen ones hold none', async () => {
    const { page } = await visit('past')
    await page.getByText('Nothing was counted in these days').waitFor()
    await page.getByRole('button', { name: /^Show / }).click()
    await page.waitForURL(/range=\d{4}-/)
    await card(page, 'Landing pages').getByRole('row').nth(3).waitFor()
  })

  it('gives the first steps where nothing was ever stored', async () => {
    const { page } = await visit('empty')
    await page.getByRole('heading', { name: 'Follow the first trail' }).waitFor()
    await page.getByRole('link', { name: 'Make a link' }).click()
    await page.getByRole('dialog', { name: 'New link' }).waitFor()
  })

  it('says what failed and tries again when told to', async () => {
    const { page } = await visit('full', '', {})
    await page.route('**/api/v1/query', (route) =>
      route.fulfill({
        status: 400,
        contentType: 'application/problem+json',
        body: '{"title":"Bad","detail":"No such days."}',
      }),
    )
    await page.reload()
    await page.getByText('No such days.').waitFor()
    await page.unroute('**/api/v1/query')
    await page.getByRole('button', { name: 'Try again' }).click()
    await card(page, 'Arrivals')
      .getByText(/brought/)
      .waitFor()
  })

  it('asks for a token where the API wants one, and keeps it for the tab', async () => {
    const { page } = await visit('token')
    await page.getByText(/answers only to a token/).waitFor()
    await page.getByLabel('API token').fill(FIXTURE_TOKEN)
    await page.getByRole('button', { name: 'Continue' }).click()
    await card(page, 'Arrivals')
      .getByText(/brought/)
      .waitFor()
    await page.reload()
    await card(page, 'Arrivals')
      .getByText(/brought/)
      .waitFor()
  })

  it.each(['full', 'huge', 'empty', 'clicks-only', 'error'] as const)(
    'fits a phone: %s',
    async (scenario) => {
      const { page } = await visit(scenario, '', { viewport: { width: 390, height: 844 }, hasTouch: true })
      await page.getByRole('heading', { level: 2 }).first().waitFor()
      if (scenario === 'huge') await card(page, 'Channels').getByText('Organic Search').waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    },
  )

  it('asks for the shown pages by name where the API could not give all rows', async () => {
    const { page } = await visit('full', 'links')
    const byName: string[][] = []
    await page.route('**/api/v1/query', async (route) => {
      const question = route.request().postDataJSON()
      const response = await route.fetch()
      if (question.dimensions.join() !== 'landing_page,side') return route.fulfill({ response })
      const named = question.filters.find((filter: unknown[]) => filter[1] === 'landing_page')
      if (named !== undefined) {
        byName.push(named[2])
        return route.fulfill({ response })
      }
      const answer = await response.json()
      // Social's rows do not fit any more: their figures are unknown, not 0.
      const results = answer.results.filter((row: { dimensions: string[] }) => row.dimensions[1] === 'Search')
      return route.fulfill({ response, json: { ...answer, results } })
    })
    await page.getByRole('link', { name: 'Compare' }).click()
    const pages = card(page, 'Landing pages')
    await pages.getByText('These are the largest').waitFor()
    const row = pages.getByRole('row', { name: /^\/dealer-locator meridian/ })
    await row.getByRole('cell').nth(1).filter({ hasText: /[1-9]/ }).waitFor()
    expect(byName[0]).toContain('meridian-motors.com/dealer-locator')
  })

  it('wears the chosen theme before the first paint', async () => {
    const { page } = await visit('full', '', { colorScheme: 'light' })
    const background = 'getComputedStyle(document.documentElement).backgroundColor'
    const light = await page.evaluate(background)
    await page.getByRole('button', { name: /^Theme:/ }).click()
    await page.getByRole('button', { name: /^Theme: light/ }).click()
    expect(await page.evaluate(background)).not.toBe(light)
    await page.route('**/assets/*.js', (route) => route.abort())
    await page.reload()
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    expect(await page.evaluate(background)).not.toBe(light)
  })

  it('answers an unknown address with a way back', async () => {
    const { page } = await visit('full', 'nowhere')
    await page.getByText('No such page').waitFor()
    await page.getByRole('link', { name: 'Compare search and social' }).click()
    await card(page, 'Arrivals').waitFor()
  })
})
