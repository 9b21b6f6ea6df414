import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Check, ExternalLink, Plus } from 'lucide-react'
import { useState } from 'react'
import { Button, buttonClass } from '../../shared/ui/button.tsx'
import { CopyButton } from '../../shared/ui/copy-button.tsx'
import { Sheet } from '../../shared/ui/sheet.tsx'
import { Failure, Skeleton } from '../../shared/ui/states.tsx'
import { useToast } from '../../shared/ui/toast.tsx'
import { EDITOR_ID, LinkEditor } from './link-editor.tsx'
import { type LinkRecord, spoken } from './link-record.ts'
import { oneLink } from './links-api.ts'

const route = getRouteApi('/links')

/** The panel in which links are made and changed; open as the address says. */
export function LinkSheet({ known }: { known: LinkRecord[] }) {
  const { panel, id } = route.useSearch()
  const navigate = route.useNavigate()
  const close = () =>
    void navigate({
      search: (before) => ({ ...before, panel: undefined, id: undefined }),
      resetScroll: false,
    })
  if (panel === 'new') return <NewLink onClose={close} />
  if (panel === 'edit' && id !== undefined) {
    const link = known.find((one) => String(one.id) === id)
    return <EditLink key={id} id={id} {...(link === undefined ? {} : { link })} onClose={close} />
  }
  return null
}

function Footer({ busy, label, onClose }: { busy: boolean; label: string; onClose: () => void }) {
  return (
    <div className="flex justify-end gap-2">
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button look="primary" type="submit" form={EDITOR_ID} disabled={busy}>
        {busy ? 'Saving …' : label}
      </Button>
    </div>
  )
}

function NewLink({ onClose }: { onClose: () => void }) {
  const { site } = route.useSearch()
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<LinkRecord | null>(null)
  if (made !== null) {
    return (
      <Sheet
        open
        onClose={onClose}
        title="The link is live"
        description="Put it in a post: every click counts from now on."
      >
        <Made link={made} onAnother={() => setMade(null)} onDone={onClose} />
      </Sheet>
    )
  }
  return (
    <Sheet
      open
      onClose={onClose}
      title="New link"
      description="Only the destination is needed."
      footer={<Footer busy={busy} label="Make the link" onClose={onClose} />}
    >
      <LinkEditor site={site} onSaved={setMade} onBusy={setBusy} />
    </Sheet>
  )
}

function Made({ link, onAnother, onDone }: { link: LinkRecord; onAnother: () => void; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-5">
      <div className="flex items-center gap-2 rounded-lg border border-line bg-accent-soft py-3 pr-2 pl-4">
        <Check className="size-4.5 shrink-0 text-accent" aria-hidden />
        <span className="min-w-0 flex-1 text-lg font-semibold wrap-anywhere">{spoken(link.shortUrl)}</span>
        <CopyButton text={link.shortUrl} label="Copy the short link" size="md" />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onAnother}>
          <Plus className="size-4" aria-hidden />
          Make another
        </Button>
        <a href={`${link.shortUrl}+`} target="_blank" rel="noreferrer" className={buttonClass('plain')}>
          <ExternalLink className="size-4 text-ink-3" aria-hidden />
          Try it without counting
        </a>
        <Button look="primary" className="ml-auto" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  )
}

function EditLink({ id, link, onClose }: { id: string; link?: LinkRecord; onClose: () => void }) {
  const tell = useToast()
  const [busy, setBusy] = useState(false)
  const { data, error, refetch } = useQuery({ ...oneLink(id), enabled: link === undefined })
  const found = link ?? data
  return (
    <Sheet
      open
      onClose={onClose}
      title={found === undefined ? 'Link' : spoken(found.shortUrl)}
      description="An edit is live within a second."
      footer={found !== undefined && <Footer busy={busy} label="Save" onClose={onClose} />}
    >
      {found !== undefined ? (
        <LinkEditor
          link={found}
          onBusy={setBusy}
          onSaved={(saved) => {
            tell({ text: `Saved ${spoken(saved.shortUrl)}` })
            onClose()
          }}
        />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} what="The link" />
      ) : (
        <Skeleton className="h-80" />
      )}
    </Sheet>
  )
}
