import { type Figure, just, type Metric, type Terms } from './metric.ts'

/** What is counted when a question names neither `traffic` nor `outcome`. */
export const STANDARD_DEFAULTS = {
  people: "traffic = 'person'",
  redirected: "outcome = 'redirected'",
}

const countIf = (condition: string) => `countIf(${condition})`
const clicks = ({ people, redirected }: Terms) => `kind = 'click' AND ${people} AND ${redirected}`
const pageviews = ({ people }: Terms) => `kind = 'pageview' AND ${people}`

function count(rows: Figure['rows'], more: Partial<Figure> = {}): Figure {
  return { table: 'hits', rows, aggregate: countIf, none: 0, ...more }
}

export const CLICKS = count(clicks, { ofClicks: true })

/** Metrics of clicks and pageviews. */
export const HIT_METRICS: readonly Metric[] = [
  {
    name: 'arrivals',
    description:
      'Entry pageviews of people: no referrer, or one of another site. The unit in which Search and Social are ' +
      'compared. Null on a landing page whose host sent no pageview in the range.',
    kind: 'count',
    unit: 'number',
    figures: [count((terms) => `${pageviews(terms)} AND entry = 1`)],
    value: just,
    ofPages: true,
  },
  {
    name: 'clicks',
    description:
      'GETs of short links that people made and a redirect answered, repeats included. A prefetched one counts from ' +
      'when its landing came.',
    kind: 'count',
    unit: 'number',
    figures: [CLICKS],
    value: just,
  },
  {
    name: 'unique_clicks',
    description:
      'Distinct pairs of visitor and link among clicks on each day of the site’s zone, summed over days.',
    kind: 'distinct',
    unit: 'number',
    figures: [
      count(clicks, {
        aggregate: (condition, { visitor }) => `uniqExactIf(${visitor}, link, day, ${condition})`,
        ofVisitors: true,
        ofClicks: true,
      }),
    ],
    value: just,
  },
  {
    name: 'visitors',
    description:
      'Distinct visitor keys over people’s clicks and pageviews. A visitor without consent has a new key each day.',
    kind: 'distinct',
    unit: 'number',
    figures: [
      count((terms) => `(${clicks(terms)}) OR (${pageviews(terms)})`, {
        aggregate: (condition, { visitor }) => `uniqExactIf(${visitor}, ${condition})`,
        ofVisitors: true,
        ofClicks: true,
      }),
    ],
    value: just,
  },
  {
    name: 'pageviews',
    description: 'Pageviews of people. Null on a landing page whose host sent no pageview in the range.',
    kind: 'count',
    unit: 'number',
    figures: [count(pageviews)],
    value: just,
    ofPages: true,
  },
  {
    name: 'bot_hits',
    description:
      'Every click and pageview that the other metrics leave out by default: not by a person, or a click that no ' +
      'redirect answered. With clicks and pageviews it adds up to all of them.',
    kind: 'count',
    unit: 'number',
    figures: [
      // Always against the standard defaults: a question that names `traffic` asks about them, not around them.
      count(
        ({ person }) =>
          `(kind = 'click' AND NOT (${person} AND ${STANDARD_DEFAULTS.redirected})) OR (kind = 'pageview' AND NOT ${person})`,
        { ofClicks: true },
      ),
    ],
    value: just,
  },
]
