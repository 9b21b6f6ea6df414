import { Temporal } from 'temporal-polyfill'

const WEEK_DAYS = 7
const WEEK_MS = WEEK_DAYS * 24 * 60 * 60 * 1000

/**
 * The days (`YYYY-MM-DD`, both inclusive) that a stretch of days is compared with: as many, moved back by as few whole
 * weeks as part the two. Each day then stands beside the same weekday, since weekends convert unlike other days. Up to six
 * days lie between the two, none where the length is whole weeks.
 */
export function weekdayAligned(days: { from: string; to: string }): { from: string; to: string } {
  const [from, to] = [Temporal.PlainDate.from(days.from), Temporal.PlainDate.from(days.to)]
  const weeks = Math.ceil((from.until(to).days + 1) / WEEK_DAYS)
  return { from: from.subtract({ weeks }).toString(), to: to.subtract({ weeks }).toString() }
}

/**
 * The same for a stretch between two instants (ISO 8601 with offset, the second not included): moved back by whole weeks
 * on the clocks of a time zone, so that a Monday at nine stands beside a Monday at nine across a clock change too.
 */
export function weekdayAlignedInstants(
  { from, to }: { from: string; to: string },
  timezone: string,
): { from: string; to: string } {
  const start = Temporal.Instant.from(from).toZonedDateTimeISO(timezone)
  const end = Temporal.Instant.from(to).toZonedDateTimeISO(timezone)
  const weeks = Math.ceil((end.epochMilliseconds - start.epochMilliseconds) / WEEK_MS)
  // A week with a clock turned forward is an hour short.
  const parted = Temporal.ZonedDateTime.compare(end.subtract({ weeks }), start) <= 0 ? weeks : weeks + 1
  const text = (time: Temporal.ZonedDateTime) =>
    time.subtract({ weeks: parted }).toInstant().toString({ timeZone: timezone })
  return { from: text(start), to: text(end) }
}
