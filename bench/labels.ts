/**
 * `npm run bench -- labels bitly FILE` or `labels access-log FILE HOST`: how the built-in rules label a real file:
 * shares of its hits by channel, source and class of machine, and the commonest that ended in Referral, Unassigned or
 * Direct, for reading by eye.
 */
import { createTrafficDetector } from '../server/domain/bots/traffic.ts'
import type { RawHit } from '../server/domain/hit.ts'
import { createJudge, type JudgeContext } from '../server/domain/judge.ts'
import type { JudgedHit } from '../server/domain/judged.ts'
import type { Site } from '../server/domain/site.ts'
import { localDays } from '../server/domain/time/local-day.ts'
import { loadFacts } from '../server/facts/load.ts'
import { readHits } from '../server/imports/read-hits.ts'
import { openImportSource } from '../server/imports/source.ts'

const [format, file, host] = process.argv.slice(2)
if ((format !== 'bitly' && format !== 'access-log') || !file || (format === 'access-log' && !host)) {
  console.error('usage: npm run bench -- labels bitly FILE | labels access-log FILE HOST')
  process.exit(2)
}
const SITE: Site = {
  id: 1,
  name: 'default',
  hostnames: host ? [host] : [],
  timezone: 'UTC',
  currency: 'EUR',
  pageKeys: [],
  keepClickIds: false,
}
const LOW = new Set(['Referral', 'Unassigned', 'Direct'])
const facts = loadFacts()
const judge = createJudge(facts)
const classOf = createTrafficDetector(facts)
const context: JudgeContext = {
  site: SITE,
  days: localDays(SITE.timezone),
  landing: { verdict: '', link: null, clickedAt: 0 },
}

class Tally {
  readonly counts = new Map<string, number>()
  total = 0
  add(name: string): void {
    this.total++
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
  print(title: string, most: number): void {
    console.log(`\n${title} (${this.total})`)
    for (const [name, count] of [...this.counts].sort((a, b) => b[1] - a[1]).slice(0, most)) {
      const share = ((100 * count) / this.total).toFixed(1)
      console.log(`${String(count).padStart(7)} ${share.padStart(5)} %  ${name}`)
    }
  }
}

const all = new Tally()
const channels = new Tally()
const sources = new Tally()
const low = new Tally()

function count(hit: RawHit, judged: JudgedHit): void {
  all.add(judged.traffic === 'person' ? 'person' : `${judged.traffic}: ${classOf(hit).class}`)
  if (judged.traffic !== 'person') return
  channels.add(judged.channel)
  sources.add(judged.source === '' ? '(none)' : judged.source)
  if (!LOW.has(judged.channel)) return
  const said = hit.referrer === '' ? hit.userAgent.slice(0, 100) : hit.referrer.slice(0, 100)
  low.add(`${judged.channel.padEnd(10)} ${judged.source.padEnd(20)} ${said}`)
}

const source = await openImportSource(file)
for await (const lines of readHits(format, source.chunks(), { site: SITE, ...(host && { host }) })) {
  for (const line of lines) if (line.kind === 'hit') count(line.hit, judge.judge(line.hit, context))
}
await source.close()
all.print('who sent the hits', 20)
channels.print('people by channel', 20)
sources.print('people by source', 25)
low.print('commonest in Referral, Unassigned and Direct', 50)
