import { CLICKS } from './hit-metrics.ts'
import { type Figure, just, type Metric, ratio } from './metric.ts'

const VISIBLE: Figure = {
  ...CLICKS,
  aggregate: (condition, { visible }) => `countIf(${condition} AND ${visible})`,
  ofLandings: true,
}
const LANDED: Figure = {
  ...CLICKS,
  aggregate: (condition, { landed, visible }) => `countIf(${condition} AND ${visible} AND ${landed})`,
  ofLandings: true,
}

/** Nothing where clicks there were led to pages of which nothing is known. */
function known(figure: string, [, visible = '', all = '']: readonly string[]): string {
  return `if(${all} > 0 AND ${visible} = 0, NULL, ${figure})`
}

/** What became of clicks on the page that they led to. */
export const LANDING_METRICS: readonly Metric[] = [
  {
    name: 'landed_clicks',
    description:
      'Clicks whose page came up: a person’s pageview brought the click’s id back within 24 hours. Counted when the ' +
      'click was. Null where no landing could be seen: clicks without an id of their own, or to hosts that sent no ' +
      'pageview in the range.',
    kind: 'count',
    unit: 'number',
    figures: [LANDED, VISIBLE, CLICKS],
    value: (columns) => known(columns[0] ?? '', columns),
    ofMeasured: true,
  },
  {
    name: 'landing_rate',
    description: 'landed_clicks ÷ the clicks whose landing could be seen.',
    kind: 'ratio',
    unit: 'rate',
    figures: [LANDED, VISIBLE],
    value: ratio,
    ofMeasured: true,
  },
  {
    name: 'lost_clicks',
    description:
      'Clicks whose landing could be seen and never came: closed too soon, blocked, or a page without the script.',
    kind: 'count',
    unit: 'number',
    figures: [LANDED, VISIBLE, CLICKS],
    value: (columns) => known(`${columns[1]} - ${columns[0]}`, columns),
    ofMeasured: true,
  },
  {
    name: 'time_to_land',
    description: 'Median seconds from a click to its landing.',
    kind: 'ratio',
    unit: 'seconds',
    figures: [
      {
        ...CLICKS,
        aggregate: (condition, { landed, visible, secondsToLand }) => {
          const counted = `${condition} AND ${visible} AND ${landed}`
          return `if(countIf(${counted}) = 0, NULL, quantileExactInclusiveIf(0.5)(${secondsToLand}, ${counted}))`
        },
        none: null,
        ofLandings: true,
      },
    ],
    value: just,
    ofMeasured: true,
  },
  {
    name: 'reshared',
    description:
      'Pageviews of people with a genuine click id that somebody passed on: it came more than 24 hours after its click, or ' +
      'after it had brought another visitor. They keep the link’s source and land no click.',
    kind: 'count',
    unit: 'number',
    figures: [
      {
        table: 'hits',
        rows: ({ people, broughtAnother }) =>
          `kind = 'pageview' AND ${people} AND (landing = 'expired' OR ${broughtAnother})`,
        aggregate: (condition) => `countIf(${condition})`,
        none: 0,
        ofLandings: true,
      },
    ],
    value: just,
  },
  {
    name: 'forged_landings',
    description: 'Pageviews of people with a click id that nobody signed; it labels nothing.',
    kind: 'count',
    unit: 'number',
    figures: [
      {
        table: 'hits',
        rows: ({ people }) => `kind = 'pageview' AND ${people} AND landing = 'forged'`,
        aggregate: (condition) => `countIf(${condition})`,
        none: 0,
      },
    ],
    value: just,
  },
]
