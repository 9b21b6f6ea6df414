import { formatSides } from '../../shared/sides.ts'
import { SidesField } from '../../shared/sides-field.tsx'
import { useCompare } from './use-compare.ts'

/** What stands on each side. */
export function SidesPicker() {
  const { view, site, change } = useCompare()
  return (
    <SidesField
      value={view.sides}
      site={site?.id}
      onChange={(sides) => change({ ...formatSides(sides), p: undefined })}
    />
  )
}
