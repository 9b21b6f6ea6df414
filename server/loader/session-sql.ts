import { ENGAGED_SESSION_MS, SESSION_GAP_MS } from '../domain/sessions/limits.ts'

/** Whose sessions a statement is about: a condition on a column that holds visitor keys. */
export type Who = (column: 'visitor' | 'identity') => string

/** The current generation of a row's day. Parameters: `days` whose generation is not 0, and `generations`. */
const CURRENT = 'transform(day, {days:Array(Date)}, {generations:Array(UInt32)}, toUInt32(0))'

/**
 * The condition on `hits` for those that may belong to a session: of people, and no clicks. Parameters beside
 * `CURRENT`'s: `site`, the days `first` to `last`, and the time from `since` to before `until` (Unix milliseconds).
 */
export function sessionHits(who: Who): string {
  return `site = {site:UInt32} AND day BETWEEN {first:Date} AND {last:Date}
    AND kind IN ('pageview', 'event', 'engagement') AND generation = ${CURRENT}
    AND ${within('hits.time')} AND traffic = 'person' AND visitor != '' AND ${who('visitor')}`
}

function within(column: string): string {
  const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`
  return `${column} >= ${instant('since')} AND ${column} < ${instant('until')}`
}

/** What a session has from the one hit that brought it. */
const ORIGIN = [
  ...['channel', 'side', 'side_with_paid', 'source', 'medium', 'campaign', 'term', 'content', 'channel_rule'],
  ...['platform', 'placement', 'paid', 'post_id', 'campaign_id', 'link_id', 'link', 'referrer_host'],
  ...['click_id_kinds', 'base_channel', 'base_source', 'country', 'device', 'browser', 'os', 'in_app'],
  'rules_version',
]

const CONSENTS = "['unasked', 'granted', 'denied']"

/** Whether a hit tells where the visitor came from: a banner of the site's own, which has UTM values, does not. */
const TELLS =
  "kind = 'pageview' AND channel_rule NOT IN ('direct', 'internal', 'payment') AND (entry OR landing IN ('verified', 'expired'))"

/**
 * A hit as the statement handles it, by expressions over `hits`: few texts, for these are what costs time and memory.
 * The first three give the order.
 */
const HIT: readonly (readonly [name: string, type: string, expression: string])[] = [
  ['ms', 'Int64', 'toUnixTimestamp64Milli(time)'],
  ['rank', 'UInt8', "multiIf(kind = 'pageview', 0, kind = 'event', 1, 2)"],
  // As a number: UUIDs compare by their second half first.
  ['number', 'UInt128', 'toUInt128(hit_id)'],
  ['id', 'UUID', 'hit_id'],
  ['date', 'UInt16', 'toUInt16(day)'],
  ['visitor', 'String', 'visitor'],
  ['event', 'UInt8', "kind = 'event' AND event_type NOT IN ('identify', 'consent')"],
  // An id of the link alone, for visitors who want no id of their own, tells visits apart by link.
  ['click', 'UInt64', "if(landing = 'verified', if(click_key != 0, click_key, link_id), 0)"],
  ['click_key', 'UInt64', "if(landing = 'verified', click_key, 0)"],
  ['utm', 'UInt64', "if(kind = 'pageview' AND utm_values != '', cityHash64(utm_values), 0)"],
  ['entry', 'UInt8', "kind = 'pageview' AND entry"],
  ['engaged', 'UInt32', 'engaged_ms'],
  ['scroll', 'UInt8', 'scroll'],
  ['consent', 'UInt8', `indexOf(${CONSENTS}, toString(consent))`],
  ['page', 'String', "if(kind = 'pageview', landing_page, '')"],
  ['tells', 'UInt8', TELLS],
]

/** Columns of `sessions`, worked out of a session's hits `s` and the one that brought it, `h`. */
const COLUMNS: readonly (readonly [name: string, expression: string])[] = [
  ['site', '{site:UInt32}'],
  ['day', 'day'],
  ['generation', CURRENT],
  ['identity', 'identity'],
  ['ordinal', 's.ms[1]'],
  ['version', '{version:UInt64}'],
  ['session_id', 's.id[1]'],
  ['start', "fromUnixTimestamp64Milli(s.ms[1], 'UTC')"],
  ['end', "fromUnixTimestamp64Milli(s.ms[-1], 'UTC')"],
  ['visitors', 'arraySort(arrayDistinct(s.visitor))'],
  ['consent', `${CONSENTS}[s.consent[-1]]`],
  ['pageviews', 'countEqual(s.rank, 0)'],
  ['events', 'arraySum(s.event)'],
  ['engaged_ms', 'arraySum(s.engaged)'],
  ['scroll', 'arrayMax(s.scroll)'],
  [
    'bounce',
    `countEqual(s.rank, 0) = 1 AND arraySum(s.event) = 0 AND arraySum(s.engaged) < ${ENGAGED_SESSION_MS}`,
  ],
  ['entry_page', 's.page[indexOf(s.rank, 0)]'],
  ['exit_page', 's.page[arrayLastIndex(rank -> rank = 0, s.rank)]'],
  ['click_key', 'arrayFirst(key -> key != 0, s.click_key)'],
  ...ORIGIN.map((name) => [name, `h.${name}`] as const),
]

/**
 * Pairs of keys of which a hit says that they are one visitor's; and visitors with hits so near the edge of the time
 * looked at that their sessions may reach beyond it (`previous` is empty then, `edge` is 1). Parameters: those of
 * `sessionHits`.
 */
export function linkedKeys(who: Who): string {
  return `SELECT DISTINCT visitor, previous, edge FROM
    (
      SELECT visitor, if(previous_visitor = visitor, '', previous_visitor) AS previous,
        toUnixTimestamp64Milli(time) AS ms, ms <= {since:Int64} + ${SESSION_GAP_MS} OR ms >= {until:Int64} - ${SESSION_GAP_MS} AS edge
      FROM hits
      WHERE ${sessionHits(who)}
    )
    WHERE previous != '' OR edge`
}

/** What `joinKeys` needs of hits, in the order of sessions. Parameters: those of `sessionHits`. */
export function keyedHits(who: Who): string {
  return `SELECT toUnixTimestamp64Milli(time) AS time, visitor, previous_visitor AS previousVisitor FROM hits
    WHERE ${sessionHits(who)} ORDER BY ${HIT.slice(0, 3)
      .map(([, , expression]) => expression.replaceAll('(time)', '(hits.time)'))
      .join(', ')}`
}

/** Hits of the same stream, cut where there is none for longer than the gap. */
function runs(who: Who): string {
  return `
  SELECT arrayJoin(arraySplit((hit, silence) -> silence > ${SESSION_GAP_MS}, hits, arrayDifference(hits.ms))) AS run
  FROM
  (
    SELECT CAST(arraySort(groupArray(hit)), 'Array(Tuple(${HIT.map(([name, type]) => `${name} ${type}`).join(', ')}))') AS hits
    FROM
    (
      SELECT visitor, toUnixTimestamp64Milli(time) AS ms, tuple(${HIT.map(([, , expression]) => expression).join(', ')}) AS hit
      FROM hits
      WHERE ${sessionHits(who)}
    ) AS h
    ASOF LEFT JOIN
    (
      SELECT joined.1 AS visitor, joined.2 AS since, joined.3 AS until, joined.4 AS stream
      FROM (SELECT arrayJoin(arrayZip({joinedVisitors:Array(String)}, {joinedSince:Array(Int64)},
                                      {joinedUntil:Array(Int64)}, {joinedStreams:Array(String)})) AS joined)
    ) AS j ON h.visitor = j.visitor AND h.ms >= j.since
    GROUP BY if(j.stream != '' AND h.ms <= j.until, j.stream, h.visitor)
  )`
}

/**
 * A run over three days or more is looked at from each of its days, with the day before and the one after: what a day
 * holds must not depend on how far anybody looked. (Nobody browses for two days: what such hits are cut to matters
 * less than that it is always the same.)
 */
function views(who: Who): string {
  return `
  SELECT view.1 AS only_day, view.2 AS run
  FROM
  (
    SELECT arrayJoin(arrayConcat(
      arraySlice([(toUInt16(0), run)], 1, run.date[-1] - run.date[1] < 2),
      arrayMap(
        date -> (toUInt16(date), arrayFilter(hit -> hit.date >= date - 1 AND hit.date <= date + 1, run)),
        range(if(run.date[-1] - run.date[1] < 2, 0, run.date[1]), if(run.date[-1] - run.date[1] < 2, 0, run.date[-1] + 1)))
    )) AS view
    FROM (${runs(who)})
  )`
}

/**
 * Hits of one session each, and of the days to be written. It begins with the first pageview or event of a run. Within
 * the run, a pageview begins another one with a click or with UTM values that the session did not begin with, these
 * only by a way in from outside.
 */
function sessions(who: Who): string {
  return `
  SELECT only_day, arrayJoin(arraySplit((hit, begins) -> begins, body, begins)) AS s
  FROM
  (
    SELECT only_day, body, arrayFlatten(arrayMap(
      (start, next) -> arrayResize([1], next - start, 0),
      starts, arrayPushBack(arrayPopFront(starts), length(body) + 1))) AS begins
    FROM
    (
      SELECT only_day, body, arrayFold(
        (session, hit) -> if((hit.2 != 0 AND hit.2 != session.1) OR (hit.4 AND hit.3 != 0 AND hit.3 != session.2),
          (hit.2, hit.3, arrayPushBack(session.3, hit.1)), session),
        arrayFilter(hit -> hit.2 != 0 OR (hit.4 AND hit.3 != 0),
          arrayZip(arrayEnumerate(body), body.click, body.utm, body.entry)),
        (body.click[1], body.utm[1], [toUInt32(1)])).3 AS starts
      FROM
      (
        SELECT only_day, arraySlice(run, arrayFirstIndex((rank, event) -> rank = 0 OR event, run.rank, run.event)) AS body
        FROM (${views(who)})
        WHERE has(run.rank, 0) OR has(run.event, 1)
      )
    )
  )`
}

/**
 * The statement that writes the sessions of some visitors anew, those that begin on the days `from` to `to`.
 * Parameters: those of `sessionHits`, `from`, `to`, `version`, and the joins (`domain/sessions/joins.ts`) as four
 * arrays: `joinedVisitors`, `joinedSince`, `joinedUntil`, `joinedStreams`. Right where `first` is before `from` and
 * `last` after `to`, and no session of these visitors reaches beyond `since` or `until`.
 */
export function writeSessions(who: Who, settings: string): string {
  return `
INSERT INTO sessions (${COLUMNS.map(([name]) => name).join(', ')}) SETTINGS ${settings}
SELECT ${COLUMNS.map(([, expression]) => expression).join(', ')}
FROM (SELECT hit_id, ${ORIGIN.join(', ')} FROM hits WHERE ${sessionHits(who)}) AS h
INNER JOIN
(
  SELECT s, toDate(s.date[1]) AS day, s.visitor[1] AS identity,
    s.id[multiIf(has(s.tells, 1), indexOf(s.tells, 1), has(s.rank, 0), indexOf(s.rank, 0), 1)] AS origin
  FROM (${sessions(who)})
  WHERE (only_day = 0 OR s.date[1] = only_day) AND day BETWEEN {from:Date} AND {to:Date}
) AS begun ON h.hit_id = begun.origin`
}

/**
 * The statement that marks as deleted what `writeSessions` has not written again. Parameters: `site`, `from`, `to`,
 * `since`, `until`, `days`, `generations`, `version`.
 */
export function removeSessions(who: Who, settings: string): string {
  return `
INSERT INTO sessions (site, day, generation, identity, ordinal, session_id, start, version, is_deleted) SETTINGS ${settings}
SELECT site, day, generation, identity, ordinal, session_id, any(start), {version:UInt64}, 1
FROM sessions
WHERE ${storedSessions(who)}
GROUP BY site, day, generation, identity, ordinal, session_id
HAVING max(version) < {version:UInt64} AND argMax(is_deleted, version) = 0`
}

/** A version above all that are stored: the engine's clock in microseconds, where it has not gone back. */
export function nextVersion(who: Who): string {
  return `SELECT greatest(toUnixTimestamp64Micro(now64(6)), max(version) + 1) AS version FROM sessions WHERE ${storedSessions(who)}`
}

function storedSessions(who: Who): string {
  return `site = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date} AND generation = ${CURRENT}
    AND ${within('start')} AND ${who('identity')}`
}
