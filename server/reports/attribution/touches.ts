import { labelSql } from '../plan/conditions.ts'
import { hitsWithLandings } from '../plan/landings.ts'
import { periodSql } from '../plan/plan.ts'
import { scopeOf, type Writing } from '../plan/scope.ts'
import { FILTER_DIMENSIONS } from '../registry/dimensions.ts'
import { STANDARD_DEFAULTS } from '../registry/hit-metrics.ts'
import type { JourneysPlan } from './plan.ts'

/** One identity's clicks on one link with no longer silence between them are one touch. */
const ONE_TOUCH_MS = 30 * 60_000

/**
 * Touches: `person` (never empty), `at` (Unix milliseconds), `number` that orders those of one instant, `key` by which
 * they are counted, and whether they are `direct`. Entries of sessions, and clicks that led nowhere. Once the keys are
 * known, `key` is the place in them from 1, and one beyond the last for all others; before, it is the text.
 */
export function touchesSql(journeys: JourneysPlan, writing: Writing): string {
  const sessions = sessionTouches(journeys, writing)
  return journeys.facts.clicks ? `${sessions}\nUNION ALL\n${clickTouches(journeys, writing)}` : sessions
}

/** Which person a visitor key (SQL of ours) stands for, over rows of `withPersons`. */
function personSql(journeys: JourneysPlan, visitor: string): string {
  return journeys.facts.consents ? `if(lasting != '', lasting, ${visitor})` : visitor
}

/**
 * Rows, each with the `lasting` key of the person whose key of the day its `visitor` is: hits of somebody who has consented
 * tell both. Without consent a person is known for a day; so are those who share a day's key with several others (one
 * address, equal browsers), none of whom may inherit what all of them did.
 */
export function withPersons(
  journeys: JourneysPlan,
  writing: Writing,
  rows: string,
  visitor: string,
): { from: string; person: string } {
  if (!journeys.facts.consents) return { from: `(${rows})`, person: visitor }
  const days = periodSql(journeys.conversions, touchesAndConversions(journeys), writing.parameters)
  const lasting = `SELECT previous_visitor AS of_day, max(visitor) AS lasting
    FROM hits WHERE ${days} AND ${TELLS_BOTH_KEYS} GROUP BY of_day HAVING min(visitor) = lasting`
  // GLOBAL: on a cluster the keys of one person lie on several shards.
  return {
    from: `(${rows}) AS of_visitor GLOBAL LEFT ANY JOIN (${lasting}) AS persons ON ${visitor} = of_day`,
    person: personSql(journeys, visitor),
  }
}

export const TELLS_BOTH_KEYS =
  "consent = 'granted' AND previous_visitor != '' AND previous_visitor != visitor AND traffic = 'person'"

/** From the first day with touches to the last one with conversions. */
export function touchesAndConversions({ touches, conversions }: JourneysPlan) {
  const { lastDay } = conversions.main.period
  return { period: { ...touches.period, lastDay, instants: null } }
}

function sessionTouches(journeys: JourneysPlan, writing: Writing): string {
  const days = periodSql(journeys.conversions, journeys.touches, writing.parameters)
  const rows = `SELECT identity, toUnixTimestamp64Milli(start) AS at, toUInt128(session_id) AS number,
      ${keySql(journeys, writing, 'sessions')} AS key, channel = 'Direct' AS direct
    FROM sessions FINAL WHERE ${days}`
  const { from, person } = withPersons(journeys, writing, rows, 'identity')
  return `SELECT ${person} AS person, at, number, key, direct FROM ${from}`
}

/**
 * Clicks on links, without those whose landing's session is there. Visits that only an id of the link led to are among
 * them as such: the visitor wanted no id of their own, and what comes after the click is one touch with it.
 */
function clickTouches(journeys: JourneysPlan, writing: Writing): string {
  const { parameters } = writing
  const { conversions: plan, touches, facts } = journeys
  const days = periodSql(plan, touches, parameters)
  const { people, redirected } = STANDARD_DEFAULTS
  const clicked = facts.landings
    ? `((${people} AND ${redirected}) OR (traffic = 'prefetch' AND landed_key != 0))`
    : `${people} AND ${redirected}`
  const visitor = facts.landings ? "if(landed_by != '', landed_by, visitor)" : 'visitor'
  const clicks = `SELECT ${visitor} AS who, link_id, toUnixTimestamp64Milli(time) AS at, toUInt128(hit_id) AS number,
      ${keySql(journeys, writing, 'hits')} AS key, channel = 'Direct' AS direct,
      ${facts.landings ? 'landed_key != 0' : '0'} AS led_on
    FROM ${facts.landings ? hitsWithLandings(plan, touches, parameters) : 'hits'}
    WHERE ${days} AND kind = 'click' AND ${clicked} AND who != ''`
  const visits = `SELECT identity AS who, link_id, toUnixTimestamp64Milli(start) AS at, toUInt128(session_id) AS number,
      ${facts.keys ? '0' : "''"} AS key, 0 AS direct, 1 AS led_on
    FROM sessions FINAL WHERE ${days} AND click_key = 0 AND link_id != 0`
  const { from, person } = withPersons(journeys, writing, `${clicks}\nUNION ALL\n${visits}`, 'who')
  const all = `SELECT ${person} AS person, arraySort(groupArray((at, number, key, direct, led_on))) AS clicks
    FROM ${from} GROUP BY person, link_id`
  const runs = `arraySplit((click, silence) -> silence > ${ONE_TOUCH_MS}, clicks, arrayDifference(arrayMap(click -> click.1, clicks)))`
  return `SELECT person, run[1].1 AS at, run[1].2 AS number, run[1].3 AS key, run[1].4 AS direct
    FROM (SELECT person, arrayJoin(${runs}) AS run FROM (${all})) WHERE NOT arrayExists(click -> click.5 = 1, run)`
}

/** By what a touch is counted, over rows of a table. */
function keySql(
  { question, touches, facts }: JourneysPlan,
  writing: Writing,
  table: 'sessions' | 'hits',
): string {
  const dimension = FILTER_DIMENSIONS.get(question.grain)
  if (!dimension) throw new Error(`no dimension ${question.grain}`)
  const key = labelSql(dimension, table, scopeOf(writing, touches))
  if (!facts.keys) return `toString(${key})`
  const keys = writing.parameters.bind('Array(String)', facts.keys)
  return `toUInt32(transform(toString(${key}), ${keys}, range(1, length(${keys}) + 1), length(${keys}) + 1))`
}
