import { Download } from 'lucide-react'
import { useState } from 'react'
import type { DateRange } from '../../../../server/reports/contract.ts'
import { ApiProblem } from '../api/problem.ts'
import { Button } from './button.tsx'
import { useToast } from './toast.tsx'

export interface CsvButtonProps {
  fetchFile: () => Promise<Blob>
  fileName: string
  /** What the file holds, on hover. */
  title?: string
}

/** Fetches a CSV file and hands it to the browser to save; says so where that fails. */
export function CsvButton({
  fetchFile,
  fileName,
  title = 'Download these rows as a CSV file',
}: CsvButtonProps) {
  const tell = useToast()
  const [busy, setBusy] = useState(false)
  async function download() {
    setBusy(true)
    try {
      const blob = await fetchFile()
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blob)
      link.download = fileName
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    } catch (error) {
      tell({
        text: `The file could not be made: ${error instanceof ApiProblem ? error.message : 'try again'}`,
      })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button onClick={download} disabled={busy} title={title}>
      <Download className="size-4 text-ink-3" aria-hidden />
      CSV
    </Button>
  )
}

/** A range of days as part of a file's name. */
export function rangeInName(range: DateRange): string {
  return Array.isArray(range) ? range.join('_') : range
}
