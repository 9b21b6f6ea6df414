import facts from '../facts/assets.json' with { type: 'json' }

const ASSET_EXTENSIONS = new Set(Object.values(facts.extensions).flat())
const ASSET_PATHS = new Set(facts.paths)
const FEED_EXTENSIONS = new Set(facts.feeds.extensions)
const FEED_NAMES = new Set(facts.feeds.names)
const FEED_QUERY = new Map(Object.entries(facts.feeds.query).map(([key, values]) => [key, new Set(values)]))

/**
 * What an address of a site is, by `facts/assets.json`: a page is a document in which a page script would have run.
 *
 * @param target path and query, as asked for
 */
export function pageKind(target: string): 'page' | 'asset' | 'feed' {
  const question = target.indexOf('?')
  const path = (question === -1 ? target : target.slice(0, question)).toLowerCase()
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  const name = trimmed.slice(trimmed.lastIndexOf('/') + 1)
  const dot = path.endsWith('/') ? -1 : name.lastIndexOf('.')
  const extension = dot === -1 ? '' : name.slice(dot + 1)

  if (FEED_NAMES.has(name) || FEED_EXTENSIONS.has(extension)) return 'feed'
  if (facts.feeds.endings.some((ending) => trimmed.endsWith(ending))) return 'feed'
  if (question !== -1 && isFeedQuery(target.slice(question + 1))) return 'feed'
  if (ASSET_EXTENSIONS.has(extension) || ASSET_PATHS.has(path)) return 'asset'
  return facts.folders.some((folder) => path.startsWith(folder)) ? 'asset' : 'page'
}

function isFeedQuery(query: string): boolean {
  return query.split('&').some((pair) => {
    const [key = '', value = ''] = pair.toLowerCase().split('=')
    return FEED_QUERY.get(key)?.has(value) === true
  })
}
