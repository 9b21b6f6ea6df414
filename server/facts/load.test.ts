import { expect, test } from 'vitest'
import { loadFacts, loadPreviewFacts } from './load.ts'

const facts = loadFacts()

test('a source stands in one category, whatever it arrives as', () => {
  const categories = new Map<string, Set<string>>()
  for (const { source, category } of [...facts.hosts, ...facts.names, ...facts.apps, ...facts.inApp]) {
    if (source !== '') categories.set(source, (categories.get(source) ?? new Set()).add(category))
  }
  const torn = [...categories].filter(([, found]) => found.size > 1).map(([name, found]) => [name, ...found])
  expect(torn).toEqual([])
})

test('no host, name, app or click id stands in its table twice', () => {
  const twice = (keys: string[]) => keys.filter((key, index) => keys.indexOf(key) !== index)
  expect(twice(facts.hosts.map(({ pattern }) => pattern))).toEqual([])
  expect(twice(facts.names.map(({ name }) => name))).toEqual([])
  expect(twice(facts.apps.map(({ app }) => app))).toEqual([])
  expect(twice(facts.clickIds.map(({ name }) => name.toLowerCase()))).toEqual([])
  expect(twice(loadPreviewFacts().map(({ token }) => token))).toEqual([])
})

test('the known mistakes of the lists that the table came from were left behind', () => {
  const category = new Map(facts.hosts.map((fact) => [fact.pattern, fact.category]))
  for (const pattern of ['stripe.com', 'paypal.com']) expect(category.get(pattern)).toBe('payment')
  for (const pattern of ['bit.ly', 'goo.gl', 'tinyurl.com', 'is.gd'])
    expect(category.get(pattern)).toBe('shortener')
  for (const pattern of ['mail.yandex.ru', 'mail.rambler.ru', 'email.seznam.cz']) {
    expect(category.get(pattern)).toBe('email')
  }
  for (const pattern of ['play.google.com', 'news.google.com', 'github.com']) {
    expect(category.get(pattern)).toBe('referral')
  }
  expect(category.get('facebook.com')).toBe('social')
  expect(category.has('www.facebook.com')).toBe(false)
  expect(category.has('s3.amazonaws.com')).toBe(false)
})

test('every pattern is a lower-case host without www., perhaps with a path', () => {
  const odd = facts.hosts.filter(
    ({ pattern }) => !/^(?!www\.)(?:\{\}|[^\s/A-Z{}]+\.)[^\sA-Z{}/]*(?:\{\})?(?:\/\S*)?$/.test(pattern),
  )
  expect(odd.map(({ pattern }) => pattern)).toEqual([])
})
