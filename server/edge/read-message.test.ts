import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { readMessage } from './read-message.ts'

const ID = '0123456789abcdef0123456789abcdef'
const PAGE = 'f'.repeat(32)
const URL_OF_PAGE = 'https://shop.example/cars?jjk=abc&model=x'
const of = {
  pageview: { kind: 'pageview', id: ID, url: URL_OF_PAGE, age: 5 },
  engagement: { kind: 'engagement', id: ID, url: URL_OF_PAGE, page: PAGE, engaged: 900, scroll: 40, age: 5 },
  event: { kind: 'event', id: ID, url: URL_OF_PAGE, page: PAGE, type: 'custom', name: 'booked', age: 5 },
  identify: { kind: 'identify', id: ID, url: URL_OF_PAGE, page: PAGE, externalId: '7', age: 5 },
}

const read = (message: unknown) => readMessage(JSON.stringify(message), 'jjk')

function events(message: unknown) {
  const read_ = read(message)
  if (Array.isArray(read_)) throw new Error(JSON.stringify(read_))
  return read_.events
}

function fields(message: unknown): string[] {
  const problems = read(message)
  return Array.isArray(problems) ? problems.map(({ field }) => field) : []
}

describe('a message', () => {
  it('holds events of every kind, in their order', () => {
    const message = read({ site: 'shop', consent: true, events: Object.values(of) })
    expect(message).toMatchObject({
      site: 'shop',
      consent: true,
      events: Object.values(of).map(({ kind }) => ({ kind })),
    })
  })

  it('is one pageview where it names no events', () => {
    const { kind: _, age: __, ...pageview } = of.pageview
    expect(events(pageview)).toMatchObject([
      { kind: 'pageview', id: ID, age: 0, clickId: 'abc', referrer: '' },
    ])
    expect(fields({ ...of.event })).toContain('kind')
  })

  it('loses the click id from every address', () => {
    for (const event of events({ events: Object.values(of) })) {
      expect(event.url.href).toBe('https://shop.example/cars?model=x')
    }
  })

  it('tells values and properties as texts', () => {
    const event = {
      ...of.event,
      value: 0.1 + 0.2,
      currency: 'EUR',
      key: 'o-1',
      props: { dealer: 12, open: true },
    }
    expect(events({ events: [event] })).toMatchObject([
      { value: '0.3', currency: 'EUR', key: 'o-1', props: { dealer: '12', open: 'true' }, propsCut: false },
    ])
  })

  test.each<[string, object, string]>([
    ['an age above a day', { ...of.pageview, age: 86_400_001 }, 'age'],
    ['no age', { ...of.pageview, age: undefined }, 'age'],
    ['an unknown kind', { ...of.pageview, kind: 'click' }, 'kind'],
    ['no kind', { ...of.pageview, kind: undefined }, 'kind'],
    ['an address that is none', { ...of.engagement, url: '/cars' }, 'url'],
    ['an id in capitals', { ...of.event, id: 'A'.repeat(32) }, 'id'],
    ['no page', { ...of.event, page: undefined }, 'page'],
    ['more than all of the page seen', { ...of.engagement, scroll: 101 }, 'scroll'],
    ['negative attention', { ...of.engagement, engaged: -1 }, 'engaged'],
    ['an unknown type', { ...of.event, type: 'external' }, 'type'],
    ['a custom event without a name', { ...of.event, name: undefined }, 'name'],
    ['a custom event with a blank name', { ...of.event, name: '  ' }, 'name'],
    ['a name that is too long', { ...of.event, name: 'x'.repeat(101) }, 'name'],
    ['a negative value', { ...of.event, value: -1 }, 'value'],
    ['a value that is no number', { ...of.event, value: '12' }, 'value'],
    ['a value of five decimals', { ...of.event, value: 1.00001 }, 'value'],
    ['a value of fifteen digits', { ...of.event, value: 1e14 }, 'value'],
    ['a currency that is none', { ...of.event, currency: 'XXZ' }, 'currency'],
    ['a property that is an object', { ...of.event, props: { a: {} } }, 'props.a'],
    ['a property that is null', { ...of.event, props: { a: null } }, 'props.a'],
    ['a property without a name', { ...of.event, props: { '': 1 } }, 'props.'],
    ['properties that are a list', { ...of.event, props: [1] }, 'props'],
    ['an external id that is no text', { ...of.identify, externalId: 7 }, 'externalId'],
    ['an empty external id', { ...of.identify, externalId: '' }, 'externalId'],
  ])('with %s is refused, naming the field', (_, event, field) => {
    expect(fields({ events: [of.pageview, of.engagement, event] })).toEqual([`events[2].${field}`])
  })

  it('of no, too many or strange events is refused', () => {
    expect(fields({ events: [] })).toEqual(['events'])
    expect(fields({ events: {} })).toEqual(['events'])
    expect(fields({ events: [null] })).toEqual(['events[0]'])
    expect(fields({ events: Array(50).fill(of.pageview) })).toEqual([])
    expect(fields({ events: Array(51).fill(of.pageview) })).toEqual(['events'])
    expect(fields({ events: [of.pageview], consent: 'yes' })).toEqual(['consent'])
    expect(fields({ events: Array(50).fill({}) }).length).toBe(20)
  })

  it('has at most 20 properties', () => {
    const props = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, i]))
    expect(fields({ events: [{ ...of.event, props: props(20) }] })).toEqual([])
    expect(fields({ events: [{ ...of.event, props: props(21) }] })).toEqual(['events[0].props'])
  })

  it('of any bytes and of any JSON gives events or problems, and never throws', () => {
    const any = fc.anything({ maxDepth: 3 })
    const event = fc
      .record({
        kind: fc.constantFrom('pageview', 'engagement', 'event', 'identify'),
        more: fc.dictionary(fc.string(), any),
      })
      .map(({ kind, more }) => ({ ...of.event, ...of.engagement, externalId: 'x', ...more, kind }))
    const changed = fc.tuple(
      event,
      fc.constantFrom(...Object.keys(of.event), 'props', 'value', 'target'),
      any,
    )
    const json = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      changed.map(([one, field, value]) => JSON.stringify({ events: [{ ...one, [field]: value }] }) ?? ''),
    )
    fc.assert(
      fc.property(json, (text) => {
        const message = readMessage(text, 'jjk')
        if (Array.isArray(message)) expect(message.length).toBeGreaterThan(0)
        else expect(message.events.length).toBeGreaterThan(0)
      }),
      { numRuns: 1000 },
    )
  })
})
