import type { Site } from '../domain/site.ts'
import { CLICK_IDS } from '../facts/click-ids.ts'

/** The query keys whose values a site keeps beyond those every site keeps: what `privateUrl` is told. */
export function keptKeys({ pageKeys, keepClickIds }: Site): ReadonlySet<string> {
  return new Set([...pageKeys, ...(keepClickIds ? CLICK_IDS.map(({ name }) => name) : [])])
}
