import { getRouteApi, Link as RouterLink } from '@tanstack/react-router'
import {
  Archive,
  ArchiveRestore,
  CirclePause,
  CirclePlay,
  Ellipsis,
  ExternalLink,
  Pencil,
} from 'lucide-react'
import { ApiProblem } from '../../shared/api/problem.ts'
import { IconButton } from '../../shared/ui/button.tsx'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { Menu, type MenuItem } from '../../shared/ui/menu.tsx'
import { useToast } from '../../shared/ui/toast.tsx'
import { type LinkRecord, spoken } from './link-record.ts'
import { useLinkChanges } from './links-api.ts'

const route = getRouteApi('/links')

const DONE: Record<LinkRecord['state'], string> = {
  active: 'is live again',
  disabled: 'is disabled',
  archived: 'is archived; its figures stay',
}

/** Changes a link's state at once and offers the way back. */
function useStateChange(link: LinkRecord) {
  const tell = useToast()
  const { change } = useLinkChanges()
  return async function turn(state: LinkRecord['state']): Promise<void> {
    const before = link.state
    try {
      await change.mutateAsync({ id: link.id, body: { state } })
      tell({
        text: `${spoken(link.shortUrl)} ${DONE[state]}`,
        action: {
          label: 'Undo',
          run: () =>
            void change
              .mutateAsync({ id: link.id, body: { state: before } })
              .catch((failure: unknown) => tell({ text: `That could not be undone: ${messageOf(failure)}` })),
        },
      })
    } catch (failure) {
      tell({ text: `Nothing was changed: ${messageOf(failure)}` })
    }
  }
}

const messageOf = (failure: unknown) => (failure instanceof ApiProblem ? failure.message : 'try again.')

export function LinkActions({ link }: { link: LinkRecord }) {
  const navigate = route.useNavigate()
  const turn = useStateChange(link)
  const edit: MenuItem = {
    label: 'Edit',
    icon: <Pencil aria-hidden />,
    onSelect: () =>
      void navigate({
        search: (before) => ({ ...before, panel: 'edit', id: String(link.id) }),
        resetScroll: false,
      }),
  }
  const attempt: MenuItem = {
    label: 'Try it without counting',
    icon: <ExternalLink aria-hidden />,
    onSelect: () => window.open(`${link.shortUrl}+`, '_blank', 'noopener,noreferrer'),
  }
  const states: MenuItem[] =
    link.state === 'archived'
      ? [{ label: 'Restore', icon: <ArchiveRestore aria-hidden />, onSelect: () => void turn('active') }]
      : [
          link.state === 'active'
            ? { label: 'Disable', icon: <CirclePause aria-hidden />, onSelect: () => void turn('disabled') }
            : { label: 'Enable', icon: <CirclePlay aria-hidden />, onSelect: () => void turn('active') },
          {
            label: 'Archive',
            icon: <Archive aria-hidden />,
            onSelect: () => void turn('archived'),
            danger: true,
          },
        ]
  return (
    <div className="flex items-center justify-end">
      <CopyButton text={link.shortUrl} label="Copy the short link" />
      <Menu
        trigger={
          <IconButton label={`Actions for ${spoken(link.shortUrl)}`} size="sm" hint={false}>
            <Ellipsis className="size-4" aria-hidden />
          </IconButton>
        }
        groups={[link.state === 'archived' ? [attempt] : [edit, attempt], states]}
      />
    </div>
  )
}

/** A link's short address, which opens its panel. */
export function LinkName({ link }: { link: LinkRecord }) {
  return (
    <RouterLink
      from="/links"
      to="/links"
      search={(before) => ({ ...before, panel: 'edit', id: String(link.id) })}
      resetScroll={false}
      title={link.shortUrl}
      className="block truncate rounded-sm font-medium hover:underline hover:decoration-line-strong hover:underline-offset-3"
    >
      {link.slug}
    </RouterLink>
  )
}
