/**
 * Query keys whose values stored addresses keep, besides the keys that a site declares: they name a campaign or a
 * search, not a person. A module, not a table on disk: the edge reads it on every redirect without any I/O.
 */

/** Keys that begin with this keep their value. */
export const CAMPAIGN_KEY_PREFIX = 'utm_'

/** Sources as links write them outside the utm family. */
export const SOURCE_KEYS: readonly string[] = ['ref', 'source']

/**
 * Search terms: the parameters of the engines that still send them (Google, Bing, DuckDuckGo `q`; Yahoo `p`; Baidu
 * `wd`, `word`; Yandex `text`; Naver, Startpage `query`; Virgilio, Onet `qs`, `qt`), and the usual names that sites
 * give their own search. Rare names of extinct engines (`name`, `key`, `r`, `What` …) are left out: elsewhere they
 * hold personal data.
 */
export const SEARCH_TERM_KEYS: readonly string[] = [
  'q',
  'query',
  'p',
  'wd',
  'word',
  'text',
  'search',
  'searchterm',
  'search_term',
  'search_query',
  'keyword',
  'keywords',
  'kw',
  's',
  'qs',
  'qt',
]

/** File names that servers show for their folder: `/a/index.html` is the page `/a`. */
export const INDEX_FILES: readonly string[] = [
  'index.html',
  'index.htm',
  'index.xhtml',
  'index.shtml',
  'index.php',
  'index.asp',
  'index.aspx',
  'index.jsp',
  'index.cgi',
  'default.asp',
  'default.aspx',
  'default.htm',
  'default.html',
]
