import { conditionsSql } from '../plan/conditions.ts'
import { EVER } from '../plan/external.ts'
import { IS_LANDING } from '../plan/landings.ts'
import { currentRows } from '../snapshot.ts'
import { daysRead, type FunnelWriting, widened } from './plan.ts'

/*
 * Hits as a way is made of them: the columns of `hits`, and
 *   mover       the visitor who made it, '' where nobody knows;
 *   at          when it was, for the order;
 *   visit_at    when its visit was under way, 1970 where it has none;
 *   visit_open  whether its visit may have ended before it;
 *   cookieless  whether the mover's key ends with the day.
 */

export const HIT_NUMBER = 'toUInt128(hit_id)'
export const NEVER = "toDateTime64(0, 3, 'UTC')"
/** A landing comes up to 24 hours after its click, on the next day or at a clock change the one after; clocks differ. */
const DAYS_TO_LAND = { before: 1, after: 2 }
const IS_TOLD = "kind = 'conversion' AND event_type = 'external'"

/** Whether a way looks at clicks, or at what another system tells of them. */
export function looksAtClicks({ plan }: FunnelWriting): boolean {
  return plan.steps.some(({ kind }) => kind === 'click')
}

export function looksAtTold({ plan }: FunnelWriting): boolean {
  return plan.steps.some((step) => step.kind === 'goal' && step.goal.match.type === 'external')
}

/** People's clicks, pageviews and events, and what other systems may say of the same days, by visitor. */
export function seenHits(writing: FunnelWriting): string {
  const { plan, parameters } = writing
  const days = currentRows(plan.snapshot, daysRead(plan), parameters)
  const once = plan.keyed ? ` AND ${firstOfItsKey(writing, days)}` : ''
  if (!looksAtClicks(writing)) {
    return `SELECT *, visitor AS mover, time AS at, time AS visit_at, toUInt8(0) AS visit_open,
        consent != 'granted' AS cookieless
      FROM hits WHERE ${days} AND kind IN ('pageview', 'event') AND traffic = 'person'${once}`
  }
  const landings = currentRows(plan.snapshot, widened(plan, daysRead(plan), DAYS_TO_LAND), parameters)
  // A prefetched click that landed was a person's. GLOBAL: clicks and landings of other keys lie on other shards.
  return `SELECT * REPLACE(if(kind = 'click' AND traffic = 'prefetch' AND landed_key != 0, 'person', toString(traffic)) AS traffic),
      if(kind = 'click' AND landed_by != '', landed_by, visitor) AS mover,
      if(kind = 'click' AND landed_key != 0, least(time, landed_at), time) AS at,
      if(kind = 'click', landed_at, time) AS visit_at, toUInt8(0) AS visit_open,
      if(kind = 'click' AND landed_by != '', landed_consent, toString(consent)) != 'granted' AS cookieless
    FROM hits GLOBAL LEFT ANY JOIN (${landingsSql(landings)}) AS landings ON click_key = landed_key
    WHERE ${days} AND kind IN ('click', 'pageview', 'event') AND traffic IN ('person', 'prefetch')${once}`
}

/** By click: when its first landing was, whose, and with what consent. */
function landingsSql(where: string): string {
  const first = `argMin((visitor, toString(consent)), (time, ${HIT_NUMBER}))`
  return `SELECT landed_key, landed_at, came.1 AS landed_by, came.2 AS landed_consent FROM (
      SELECT click_key AS landed_key, min(time) AS landed_at, ${first} AS came
      FROM hits WHERE ${where} AND ${IS_LANDING} GROUP BY click_key
    )`
}

/** What is told again under a key of the caller's own (an order's page that is loaded again) happened once. */
function firstOfItsKey({ plan, parameters }: FunnelWriting, days: string): string {
  const before = currentRows(plan.snapshot, { from: EVER.from, to: daysRead(plan).to }, parameters)
  const isKeyed = "kind = 'event' AND traffic = 'person' AND event_key != ''"
  return `(event_key = '' OR hit_id GLOBAL IN (
      SELECT argMin(hit_id, (time, ${HIT_NUMBER})) FROM hits WHERE ${before} AND ${isKeyed}
      AND event_key GLOBAL IN (SELECT event_key FROM hits WHERE ${days} AND ${isKeyed})
      GROUP BY event_key, event_type, event_name))`
}

/**
 * Conversions told from elsewhere, in their last version, by the visitor of the click that they name, else by the one
 * that they name, else by the one who was known by their external id last by then.
 */
export function toldHits({ plan, parameters }: FunnelWriting): string {
  const ever = currentRows(plan.snapshot, EVER, parameters)
  const { from, to } = daysRead(plan)
  const days = `day >= ${parameters.bind('Date32', from)} AND day <= ${parameters.bind('Date32', to)}`
  const last = `SELECT * FROM (
      SELECT * FROM hits WHERE ${ever} AND ${IS_TOLD}
      ORDER BY event_version DESC, time DESC, ${HIT_NUMBER} DESC
      LIMIT 1 BY if(event_key = '', toString(hit_id), event_key)
    ) WHERE NOT event_cancelled AND ${days} AND NOT (click_key != 0 AND time < clicked_at)`
  const named = `click_key GLOBAL IN (SELECT click_key FROM hits WHERE ${ever} AND ${IS_TOLD} AND click_key != 0)`
  const clicks = `SELECT click_key AS clicked_key, argMin(visitor, (time, ${HIT_NUMBER})) AS clicked_by
    FROM hits WHERE ${ever} AND kind = 'click' AND visitor != '' AND ${named} GROUP BY click_key`
  const ids = `SELECT external_id FROM hits WHERE ${ever} AND ${IS_TOLD} AND external_id != ''`
  const known = `SELECT external_id AS known_as, time AS known_at, max(visitor) AS known_visitor
    FROM hits WHERE ${ever} AND kind = 'event' AND event_type = 'identify' AND traffic = 'person' AND visitor != ''
    AND external_id GLOBAL IN (${ids}) GROUP BY known_as, known_at`
  return `SELECT *, multiIf(landed_by != '', landed_by, clicked_by != '', clicked_by, visitor != '', visitor, known_visitor) AS mover,
      time AS at, if(landed_by != '', landed_at, time) AS visit_at, toUInt8(1) AS visit_open, toUInt8(0) AS cookieless
    FROM (${last}) AS told
    LEFT ANY JOIN (${landingsSql(`${ever} AND ${named}`)}) AS landings ON click_key = landed_key
    LEFT ANY JOIN (${clicks}) AS clicks ON click_key = clicked_key
    ASOF LEFT JOIN (${known}) AS identities ON external_id = known_as AND time >= known_at`
}

/** What a way's filters leave, over rows of `hits` or of sessions. */
export function passesSql({ plan, scope }: FunnelWriting, table: 'sessions' | 'conversions'): string {
  return `toUInt8(${conditionsSql(plan.funnel.conditions, table, scope)})`
}
