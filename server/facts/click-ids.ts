/**
 * Click ids that platforms add to the addresses they lead to, and what one says of the visit that carries it.
 * A module, not a table on disk: the edge reads it on every redirect without any I/O.
 *
 * Names are spelt as their platform spells them; they are compared without case (Snapchat sends `ScCid` and
 * `sccid`). Collected from the platforms' own documentation and from the lists of PostHog, ClearURLs and
 * henkisdabro/platform-url-click-id-parameters (names only).
 */
export interface ClickIdFact {
  name: string
  source: string
  category: ClickIdCategory
  /** `paid`: only advertisements carry it. `organic`: unpaid links carry it too, or only they do. */
  says: 'paid' | 'organic'
}

export type ClickIdCategory = 'search' | 'social' | 'shopping' | 'email' | 'affiliate' | 'display' | 'other'

const paid = (category: ClickIdCategory, source: string, ...names: string[]): ClickIdFact[] =>
  names.map((name) => ({ name, source, category, says: 'paid' }))
const organic = (category: ClickIdCategory, source: string, ...names: string[]): ClickIdFact[] =>
  names.map((name) => ({ name, source, category, says: 'organic' }))

export const CLICK_IDS: readonly ClickIdFact[] = [
  ...paid('search', 'Google', 'gclid', 'wbraid', 'gbraid', 'gclsrc', 'gad_source', 'gad_campaignid'),
  ...paid('display', 'Google Ads', 'dclid'),
  ...paid('search', 'Bing', 'msclkid'),
  ...paid('search', 'Yandex', 'yclid', 'ymclid'),
  ...paid('social', 'X', 'twclid'),
  ...paid('social', 'TikTok', 'ttclid'),
  ...paid('social', 'Snapchat', 'ScCid'),
  ...paid('social', 'LinkedIn', 'li_fat_id'),
  ...paid('social', 'Reddit', 'rdt_cid', 'rdclid'),
  ...paid('social', 'Quora', 'qclid'),
  ...paid('display', 'Taboola', 'tblci'),
  ...paid('display', 'Outbrain', 'dicbo', 'obOrigUrl'),
  // An affiliate's click is paid for, but Google's group has a channel of its own for it.
  ...organic('affiliate', 'Impact', 'irclickid', 'irclid'),
  ...organic('affiliate', 'Awin', 'awc'),
  ...organic('affiliate', 'CJ', 'cjevent'),
  // Meta adds fbclid to every outbound link since October 2018: it names Meta and says nothing about money.
  ...organic(
    'social',
    'Facebook',
    'fbclid',
    'fb_action_ids',
    'fb_action_types',
    'fb_source',
    'fb_ref',
    'mibextid',
  ),
  ...organic('social', 'Instagram', 'igshid', 'igsh'),
  ...organic('social', 'Threads', 'xmt'),
  // Two sources say advertisements only; whether unpaid pins carry it is not confirmed, so it proves no payment.
  ...organic('social', 'Pinterest', 'epik', '_epik'),
  ...organic('search', 'Google', 'srsltid'),
  ...organic('search', 'Yandex', 'ysclid'),
  ...organic('email', 'Mailchimp', 'mc_cid', 'mc_eid'),
  ...organic('email', 'Klaviyo', '_kx'),
  ...organic('email', 'Marketo', 'mkt_tok'),
  ...organic('email', 'HubSpot Email', '_hsenc', '_hsmi'),
  ...organic('email', 'Vero', 'vero_id', 'vero_conv'),
  ...organic('email', 'Omeda', 'oly_enc_id', 'oly_anon_id'),
]
