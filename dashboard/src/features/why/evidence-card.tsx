import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '../../shared/ui/card.tsx'
import { cx } from '../../shared/ui/cx.ts'
import type { Evidence, VisitLabel } from './why-api.ts'
import { placeWords, senderWords } from './words.ts'

/** Everything that was looked at, in the order in which it was weighed; what decided is marked. */
export function EvidenceCard({ label, stale }: { label: VisitLabel; stale: boolean }) {
  const all = label.evidence ?? []
  return (
    <Card title="Evidence" note="in the order it was weighed" stale={stale}>
      <div className="flex flex-col gap-5 px-5 pb-5 max-sm:px-4">
        <Pieces
          title="Where it came from"
          pieces={all.filter(({ about }) => about === 'channel')}
          none="The address carries no tag and no click id, and no referrer or app speaks: the visit is Direct."
          undecided="None of it names where the visit came from."
          says={(says) => says}
        />
        <Pieces
          title="Who sent it"
          pieces={all.filter(({ about }) => about === 'bot')}
          none="No user agent, method or header was given, so nobody asked."
          says={senderWords}
        />
      </div>
    </Card>
  )
}

function Pieces({
  title,
  pieces,
  none,
  undecided,
  says,
}: {
  title: string
  pieces: Evidence[]
  none: string
  undecided?: string
  says: (text: string) => string
}) {
  return (
    <section aria-label={title}>
      <h3 className="mb-2 text-xs font-medium text-ink-3">{title}</h3>
      {pieces.length === 0 ? (
        <Quiet>{none}</Quiet>
      ) : (
        <ol className="flex flex-col gap-1.5">
          {pieces.map((piece, index) => (
            // Two pieces may be alike (two headers of one value): their place tells them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew with every answer
            <Piece key={index} place={index + 1} piece={piece} says={says(piece.says)} />
          ))}
        </ol>
      )}
      {undecided !== undefined && pieces.length > 0 && pieces.every(({ decided }) => !decided) && (
        <p className="mt-2 text-sm text-ink-2">{undecided}</p>
      )}
    </section>
  )
}

function Quiet({ children }: { children: ReactNode }) {
  return (
    <p className="rounded-md border border-dashed border-line-strong px-3.5 py-2.5 text-sm text-ink-2">
      {children}
    </p>
  )
}

function Piece({ place, piece, says }: { place: number; piece: Evidence; says: string }) {
  const { decided } = piece
  return (
    <li
      className={cx(
        'flex gap-3 rounded-md border px-3.5 py-2.5',
        decided ? 'border-accent bg-accent-soft ring-1 ring-accent ring-inset' : 'border-line',
      )}
    >
      <span
        aria-hidden
        className={cx(
          'mt-px flex size-5 shrink-0 items-center justify-center rounded-full text-2xs font-medium tabular-nums',
          decided ? 'bg-accent text-on-accent' : 'bg-sunken text-ink-3 ring-1 ring-line ring-inset',
        )}
      >
        {decided ? <Check className="size-3.5" aria-hidden /> : place}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-sm font-medium">{placeWords(piece.from)}</span>
          {decided && <span className="ml-auto text-xs font-semibold text-accent">Decided</span>}
        </div>
        <p className="mt-0.5 font-mono text-xs leading-4.5 text-ink-2 wrap-anywhere">{piece.value}</p>
        <p className="mt-1 text-sm wrap-anywhere">
          <span className="text-ink-3">says </span>
          <span className={cx(decided && 'font-medium')}>{says}</span>
        </p>
      </div>
    </li>
  )
}
