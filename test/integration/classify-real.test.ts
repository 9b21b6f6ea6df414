import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseReferrer } from '../../server/domain/channels/referrer.ts'
import type { RawHit } from '../../server/domain/hit.ts'
import { createJudge } from '../../server/domain/judge.ts'
import type { JudgedHit } from '../../server/domain/judged.ts'
import { localDays } from '../../server/domain/time/local-day.ts'
import { loadFacts } from '../../server/facts/load.ts'
import type { ImportFormat } from '../../server/imports/import-line.ts'
import { readHits } from '../../server/imports/read-hits.ts'
import { openImportSource } from '../../server/imports/source.ts'
import { testSite } from '../support/import-files.ts'

const folder = process.env.JEJAK_TEST_DATA ?? ''
const judge = createJudge(loadFacts())

/** Real files are no part of the project: JEJAK_TEST_DATA names the folder that holds them. */
function whereThereIs(name: string) {
  const reason =
    folder === ''
      ? 'skipped: JEJAK_TEST_DATA is not set'
      : existsSync(join(folder, name))
        ? ''
        : `skipped: no ${name}`
  return { run: reason === '' ? test : test.skip, note: reason === '' ? '' : ` (${reason})` }
}

interface Judged {
  hit: RawHit
  label: JudgedHit
}

async function judged(name: string, format: ImportFormat, host?: string): Promise<Judged[]> {
  const site = { ...testSite, hostnames: host ? [host] : testSite.hostnames }
  const context = {
    site,
    days: localDays('UTC'),
    landing: { verdict: '', link: null, clickedAt: 0 },
  } as const
  const source = await openImportSource(join(folder, name))
  const all: Judged[] = []
  for await (const lines of readHits(format, source.chunks(), { site, ...(host && { host }) })) {
    for (const line of lines) {
      if (line.kind === 'hit') all.push({ hit: line.hit, label: judge.judge(line.hit, context) })
    }
  }
  await source.close()
  return all
}

function share(all: readonly Judged[], of: (one: Judged) => boolean): number {
  return all.filter(of).length / all.length
}

/** Hosts of the untagged hits that a human eye would never leave in Referral or Direct. */
const NETWORKS =
  /(?:^|\.)(?:facebook\.com|t\.co|twitter\.com|plus\.(?:url\.)?google\.com|reddit\.com|tumblr\.com)$/
const ENGINES = /^(?:www\.)?(?:google\.[a-z.]{2,6}|bing\.com|duckduckgo\.com)$/

function misplaced(all: readonly Judged[]): string[] {
  return all.flatMap(({ hit, label }) => {
    const referrer = parseReferrer(hit.referrer)
    if (referrer.kind !== 'web' || hit.utm.source !== '' || hit.utm.medium !== '') return []
    // Google Reader was a reader, not a search.
    if (referrer.path.startsWith('/reader/')) return []
    const wanted = NETWORKS.test(referrer.host) ? 'Social' : ENGINES.test(referrer.host) ? 'Search' : null
    return wanted === null || label.side === wanted ? [] : [`${label.channel}: ${hit.referrer}`]
  })
}

const bitly = whereThereIs('bitly-1usagov-clicks.ndjson')
bitly.run(
  `an hour of real clicks is mostly people’s, and social where it has a referrer${bitly.note}`,
  async () => {
    const all = await judged('bitly-1usagov-clicks.ndjson', 'bitly')
    const people = all.filter(({ label }) => label.traffic === 'person')
    expect(people.length / all.length).toBeGreaterThan(0.93)
    expect(share(people, ({ label }) => label.channel === 'Organic Social')).toBeGreaterThan(0.42)
    expect(share(people, ({ label }) => label.channel === 'Unassigned')).toBeLessThan(0.005)
    expect(share(people, ({ label }) => label.channel === 'Direct')).toBe(
      share(people, ({ hit, label }) => hit.referrer === '' && label.channelRule === 'direct'),
    )
    expect(misplaced(all)).toEqual([])
  },
)

const accessLog = whereThereIs('access-combined-2015.log')
accessLog.run(
  `of a real access log almost half is machines’, a third of the rest search${accessLog.note}`,
  async () => {
    const all = await judged('access-combined-2015.log', 'access-log', 'semicomplete.com')
    const people = all.filter(({ label }) => label.traffic === 'person')
    expect(people.length / all.length).toBeGreaterThan(0.45)
    expect(people.length / all.length).toBeLessThan(0.56)
    expect(share(people, ({ label }) => label.channel === 'Organic Search')).toBeGreaterThan(0.3)
    const crawler = /googlebot|bingbot|slurp|baiduspider|yandexbot|ahrefsbot|tiny tiny rss/i
    expect(people.filter(({ hit }) => crawler.test(hit.userAgent)).map(({ hit }) => hit.userAgent)).toEqual(
      [],
    )
    expect(misplaced(people)).toEqual([])
  },
)
