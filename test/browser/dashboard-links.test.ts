import { describe, expect, it } from 'vitest'
import { card, dashboard, missing } from './dashboard-support.ts'

describe.skipIf(missing !== undefined)(`the Links page${missing ? ` (${missing})` : ''}`, () => {
  const visit = dashboard()

  it('makes a link: previews the full address, shows the API’s complaint at its field, then the short link', async () => {
    const { page, complaints } = await visit('full', 'links')
    await page.getByRole('button', { name: 'New link' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByLabel('Destination').fill('https://www.meridian-motors.com/test-drive?model=atlas#form')
    await panel.getByLabel('utm_source').fill('instagram')
    await panel.getByText('?model=atlas&utm_source=instagram&jjk=…#form').waitFor()
    await panel.getByLabel('Slug').fill('raya-1')
    await panel.getByRole('button', { name: 'Make the link' }).click()
    await panel.getByText('This slug is taken. Choose another.').waitFor()
    expect(await panel.getByLabel('Slug').getAttribute('aria-invalid')).toBe('true')
    await panel.getByLabel('Slug').fill('raya-new')
    await panel.getByRole('button', { name: 'Make the link' }).click()
    await panel.getByText('go.meridian-motors.com/raya-new').waitFor()
    await panel.getByRole('button', { name: 'Done' }).click()
    await card(page, 'Short links').getByRole('link', { name: 'raya-new' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('says what is wrong with a destination before anything is sent', async () => {
    const { page } = await visit('full', 'links?panel=new')
    const sent: string[] = []
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
    await page.getByLabel('Destination').fill('meridian-motors.com')
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByText('The address must begin with http:// or https://.').waitFor()
    expect(sent).toEqual([])
  })

  it('finds links and pages through them', async () => {
    const { page } = await visit('full', 'links')
    const list = card(page, 'Short links')
    await list.getByRole('row').nth(50).waitFor()
    await list.getByRole('button', { name: 'Show more' }).click()
    await list.getByRole('row').nth(55).waitFor()
    await list.getByLabel('Find a link').fill('charge-5')
    await page.waitForURL(/search=charge-5/)
    await list.getByRole('link', { name: 'raya-61' }).waitFor({ state: 'detached' })
    expect(await list.getByRole('row').count()).toBeLessThan(10)
    await page.reload()
    await list.getByRole('link', { name: 'charge-55' }).waitFor()
  })

  it('edits only what changed, with the version it was based on', async () => {
    const { page } = await visit('full', 'links?panel=edit&id=60')
    const panel = page.getByRole('dialog')
    expect(await panel.getByLabel('Slug').isDisabled()).toBe(true)
    await panel.getByLabel('Title').fill('A better title')
    const waiting = page.waitForRequest((request) => request.method() === 'PATCH')
    await panel.getByRole('button', { name: 'Save' }).click()
    expect((await waiting).postDataJSON()).toEqual({ title: 'A better title', version: 1 })
    await card(page, 'Short links').getByText('A better title').waitFor()
  })

  it('archives, and takes it back', async () => {
    const { page } = await visit('full', 'links?search=dealer-64')
    const list = card(page, 'Short links')
    await list.getByRole('button', { name: /^Actions for .*dealer-64/ }).click()
    await page.getByRole('menuitem', { name: 'Archive' }).click()
    await list.getByRole('link', { name: 'dealer-64' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await list.getByRole('link', { name: 'dealer-64' }).waitFor()
  })

  it('opens the preview page to try a link, which counts nothing', async () => {
    const { page } = await visit('full', 'links?search=dealer-64')
    await page
      .context()
      .route('https://go.meridian-motors.com/**', (route) => route.fulfill({ body: 'preview' }))
    await page.getByRole('button', { name: /^Actions for .*dealer-64/ }).click()
    const opening = page.context().waitForEvent('page')
    await page.getByRole('menuitem', { name: 'Try it without counting' }).click()
    expect((await opening).url()).toBe('https://go.meridian-motors.com/dealer-64+')
  })

  it('fits a phone, however long titles and slugs are', async () => {
    const { page } = await visit('huge', 'links', { viewport: { width: 390, height: 844 }, hasTouch: true })
    await card(page, 'Short links').getByRole('listitem').nth(40).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.getByRole('button', { name: 'New link' }).click()
    await page.getByRole('dialog').getByLabel('Destination').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })
})
