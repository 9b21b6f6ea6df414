import type { Progress } from '../../../../server/reports/attribution/contract.ts'
import { share } from '../../shared/format/number.ts'
import { stageWords } from './model-words.ts'

/** What is being done and how far it is. Only its stages are read out: percents would never end. */
export function ProgressLine({ busy, progress }: { busy: boolean; progress: Progress | undefined }) {
  const stage = progress === undefined ? 'Asking' : stageWords(progress.stage)
  const done = progress?.done ?? 0
  return (
    <>
      <p role="status" className="sr-only">
        {busy ? `${stage} …` : ''}
      </p>
      {busy && (
        <div className="flex items-center gap-2.5 text-xs whitespace-nowrap text-ink-2" aria-hidden>
          <span>{stage}</span>
          <span className="h-1.5 w-28 overflow-hidden rounded-full bg-line">
            <span
              className="block h-full rounded-full bg-accent transition-[width] duration-150"
              style={{ width: `${Math.max(0.04, done) * 100}%` }}
            />
          </span>
          <span className="w-11 text-right tabular-nums">{progress === undefined ? '' : share(done)}</span>
        </div>
      )}
    </>
  )
}
