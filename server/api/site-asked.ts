import type { Site } from '../domain/site.ts'
import { QuestionError, shown } from '../reports/problems.ts'

/** @throws {QuestionError} where there is no site of that name. */
export async function siteAsked(
  sites: { byName(name: string): Promise<Site | null> },
  name: string,
): Promise<Site> {
  const site = await sites.byName(name)
  if (!site) throw new QuestionError([{ field: 'site', message: `There is no site ${shown(name)}.` }])
  return site
}
