import { CornerDownRight } from 'lucide-react'
import { ago, instant } from '../../shared/format/date.ts'
import { count } from '../../shared/format/number.ts'
import { cx } from '../../shared/ui/cx.ts'
import { useNarrow } from '../../shared/use-settled.ts'
import { LinkActions, LinkName } from './link-actions.tsx'
import { isExpired, type LinkRecord, spoken } from './link-record.ts'

/** Links as a table, or as cards at phone width. */
export function LinkList({ links, timezone }: { links: LinkRecord[]; timezone: string }) {
  return useNarrow() ? (
    <Cards links={links} timezone={timezone} />
  ) : (
    <Table links={links} timezone={timezone} />
  )
}

function Table({ links, timezone }: { links: LinkRecord[]; timezone: string }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-190 table-fixed text-sm">
        <caption className="sr-only">Short links, newest first</caption>
        <colgroup>
          <col className="w-[28%]" />
          <col />
          <col className="w-40" />
          <col className="w-22" />
          <col className="w-28" />
          <col className="w-22" />
        </colgroup>
        <thead className="text-left text-xs text-ink-3">
          <tr className="[&>th]:py-1.5 [&>th]:pr-3 [&>th]:font-medium">
            <th scope="col" className="pl-5">
              Link
            </th>
            <th scope="col">Leads to</th>
            <th scope="col">Posted</th>
            <th scope="col" className="text-right">
              Clicks
            </th>
            <th scope="col" className="text-right">
              Last click
            </th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <tr
              key={link.id}
              className={cx('border-t border-line hover:bg-hover', link.state !== 'active' && 'text-ink-2')}
            >
              <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal">
                <LinkName link={link} />
                <p className="flex items-center gap-1.5 text-2xs text-ink-3">
                  <span className="truncate">{link.title ?? link.domain}</span>
                  <StateMark link={link} />
                </p>
              </th>
              <td className="py-2 pr-3">
                <p className="truncate text-ink-2" title={link.destination}>
                  {spoken(link.destination)}
                </p>
                <Tags tags={link.tags} />
              </td>
              <td className="py-2 pr-3">
                <p className="truncate">
                  {[link.platform, link.placement].filter(Boolean).join(' · ') || (
                    <span className="text-ink-3">–</span>
                  )}
                </p>
                {link.utm_campaign && (
                  <p className="truncate text-2xs text-ink-3" title={link.utm_campaign}>
                    {link.utm_campaign}
                  </p>
                )}
              </td>
              <td className="py-2 pr-3 text-right font-medium tabular-nums">
                {typeof link.clicks === 'number' ? count(link.clicks) : '–'}
              </td>
              <td className="py-2 pr-3 text-right text-ink-2 tabular-nums">
                <LastClick link={link} timezone={timezone} />
              </td>
              <td className="py-2 pr-3">
                <LinkActions link={link} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cards({ links, timezone }: { links: LinkRecord[]; timezone: string }) {
  return (
    <ul>
      {links.map((link) => (
        <li key={link.id} className="border-t border-line py-3 pr-2 pl-4 text-sm">
          <div className="flex items-center gap-2">
            <div className="min-w-0 flex-1">
              <LinkName link={link} />
            </div>
            <StateMark link={link} />
            <LinkActions link={link} />
          </div>
          {link.title !== null && <p className="line-clamp-2 pr-2 text-ink-2 wrap-anywhere">{link.title}</p>}
          <p className="mt-0.5 flex gap-1.5 pr-2 text-xs text-ink-3">
            <CornerDownRight className="mt-0.5 size-3 shrink-0" aria-hidden />
            <span className="truncate">{spoken(link.destination)}</span>
          </p>
          <p className="mt-1 flex flex-wrap gap-x-3 pr-2 text-xs text-ink-2 tabular-nums">
            {typeof link.clicks === 'number' && (
              <span>
                <span className="font-semibold text-ink">{count(link.clicks)}</span> clicks
              </span>
            )}
            {link.lastClickAt != null && (
              <span>
                last <LastClick link={link} timezone={timezone} />
              </span>
            )}
            {link.platform !== null && (
              <span className="text-ink-3">
                {[link.platform, link.placement].filter(Boolean).join(' · ')}
              </span>
            )}
          </p>
          <Tags tags={link.tags} />
        </li>
      ))}
    </ul>
  )
}

function LastClick({ link, timezone }: { link: LinkRecord; timezone: string }) {
  if (link.lastClickAt == null) return <span className="text-ink-3">–</span>
  const at = new Date(link.lastClickAt)
  return (
    <time dateTime={at.toISOString()} title={instant(link.lastClickAt, timezone)}>
      {ago(link.lastClickAt)}
    </time>
  )
}

function StateMark({ link }: { link: LinkRecord }) {
  const state = link.state === 'active' ? (isExpired(link) ? 'expired' : null) : link.state
  if (state === null) return null
  return (
    <span
      className={cx(
        'shrink-0 rounded-sm px-1.5 py-px text-2xs font-medium',
        state === 'archived' ? 'bg-hover text-ink-3' : 'bg-notice-soft text-notice',
      )}
    >
      {state}
    </span>
  )
}

function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null
  return (
    <p className="mt-0.5 flex gap-1 overflow-hidden" title={tags.join(', ')}>
      {tags.slice(0, 4).map((tag) => (
        <span key={tag} className="max-w-32 truncate rounded-sm bg-hover px-1.5 text-2xs text-ink-2">
          {tag}
        </span>
      ))}
      {tags.length > 4 && <span className="text-2xs text-ink-3">+{tags.length - 4}</span>}
    </p>
  )
}
