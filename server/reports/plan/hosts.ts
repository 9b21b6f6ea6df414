export const LANDING_PAGE = 'landing_page'

/** The host of a landing page, `host/path`. */
export function hostSql(page: string): string {
  return `substringIndex(${page}, '/', 1)`
}

export function hostOf(page: string): string {
  return page.split('/', 1)[0] ?? ''
}
