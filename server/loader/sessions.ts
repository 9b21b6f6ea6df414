import { type Join, joinKeys, type KeyedHit } from '../domain/sessions/joins.ts'
import { type QueryParams, type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { groupKeys, packGroups } from './key-groups.ts'
import type { LoaderLog } from './loader.ts'
import {
  BEGINNINGS,
  beginning,
  DAY_COUNTS,
  type DayCount,
  HITS_AT_ONCE,
  MAX_DAYS,
  together,
} from './session-parts.ts'
import {
  DAY_MS,
  earlier,
  type GenerationOf,
  later,
  type Scope,
  type SessionDays,
  scopeOf,
  shiftDay,
} from './session-scope.ts'
import {
  keyedHits,
  linkedKeys,
  nextVersion,
  removeSessions,
  sessionHits,
  type Who,
  writeSessions,
} from './session-sql.ts'
import type { TouchedVisitors } from './touched.ts'

/** Keys of a statement: a stock server takes 131,072 bytes of a parameter, and a key is 19 of them. */
const MAX_KEYS = 5_000
/** Keys that links are looked up for at once, so that what they lead to has room in one statement. */
const TOUCHED_AT_ONCE = 2_500
/** How far to both sides of new hits their sessions are looked for first: nearly all lie within. */
const REACH_MS = 3 * 3_600_000
/** Stretches of time looked at by themselves; more than these (an import of years) are put together. */
const FEW_STRETCHES = 6
/** Links followed: over midnight once a day, and from a household's key to those who consented under it. */
const MAX_ROUNDS = 10
const MAX_SECONDS = 50
const SETTINGS = [
  // The same rows again are meant: those in between may have said something else.
  'insert_deduplicate = 0',
  'async_insert = 0',
  // On a cluster a shard by itself does not know what the others hold of a visitor, or of a household.
  'parallel_distributed_insert_select = 0',
  'max_insert_threads = 1',
  'max_threads = 2',
  'min_insert_block_size_rows = 1000000',
  'min_insert_block_size_bytes = 0',
  'max_memory_usage = 1000000000',
  `max_execution_time = ${MAX_SECONDS}`,
  // Looks for what it could simplify by copying the statement, which takes a third of what planning it does.
  'optimize_and_compare_chain = 0',
].join(', ')
const TOO_MUCH =
  'sessions of some visitors are more than the warehouse can work out at once, and stay as they were'

interface Statements {
  version: string
  write: string
  remove: string
}

const EITHER_KEY: Who = () => '(visitor IN {keys:Array(String)} OR previous_visitor IN {keys:Array(String)})'
const OF_KEYS = statementsFor((column) => `${column} IN {keys:Array(String)}`)
/** Everybody with hits on the days to be written, but for those whose keys are linked. */
const OF_RANGE = statementsFor((column) => {
  const range = `${column} >= {atLeast:String} AND ${column} < {below:String} AND ${column} NOT IN {others:Array(String)}`
  if (column === 'identity') return range
  return `${range} AND visitor GLOBAL IN (SELECT visitor FROM hits WHERE site = {site:UInt32}
    AND day BETWEEN {from:Date} AND {to:Date} AND visitor >= {atLeast:String} AND visitor < {below:String})`
})
const ALL_HITS = sessionHits(() => '1')
/**
 * Keeps `sessions` equal to what the current rows of `hits` make of them (rules: computed from the warehouse for the
 * visitors touched, never from one process's memory). All of it may be done again at any time: it writes what is true
 * then. Nothing else may write meanwhile. Rejects with a `WarehouseError`.
 */
export class Sessions {
  readonly #warehouse: Warehouse
  readonly #log: LoaderLog

  constructor(warehouse: Warehouse, log: LoaderLog) {
    this.#warehouse = warehouse
    this.#log = log
  }

  /** Writes the sessions around hits that have come in; of those, where told so, that begin on certain days. */
  async update(
    touched: TouchedVisitors,
    generationOf: GenerationOf,
    only: { from: string; to: string } = { from: '', to: '~' },
  ): Promise<void> {
    const stretchesApart = (apart: number) =>
      touched.stretches({ most: TOUCHED_AT_ONCE, longest: (MAX_DAYS - 4) * DAY_MS, apart })
    const near = stretchesApart(2 * REACH_MS)
    const stretches = near.length <= FEW_STRETCHES ? near : stretchesApart(Number.POSITIVE_INFINITY)
    for (const [siteId, { since, until, firstDay, lastDay, visitors }] of stretches) {
      const from = later(shiftDay(firstDay, -1), only.from)
      const to = earlier(shiftDay(lastDay, 1), only.to)
      if (from > to) continue
      await this.around({ siteId, from, to }, { since, until }, [...visitors], generationOf)
    }
  }

  /**
   * Writes the sessions of some visitors, of those that begin on these days, which hits of a stretch of time (Unix
   * milliseconds) may belong to. Days are `MAX_DAYS` at most.
   */
  async around(
    days: SessionDays,
    { since, until }: { since: number; until: number },
    visitors: readonly string[],
    generationOf: GenerationOf,
  ): Promise<void> {
    const near = scopeOf(days, generationOf, { since: since - REACH_MS, until: until + REACH_MS })
    const whole = scopeOf(days, generationOf)
    for (const some of slices(visitors, TOUCHED_AT_ONCE)) {
      const { groups, edge } = await this.#groupsOf(near, some)
      const reachesOn = (group: readonly string[]) => group.some((key) => edge.has(key))
      await this.#rewriteGroups(
        near,
        groups.filter((group) => !reachesOn(group)),
      )
      const long = groups.filter(reachesOn).flat()
      if (long.length > 0) await this.#rewriteGroups(whole, (await this.#groupsOf(whole, long)).groups)
    }
  }

  /** Writes all sessions that begin on these days, a step at a time. */
  async *rebuild(days: SessionDays, generationOf: GenerationOf): AsyncGenerator<void> {
    const counted = await this.#query<DayCount>(DAY_COUNTS, { ...days })
    for (const { from, to, hits } of together(counted)) {
      const scope = scopeOf({ ...days, from, to }, generationOf)
      const linked = await this.#allLinked(scope)
      const parts = Math.ceil(Math.max(hits / HITS_AT_ONCE, linked.flat().length / MAX_KEYS, 1))
      const step = Math.ceil(BEGINNINGS / Math.min(parts, BEGINNINGS))
      for (let at = 0; at < BEGINNINGS; at += step) {
        await this.#rewriteRange(scope, at, Math.min(at + step, BEGINNINGS), linked.flat())
        yield
      }
      await this.#rewriteGroups(scope, linked)
      yield
    }
  }

  /** Touched keys and those linked to them, in groups; and which of them have hits near the bounds of the time. */
  async #groupsOf(
    scope: Scope,
    touched: readonly string[],
  ): Promise<{ groups: string[][]; edge: Set<string> }> {
    const known = new Set(touched)
    const edge = new Set<string>()
    const pairs: Found[] = []
    let keys: readonly string[] = touched
    for (let round = 0; round < MAX_ROUNDS && keys.length > 0; round++) {
      const fresh = new Set<string>()
      for (const some of slices(keys, MAX_KEYS)) {
        for (const found of await this.#query<Found>(linkedKeys(EITHER_KEY), { ...scope, keys: some })) {
          if (found.edge) edge.add(found.visitor)
          if (found.previous === '') continue
          pairs.push(found)
          for (const key of [found.visitor, found.previous]) if (!known.has(key)) fresh.add(key)
        }
      }
      keys = [...fresh]
      for (const key of keys) known.add(key)
    }
    return { groups: groupKeys(touched, pairs), edge }
  }

  /** All keys of which one goes on with what may have run under another. */
  async #allLinked(scope: Scope): Promise<string[][]> {
    const named = `previous_visitor GLOBAL IN (SELECT visitor FROM hits WHERE ${ALL_HITS})`
    const found = await this.#query<Found>(
      linkedKeys(() => named),
      scope,
    )
    return groupKeys(
      [],
      found.filter(({ previous }) => previous !== ''),
    )
  }

  async #rewriteGroups(scope: Scope, groups: readonly string[][]): Promise<void> {
    for (const portion of packGroups(groups, MAX_KEYS)) {
      const keys = portion.filter((group) => group.length > 1).flat()
      const hits = keys.length > 0 ? await this.#query<KeyedHit>(KEYED_HITS, { ...scope, keys }) : []
      await this.#rewritePortion(scope, portion, joinKeys(hits))
    }
  }

  /** What is too much for one statement goes by two. */
  async #rewritePortion(scope: Scope, groups: readonly string[][], joins: readonly Join[]): Promise<void> {
    const keys = groups.flat()
    const mine = new Set(keys)
    const parameters = { ...scope, ...joinParameters(joins.filter(({ visitor }) => mine.has(visitor))), keys }
    if (await this.#write(OF_KEYS, parameters, groups.length > 1)) return
    const middle = Math.ceil(groups.length / 2)
    await this.#rewritePortion(scope, groups.slice(0, middle), joins)
    await this.#rewritePortion(scope, groups.slice(middle), joins)
  }

  /** Visitors whose keys begin with four digits of this range, but for `linked` ones. */
  async #rewriteRange(scope: Scope, at: number, end: number, linked: readonly string[]): Promise<void> {
    const [atLeast, below] = [at === 0 ? '' : beginning(at), end === BEGINNINGS ? '~' : beginning(end)]
    const others = linked.filter((key) => key >= atLeast && key < below)
    const parameters = { ...scope, ...joinParameters([]), atLeast, below, others }
    if (await this.#write(OF_RANGE, parameters, end - at > 1)) return
    const middle = Math.floor((at + end) / 2)
    await this.#rewriteRange(scope, at, middle, linked)
    await this.#rewriteRange(scope, middle, end, linked)
  }

  /** False where that is too much for the engine and can be divided. */
  async #write(
    { version, write, remove }: Statements,
    parameters: QueryParams,
    canDivide: boolean,
  ): Promise<boolean> {
    try {
      const [next] = await this.#query<{ version: number }>(version, parameters)
      const versioned = { ...parameters, version: next?.version ?? 0 }
      await this.#warehouse.command(write, versioned)
      await this.#warehouse.command(remove, versioned)
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.kind !== 'limit') throw error
      if (canDivide) return false
      const { site, from, to } = parameters
      this.#log.error({ site, from, to, error: error.message }, TOO_MUCH)
    }
    return true
  }

  #query<Row>(sql: string, parameters: QueryParams): Promise<Row[]> {
    return this.#warehouse.query<Row>(sql, parameters, { maxSeconds: MAX_SECONDS })
  }
}

/** A row of `linkedKeys`. */
interface Found {
  visitor: string
  previous: string
  edge: number
}

const KEYED_HITS = keyedHits((column) => `${column} IN {keys:Array(String)}`)

function statementsFor(who: Who): Statements {
  return {
    version: nextVersion(who),
    write: writeSessions(who, SETTINGS),
    remove: removeSessions(who, SETTINGS),
  }
}

function joinParameters(joins: readonly Join[]) {
  return {
    joinedVisitors: joins.map(({ visitor }) => visitor),
    joinedSince: joins.map(({ from }) => from),
    joinedUntil: joins.map(({ until }) => until),
    joinedStreams: joins.map(({ stream }) => stream),
  }
}

function slices<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size))
  return parts
}
