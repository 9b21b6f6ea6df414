import { ComparePage } from '../features/compare/compare-page.tsx'
import { DemoOffer } from '../features/demo/demo-offer.tsx'

/** The page of a site without data offers a demonstration. */
export function CompareRoute() {
  return <ComparePage offer={<DemoOffer />} />
}
