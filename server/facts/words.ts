/**
 * Words of tags and hosts, each matched as a whole token, never as part of a longer word (`automobile` holds no
 * `mobile`). A module, not a table on disk: the lists are short and code names each of them.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Say nothing more than the source beside them: `facebook_mobile_feed` is Facebook. */
export const DECORATING_WORDS = words(`
  organic social post posts story stories feed reel reels page group bio profile mobile desktop app share shared
  official channel shorts video newsfeed timeline link com www`)

/** Beside a source they say that the visit was paid for: `linkedin-ads`, or at its end: `fbads`, `googlecpc`. */
export const PAYING_WORDS = words('ad ads paid cpc ppc cpm sponsored boost boosted')

/** First labels of hosts that show the same site to telephones. */
export const MOBILE_LABELS = words('m mobile touch wap amp')

/**
 * Labels below a registrable domain under which webmail stands, without the numbers that providers count their
 * machines by: `sz0105.wc.mail.comcast.net`, `mail02`, `webmail1m`, `lightmailer-bap`.
 */
export const MAIL_LABELS = words(`
  mail webmail email e-mail wmail mymail upcmail messagerie messageriepro poczta posta correo correio mailbox
  webmailer lightmailer mailbusiness roundcube zimbra horde squirrelmail owa exchange`)

/** A source that is no known one and bears one of these words is a mailing of the site's own: `newsletter-uk`. */
export const MAILING_WORDS = words('newsletter newsletters email e-mail mailing')

/** Values that stand for none: unfilled fields of tagging tools, and what Google Analytics itself prints. */
export const EMPTY_VALUES = words(
  '(none) (not_set) (notset) none null undefined nil n/a na - -- . {} [] (direct)',
)

/** Google's words for media, source support.google.com/analytics/answer/9756891, and close kin of each. */
export const MEDIUM_WORDS = {
  display: words('display banner banners expandable interstitial cpm'),
  social: words('social sm socialmedia socialnetwork socialnetworks'),
  video: words('video videos onlinevideo'),
  email: words('email emails newsletter newsletters mailing emailing edm eblast mailout'),
  affiliate: words('affiliate affiliates affiliation'),
  audio: words('audio podcast'),
  sms: words('sms mms'),
  push: words('push webpush mobile notification notifications'),
  ai: words('ai-assistant'),
  referral: words('referral app link'),
  search: words('seo'),
  /** Beside `(?:[eotv]?cp[a-z]s?|paid…)`, which code matches. */
  paid: words('ppc retargeting remarketing sem sea pmax adwords sponsored ads ad'),
} as const

/** Words of people's user agents that lists of bots take for a machine's: builds of browsers, makers of telephones. */
export const HARMLESS_TOKENS: readonly string[] = [
  'OptimizedIE7',
  'OptimizedIE8',
  'Java/ASVM',
  'Java/Jbed',
  'AlphaServer',
  'Channel/googleplay',
  'Google/google',
]
