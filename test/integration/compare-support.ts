import type { Warehouse } from '../../server/warehouse/warehouse.ts'

let visitors = 0

export interface Visits {
  day: string
  side: 'Search' | 'Social'
  page: string
  country: string
  sessions: number
  booked: number
  /** Of those that booked, so many made a call as well. */
  called?: number
}

/** Many visits to the site with id 1 at once, as the loader writes them; the first of them reach goals. */
export async function addVisits(
  warehouse: Warehouse,
  { day, side, page, country, sessions, booked, called = 0 }: Visits,
): Promise<void> {
  const from = visitors
  visitors += sessions
  const visitor = `lower(leftPad(hex(${from} + number), 16, '0'))`
  const start = `toDateTime64('${day} 10:00:00', 3, 'UTC')`
  await warehouse.command(
    `INSERT INTO sessions (site, day, generation, identity, ordinal, version, is_deleted, session_id, start, end,
       visitors, consent, pageviews, entry_page, exit_page, channel, side, side_with_paid, source, country,
       device, rules_version)
     SELECT 1, '${day}', 0, ${visitor}, 1, 1, 0, generateUUIDv4(), ${start}, ${start} + 1800,
       [${visitor}], 'unasked', 1, '${page}', '${page}', 'Organic ${side}', '${side}', '${side}',
       '${side === 'Social' ? 'instagram.com' : 'google'}', '${country}', 'mobile', 1 FROM numbers(${sessions})`,
  )
  for (const [type, name, count] of [
    ['custom', 'booked', booked],
    ['tel', '', called],
  ] as const) {
    await warehouse.command(
      `INSERT INTO hits (site, day, generation, time, kind, hit_id, visitor, traffic, landing_page, event_type,
         event_name, rules_version)
       SELECT 1, '${day}', 0, ${start} + 60, 'event', generateUUIDv4(), ${visitor}, 'person', '${page}', '${type}',
         '${name}', 1 FROM numbers(${count})`,
    )
  }
}
