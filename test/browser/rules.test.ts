import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Condition, Rule } from '../../server/domain/rules/rule.ts'
import { ruleOf } from '../support/rule-cases.ts'
import { until } from '../support/service.ts'
import { card, HOST, missing, servicePages } from './service-support.ts'

const PARTNER = 'https://news.partner.example/story'
const is = (field: 'source' | 'campaign' | 'referrer_host', ...values: string[]): Condition => ({
  field,
  operator: 'is',
  values,
})

describe.skipIf(missing !== undefined)(`the page of channel rules${missing ? ` (${missing})` : ''}`, () => {
  const { service, visit, arrive, arrivals } = servicePages()
  const path = async () => {
    const { data } = (await service().ask('/api/v1/sites')).json()
    return `/api/v1/sites/${data[0].id}/rules`
  }
  const saved = async (): Promise<{ revision: number; rules: Rule[] }> =>
    (await service().ask(await path())).json()
  const names = async () => (await saved()).rules.map(({ name }) => name)
  /** Replaces the list as somebody else would. */
  async function replace(rules: Partial<Rule>[]) {
    const { revision } = await saved()
    const answer = await service().ask(await path(), { method: 'PUT', body: { revision, rules } })
    expect(answer.text).toContain('"revision"')
  }
  const given = (name: string, when: Condition = is('source', name)): Partial<Rule> => {
    const { id: _, ...rule } = ruleOf(when, { name })
    return rule
  }
  const save = async (page: Page) => {
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page
      .getByText('Saved: new hits are judged by these rules within seconds', { exact: true })
      .waitFor()
  }
  const shown = (page: Page) => card(page, 'Rules').getByRole('listitem')

  beforeEach(() => replace([]))

  it('makes a rule, tries it, saves it, and new visits follow it', async () => {
    await arrive(PARTNER, 3)
    const { page, complaints } = await visit('rules')
    await page.getByText('No rule yet').waitFor()
    await page.getByRole('button', { name: 'New rule' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByLabel('Name').fill('Partners')
    await panel.getByLabel('Test 1: values').fill('partner.example')
    await panel.getByLabel('Channel').fill('Partners')
    await panel.getByLabel('Side of this channel').selectOption('Social')
    await panel.getByRole('button', { name: 'Try against 30 days' }).click()
    await panel.getByText('Would move 3 arrivals from Referral to Partners.').waitFor()
    await panel.getByText('This rule takes 3 arrivals.').waitFor()
    await panel.getByRole('button', { name: 'Add to the list' }).click()
    await panel.waitFor({ state: 'detached' })
    expect(await names()).toEqual([])
    await page.getByText('Not saved: 1 rule added').waitFor()

    const trial = card(page, 'Tried against the last 30 days')
    await trial.getByRole('button', { name: 'Try against 30 days' }).click()
    await trial.getByText('Would move 3 arrivals from Referral to Partners.').waitFor()
    const row = trial.getByRole('row', { name: /Referral/ })
    expect(await row.getByRole('cell').allInnerTexts()).toEqual([
      expect.stringMatching(/^Referral\s+news\.partner\.example$/),
      expect.stringMatching(/Partners\s+news\.partner\.example$/),
      'Partners',
      '3',
      '–',
    ])
    await card(page, 'Rules').getByText('takes 3 arrivals').waitFor()
    await save(page)
    const { rules } = await saved()
    expect(rules.map(({ when }) => when)).toEqual([is('referrer_host', 'partner.example')])
    expect(rules[0]?.then).toEqual({ channel: 'Partners', side: 'Social' })

    const history = card(page, 'When they apply')
    const commands = await history.locator('code').allInnerTexts()
    expect(commands.at(-1)).toMatch(
      /^jejak reclassify --from \d{4}-\d\d-\d\d --to \d{4}-\d\d-\d\d --site default$/,
    )
    expect(await history.getByRole('button', { name: /^Copy the command/ }).count()).toBe(2)
    await until('new visits follow the rule', async () => {
      await arrive(PARTNER, 1)
      return ((await arrivals()).Partners ?? 0) > 0
    })
    expect(complaints).toEqual([])
  })

  it('lets the Compare page and the explanation know the channel of its own', async () => {
    await replace([given('Partners', is('referrer_host', 'partner.example'))])
    const visited = `why?url=https://${HOST}/&referrer=${encodeURIComponent(PARTNER)}`
    const { page } = await visit(visited)
    const verdict = card(page, 'Verdict')
    await verdict.getByText('Partners', { exact: true }).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'The site’s own rule' }).getByText('Decided').waitFor()
    await verdict.getByRole('link', { name: 'See the rule' }).click()
    await page.getByRole('dialog', { name: 'Partners' }).waitFor()
    await page.keyboard.press('Escape')

    await arrive(PARTNER, 1)
    await page.getByRole('link', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'What stands on each side' }).click()
    const choice = page.getByRole('radiogroup', { name: 'Side of Partners' })
    await choice.getByRole('radio', { name: 'Social' }).click()
    await page.waitForURL(/social=Organic\+Social,Organic\+Video,Partners/)
    await page.reload()
    await card(page, 'Arrivals')
      .getByText(/brought/)
      .waitFor()
    await page.getByRole('button', { name: 'What stands on each side' }).click()
    expect(await choice.getByRole('radio', { name: 'Social' }).getAttribute('aria-checked')).toBe('true')
  })

  it('reorders by keyboard and says where the rule stands', async () => {
    await replace([given('a'), given('b'), given('c')])
    const { page } = await visit('rules')
    await page.getByRole('button', { name: 'Move c up' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('c is now 2 of 3').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('c is now 1 of 3').waitFor()
    // At the top there is no way up: the focus goes to the way down.
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Move c down')
    await page.keyboard.press('Enter')
    await page.getByText('c is now 2 of 3').waitFor()
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Move c down')
    await page.getByText('Not saved: the order changed').waitFor()
    await save(page)
    expect(await names()).toEqual(['a', 'c', 'b'])
  })

  it('deletes with a way back, turns off, and asks before changes are lost', async () => {
    await replace([given('a'), given('b')])
    const { page } = await visit('rules')
    await page.getByRole('button', { name: 'Actions for a' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByText('Not saved: 1 rule deleted').waitFor()
    expect(await shown(page).count()).toBe(1)
    await page.getByRole('button', { name: 'Undo delete' }).click()
    expect(await shown(page).count()).toBe(2)
    expect(await page.getByText('Not saved').count()).toBe(0)
    await page.getByRole('button', { name: 'Actions for b' }).click()
    await page.getByRole('menuitem', { name: 'Turn off' }).click()
    await page.getByRole('link', { name: 'Links' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Stay' }).click()
    await page.getByText('Not saved: 1 rule changed').waitFor()
    await save(page)
    expect((await saved()).rules.map(({ enabled }) => enabled)).toEqual([true, false])
    await page.getByRole('link', { name: 'Links' }).click()
    await page.getByRole('heading', { name: 'Links', exact: true }).waitFor()
  })

  it('says what is wrong with a rule at its field, before anything is sent', async () => {
    const { page } = await visit('rules?panel=new')
    const panel = page.getByRole('dialog')
    await panel.getByRole('button', { name: 'Add a test' }).click()
    await panel.getByLabel('Test 1: values').fill('partner.example\nnot a host')
    await panel.getByLabel('Test 2: field').selectOption('campaign')
    await panel.getByLabel('Test 2: operator').selectOption('matches')
    await panel.getByLabel('Test 2: values').fill('(spring')
    await panel.getByRole('button', { name: 'Add to the list' }).click()
    await panel.getByText('"not a host" is not a host name').waitFor()
    await panel.getByText(/^This pattern cannot be used/).waitFor()
    await panel.getByText('A rule names a channel, a source, or both.').waitFor()
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Name')
    await panel.getByLabel('Test 1: values').fill('partner.example')
    expect(await panel.getByLabel('Test 1: values').getAttribute('aria-invalid')).toBe('false')
    expect(await panel.getByLabel('Test 2: values').getAttribute('aria-invalid')).toBe('true')
  })

  it('builds groups, chooses from closed lists, and keeps what it cannot edit', async () => {
    const deep: Condition = { not: { and: [is('source', 'x'), { or: [is('campaign', 'y')] }] } }
    await replace([given('deep', { and: [is('source', 'a'), deep] })])
    const { page } = await visit('rules')
    await page.getByRole('button', { name: 'deep', exact: true }).click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('region', { name: 'Condition 2' }).getByText('Nested deeper').waitFor()
    await panel.getByLabel('Test 1: field').selectOption('click_id_kind')
    await panel.getByRole('button', { name: /^Test 1: values/ }).click()
    await page.getByRole('combobox', { name: 'Find click id' }).fill('gclid')
    await page.getByRole('option', { name: 'gclid' }).click()
    await page.keyboard.press('Escape')
    await panel.getByRole('button', { name: 'Add a group' }).click()
    await panel.getByLabel('Group 3, test 1: values').fill('partner.example')
    await panel.getByRole('button', { name: 'Remove group 3, test 2' }).click()
    await panel.getByRole('radio', { name: 'Any of these' }).first().click()
    await panel.getByRole('button', { name: 'Change in the list' }).click()
    await save(page)
    expect((await saved()).rules[0]?.when).toEqual({
      or: [
        { field: 'click_id_kind', operator: 'is', values: ['gclid'] },
        deep,
        { or: [is('referrer_host', 'partner.example')] },
      ],
    })
  })

  it('brings changes onto a list that somebody else has saved meanwhile', async () => {
    await replace([given('a'), given('b')])
    const { page } = await visit('rules')
    await page.getByRole('button', { name: 'Actions for b' }).click()
    await page.getByRole('menuitem', { name: 'Turn off' }).click()
    const { rules } = await saved()
    await replace([
      ...rules.map((rule) => (rule.name === 'a' ? { ...rule, name: 'theirs' } : rule)),
      given('new'),
    ])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Somebody else has changed these rules meanwhile.').waitFor()
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Bring mine onto theirs' }).click()
    await save(page)
    const after = await saved()
    expect(after.rules.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['theirs', true],
      ['b', false],
      ['new', true],
    ])
  })

  it('says what failed, keeps the changes, and tries again when told to', async () => {
    await replace([given('a'), given('b')])
    const { page } = await visit('rules')
    const fail = '**/api/v1/sites/*/rules**'
    await page.getByRole('button', { name: 'Move b up' }).click()
    await page.route(fail, (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Away', detail: 'The warehouse is away.' }),
      }),
    )
    await card(page, 'Tried against the last 30 days').getByRole('button').click()
    await page.getByText('The warehouse is away.').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Nothing was saved.').waitFor()
    await page.unroute(fail)
    await page.getByRole('button', { name: 'Try again', exact: true }).click()
    await page.getByText(/^Would move/).waitFor()
    await save(page)
    expect(await names()).toEqual(['b', 'a'])
  })

  it('fits a phone', async () => {
    const hosts = Array.from({ length: 12 }, (_, index) => `${'long-host-name-'.repeat(3)}${index}.example`)
    await replace([given('a name that somebody wrote out '.repeat(3).trim(), is('referrer_host', ...hosts))])
    const { page } = await visit('rules', { viewport: { width: 390, height: 844 }, hasTouch: true })
    await shown(page).first().waitFor()
    await page.getByRole('button', { name: 'Try against 30 days' }).click()
    await page.getByText(/^Would move/).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await shown(page).first().getByRole('button').first().click()
    const panel = page.getByRole('dialog')
    await panel.getByLabel('Test 1: values').waitFor()
    expect(await page.evaluate('document.querySelector("[role=dialog]").scrollWidth')).toBe(390)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })
})
