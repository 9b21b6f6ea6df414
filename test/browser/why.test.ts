import { describe, expect, it } from 'vitest'
import { until } from '../support/service.ts'
import { card, HOST, missing, servicePages } from './service-support.ts'

describe.skipIf(missing !== undefined)(
  `the page “Why this channel?”${missing ? ` (${missing})` : ''}`,
  () => {
    const { visit, service } = servicePages()

    it('explains a pasted address: the verdict, then the evidence in order with the deciding piece marked', async () => {
      const { page, complaints } = await visit('why')
      await page.getByText('No visit yet').waitFor()
      await page
        .getByLabel('Address that was visited')
        .fill(`https://${HOST}/?utm_source=ig&utm_medium=referral&fbclid=abc`)
      await page.keyboard.press('Enter')
      const verdict = card(page, 'Verdict')
      await verdict.getByText('Organic Social', { exact: true }).waitFor()
      await verdict.getByText('On the side of Social').waitFor()
      await verdict.getByText('Decided by the source in its tags.').waitFor()
      const pieces = page.getByRole('region', { name: 'Where it came from' }).getByRole('listitem')
      expect(await pieces.count()).toBe(2)
      expect(await pieces.nth(0).textContent()).toMatch(
        /^TagsDecidedutm_source=ig&utm_medium=referralsays Organic Social: Instagram$/,
      )
      expect(await pieces.nth(1).textContent()).toMatch(/^2Click idfbclidsays Organic Social: Facebook$/)
      await page.getByText('Nothing was said of who sent it.').waitFor()
      expect(complaints).toEqual([])
    })

    it('keeps the visit in the address, so that a colleague who opens it sees the same', async () => {
      const { page } = await visit('why')
      await page.getByRole('button', { name: 'Scheduled with Hootsuite' }).click()
      await page.waitForURL(/[?&]url=https:.*utm_source%3Dhootsuite.*[?&]ua=Mozilla/)
      const verdict = card(page, 'Verdict')
      await verdict.getByText('Hootsuite', { exact: true }).waitFor()
      await verdict.getByText('A person', { exact: true }).waitFor()
      const { page: colleague } = await visit(page.url().split('/app/')[1] ?? '')
      await card(colleague, 'Verdict').getByText('Hootsuite', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'ChatGPT' }).click()
      await verdict.getByText('AI Assistants', { exact: true }).waitFor()
      await page.goBack()
      await verdict.getByText('Hootsuite', { exact: true }).waitFor()
      expect(await page.getByLabel('Address that was visited').inputValue()).toContain('utm_source=hootsuite')
    })

    it('tells a machine by its reason in words, and fills in this browser’s user agent', async () => {
      const { page } = await visit('why')
      await page.getByRole('button', { name: 'Telegram’s preview' }).click()
      const verdict = card(page, 'Verdict')
      await verdict.getByText('A machine: link preview').waitFor()
      await page
        .getByRole('region', { name: 'Who sent it' })
        .getByText('a link preview, for telegram')
        .waitFor()
      await page.getByText('Referrer, user agent, headers').click()
      await page.getByRole('button', { name: 'Use my browser’s' }).click()
      expect(await page.getByLabel('User agent').inputValue()).toBe(
        await page.evaluate('navigator.userAgent'),
      )
      await page.getByRole('button', { name: 'Explain' }).click()
      // The browser of the test has no screen, and says so.
      await verdict.getByText('A machine: browser without a screen').waitFor()
    })

    it('takes headers as they are copied, but never a cookie or a key', async () => {
      const { page } = await visit('why')
      const sent: string[] = []
      page.on('request', (request) => request.method() === 'POST' && sent.push(request.postData() ?? ''))
      await page.getByLabel('Address that was visited').fill(`https://${HOST}/`)
      await page.getByText('Referrer, user agent, headers').click()
      const headers = page.getByLabel('Further headers')
      await headers.fill('nonsense')
      await page.getByRole('button', { name: 'Explain' }).click()
      await page.getByText('Line 1 is no header: write Name: value.').waitFor()
      expect(await headers.getAttribute('aria-invalid')).toBe('true')
      await headers.fill('Cookie: sid=secret\nAuthorization: Bearer secret\nSec-Purpose: prefetch')
      await page.getByText('Left out, as they say nothing here: Cookie, Authorization').waitFor()
      await page.getByRole('button', { name: 'Explain' }).click()
      await card(page, 'Verdict').getByText('A machine: loaded ahead').waitFor()
      expect(page.url()).not.toContain('secret')
      expect(sent.join()).not.toContain('secret')
      expect(sent.at(-1)).toContain('sec-purpose')
    })

    it('asks for an address, and shows what the API finds wrong at its field', async () => {
      const { page } = await visit('why')
      await page.getByRole('button', { name: 'Explain' }).click()
      await page.getByText('Paste the address that was visited.').waitFor()
      await page.route('**/api/v1/classify*', (route) =>
        route.fulfill({
          status: 400,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            title: 'Bad Request',
            detail: 'The visit cannot be read: userAgent.',
            errors: [{ field: 'userAgent', message: 'This is too long.' }],
          }),
        }),
      )
      await page.getByLabel('Address that was visited').fill('cars.example')
      await page.getByRole('button', { name: 'Explain' }).click()
      await page.getByText('This is too long.').waitFor()
      expect(await page.getByLabel('User agent').getAttribute('aria-invalid')).toBe('true')
      await page.getByText('The visit could not be read').waitFor()
    })

    it('says so where a site is named that is none, and where the service fails', async () => {
      const { page } = await visit('why?site=nowhere&url=https://cars.example/')
      await page.getByText('There is no site "nowhere".').waitFor()
      await page.route('**/api/v1/classify*', (route) => route.fulfill({ status: 502, body: '' }))
      await page.goto(`http://localhost:${service().port}/app/why?url=https://cars.example/`)
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      await page.unroute('**/api/v1/classify*')
      await page.getByRole('button', { name: 'Try again' }).click()
      await card(page, 'Verdict').getByText('Direct', { exact: true }).waitFor()
    })

    it('gives the reasons in the words that the Compare page has for what it leaves out', async () => {
      const link = { destination: `https://${HOST}/`, slug: 'left-out' }
      expect((await service().ask('/api/v1/links', { body: link })).status).toBe(201)
      const agents = ['TelegramBot (like TwitterBot)', 'curl/8.5.0', 'curl/8.5.0']
      for (const agent of agents) await service().ask('/left-out', { headers: { 'user-agent': agent } })
      const question = { metrics: ['bot_hits'], dimensions: ['traffic_reason'], date_range: 'day' }
      await until('the hits are counted', async () => {
        const { results } = (await service().ask('/api/v1/query', { body: question })).json()
        return results.map(({ metrics }: { metrics: number[] }) => metrics[0]).join() === '2,1'
      })
      const { page } = await visit('?panel=left-out&by=reason')
      const panel = page.getByRole('dialog')
      await panel.getByText('Link preview', { exact: true }).waitFor()
      expect(await panel.getByRole('listitem').count()).toBe(2)
      await panel.getByRole('radio', { name: 'Kind' }).click()
      await panel.getByText('Robots', { exact: true }).waitFor()
    })

    it('fits a phone, however long the visit is', async () => {
      const long = encodeURIComponent(`https://${HOST}/${'a'.repeat(300)}?utm_source=${'b'.repeat(200)}`)
      const ua = encodeURIComponent(`${'Mozilla/5.0'.repeat(30)}`)
      const { page } = await visit(`why?url=${long}&ua=${ua}`, {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
      })
      await card(page, 'Evidence').waitFor()
      await card(page, 'Verdict').getByText('Unassigned', { exact: true }).waitFor()
      await page.getByText('Referrer, user agent, headers').click()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    })
  },
)
