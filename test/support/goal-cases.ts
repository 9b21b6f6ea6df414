import type { GoalMatch } from '../../server/domain/goals/goal.ts'
import type { EventFacts } from '../../server/domain/hit.ts'

/** What a hit of the table says: a pageview where it has no event. */
export interface GoalHit {
  page?: string
  event?: Partial<EventFacts> & Pick<EventFacts, 'type'>
}

export interface GoalCase {
  says: string
  match: GoalMatch
  holds: GoalHit[]
  fails: GoalHit[]
}

const page = (text: string): GoalHit => ({ page: text })
const custom = (name: string, props: Record<string, string> = {}, on = 'cars.example/'): GoalHit => ({
  page: on,
  event: { type: 'custom', name, props },
})
const leads = (type: EventFacts['type'], target: string, on = 'cars.example/'): GoalHit => ({
  page: on,
  event: { type, target },
})
const when = (operator: 'is' | 'is_not' | 'contains' | 'matches', ...values: string[]): GoalMatch => ({
  type: 'event',
  name: 'found',
  props: [{ key: "dealer's", operator, values }],
})
const found = (value: string) => custom('found', { "dealer's": value })

/** What goals mean, for the predicate and for the warehouse alike. Patterns are as `parseGoals` keeps them. */
export const GOAL_CASES: GoalCase[] = [
  {
    says: 'a path matches on any host, and only whole',
    match: { type: 'page', page: '/dealers' },
    holds: [
      page('cars.example/dealers'),
      page('other.example:8080/dealers'),
      page('cars.example/dealers?id=7'),
    ],
    fails: [
      page('cars.example/dealers/7'),
      page('cars.example/x/dealers'),
      page('cars.example/Dealers'),
      page(''),
    ],
  },
  {
    says: 'a host and path match there alone',
    match: { type: 'page', page: 'cars.example/dealers' },
    holds: [page('cars.example/dealers')],
    fails: [page('de.cars.example/dealers'), page('carsXexample/dealers'), page('cars.example/dealers2')],
  },
  {
    says: 'the front page is a slash',
    match: { type: 'page', page: '/' },
    holds: [page('cars.example/'), page('cars.example/?id=1')],
    fails: [page('cars.example/a')],
  },
  {
    says: 'a star is any text within a segment, none included',
    match: { type: 'page', page: '/cars/*/book-*' },
    holds: [
      page('cars.example/cars/a.b/book-now'),
      page('cars.example/cars//book-'),
      page('c.example/cars/漢/book-é'),
    ],
    fails: [
      page('cars.example/cars/a/b/book-now'),
      page('cars.example/cars/a/book'),
      page('cars.example/cars/book-x'),
    ],
  },
  {
    says: 'two stars behind the last slash are the page itself and all below',
    match: { type: 'page', page: '/dealers/**' },
    holds: [
      page('cars.example/dealers'),
      page('cars.example/dealers/7/map'),
      page('cars.example/dealers?x=1'),
    ],
    fails: [page('cars.example/dealerships'), page('cars.example/a/dealers/7')],
  },
  {
    says: 'two stars between slashes are any number of segments, none included',
    match: { type: 'page', page: '/a/**/z' },
    holds: [page('c.example/a/z'), page('c.example/a/b/z'), page('c.example/a/b/c/z')],
    fails: [page('c.example/az'), page('c.example/a/b/zz')],
  },
  {
    says: 'two stars elsewhere are any text across segments',
    match: { type: 'page', page: '*.example/car**ed' },
    holds: [page('de.cars.example/cars/a/booked'), page('x.example/cared')],
    fails: [page('cars.test/cars/booked')],
  },
  {
    says: 'everything is two stars behind a slash',
    match: { type: 'page', page: '/**' },
    holds: [page('cars.example/'), page('cars.example/a/b?c=d')],
    fails: [custom('x')],
  },
  {
    says: 'a query is looked at where the pattern has one',
    match: { type: 'page', page: '/product?id=7*' },
    holds: [page('cars.example/product?id=7'), page('cars.example/product?id=77')],
    fails: [
      page('cars.example/product'),
      page('cars.example/product?id=8'),
      page('cars.example/product?id=7/8'),
    ],
  },
  {
    says: 'what means something in an expression means itself in a pattern',
    match: { type: 'page', page: "/a.b+(c)|d'e" },
    holds: [page("cars.example/a.b+(c)|d'e")],
    fails: [page('cars.example/aXb+(c)'), page('cars.example/a.bb'), page('cars.example/c')],
  },
  {
    says: 'an event is known by its whole name',
    match: { type: 'event', name: "found 'it'\\" },
    holds: [custom("found 'it'\\")],
    fails: [
      custom('found'),
      custom("Found 'it'\\"),
      page('cars.example/'),
      leads('outbound', "found 'it'\\"),
    ],
  },
  {
    says: 'an event may be asked for on some pages only',
    match: { type: 'event', name: 'found', page: '/dealers/**' },
    holds: [custom('found', {}, 'cars.example/dealers/7')],
    fails: [custom('found', {}, 'cars.example/')],
  },
  {
    says: 'a property is one of some values, whatever the case',
    match: when('is', 'ÄMIL & Co', 'x'),
    holds: [found('Ämil & co'), found('X')],
    fails: [found('amil'), found(''), custom('found'), custom('found', { other: 'x' })],
  },
  {
    says: 'a property that is absent shows as reports show it',
    match: when('is', '(none)'),
    holds: [found(''), custom('found'), custom('found', { other: 'x' })],
    fails: [found('x')],
  },
  {
    says: 'is_not holds for what is absent too',
    match: when('is_not', 'x'),
    holds: [found('y'), custom('found')],
    fails: [found('X'), custom('lost', { "dealer's": 'y' })],
  },
  {
    says: 'contains looks for a part, whatever the case',
    match: when('contains', 'berl'),
    holds: [found('Ost-BERLIN')],
    fails: [found('Bern'), custom('found')],
  },
  {
    says: 'matches takes patterns, unanchored',
    match: when('matches', '^\\d{5}$', '(?i)ost'),
    holds: [found('10115'), found('Ost-Berlin')],
    fails: [found('101155'), found('West'), custom('found')],
  },
  {
    says: 'all conditions on properties must hold',
    match: {
      type: 'event',
      name: 'found',
      props: [
        { key: 'a', operator: 'is', values: ['1'] },
        { key: '0', operator: 'is', values: ['2'] },
      ],
    },
    holds: [custom('found', { a: '1', '0': '2' })],
    fails: [custom('found', { a: '1' }), custom('found', { a: '2', '0': '1' })],
  },
  {
    says: 'without a target every outbound link counts, and no other kind of event',
    match: { type: 'outbound' },
    holds: [leads('outbound', 'https://maps.example/x'), leads('outbound', '')],
    fails: [leads('download', 'https://maps.example/x'), custom('outbound'), page('cars.example/')],
  },
  {
    says: 'a target is known without scheme, www. and query',
    match: { type: 'outbound', target: 'google.*/maps/**' },
    holds: [
      leads('outbound', 'https://www.google.com/maps/dir/?api=1'),
      leads('outbound', 'http://google.de/maps'),
      leads('outbound', 'https://google.de/maps/?q'),
    ],
    fails: [
      leads('outbound', 'https://google.com.evil.example/x/maps'),
      leads('outbound', 'https://www.google.com/mapsy'),
      leads('outbound', 'https://x.example/?u=google.de/maps'),
    ],
  },
  {
    says: 'a target’s path matches on any host',
    match: { type: 'download', target: '/**.pdf' },
    holds: [
      leads('download', 'https://cdn.example/a/b.pdf'),
      leads('download', 'https://cdn.example/b.pdf?v=2#page'),
    ],
    fails: [leads('download', 'https://cdn.example/b.zip'), leads('outbound', 'https://cdn.example/b.pdf')],
  },
  {
    says: 'a telephone number is known with or without tel:',
    match: { type: 'tel', target: '+4930*' },
    holds: [leads('tel', 'tel:+4930123')],
    fails: [leads('tel', 'tel:+4989123'), leads('tel', 'tel:04930123')],
  },
  {
    says: 'mail and forms count on the pages that are asked for',
    match: { type: 'form', page: '/test-drive', target: '/api/book' },
    holds: [leads('form', 'https://cars.example/api/book', 'cars.example/test-drive')],
    fails: [
      leads('form', 'https://cars.example/api/book', 'cars.example/'),
      leads('form', 'https://cars.example/api', 'cars.example/test-drive'),
      leads('mail', 'mailto:(email)', 'cars.example/test-drive'),
    ],
  },
  {
    says: 'any of some ways is enough',
    match: { type: 'any', of: [{ type: 'tel' }, { type: 'page', page: '/map' }] },
    holds: [leads('tel', 'tel:1'), page('cars.example/map')],
    fails: [
      leads('mail', 'mailto:(email)'),
      page('cars.example/maps'),
      leads('outbound', 'x', 'cars.example/map'),
    ],
  },
  {
    says: 'what another system reports goes by the goal’s own name',
    match: { type: 'external' },
    holds: [{ event: { type: 'external', name: 'a goal' } }],
    fails: [{ event: { type: 'external', name: 'A goal' } }, custom('a goal')],
  },
]
