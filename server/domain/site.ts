/** A web property and its pages. */
export interface Site {
  id: number
  /** Unique handle, as queries name it: `default`. */
  name: string
  /** Hosts of its pages, lower case, without `www.`: a page event from any other host is refused. */
  hostnames: string[]
  /** IANA zone in which its days are counted. */
  timezone: string
  /** ISO 4217 code. */
  currency: string
  /** Query keys that are part of a page's identity (`?model=x`): kept in stored addresses and in landing pages. */
  pageKeys: string[]
  /** Keep the values of third-party click ids, which platforms treat as personal data. */
  keepClickIds: boolean
  /** Take `Sec-GPC: 1` for a refusal of consent, whatever the page says; where it is not said: `SIGNAL_DEFAULTS`. */
  respectGpc?: boolean
  /** The same of `DNT: 1`. */
  respectDnt?: boolean
}

/**
 * What browsers' signals mean to a site that does not say: Global Privacy Control is a refusal by law in some places;
 * DNT has been given up by its makers, and was once set without asking.
 */
export const SIGNAL_DEFAULTS = { respectGpc: true, respectDnt: false } as const

/** Signals of a browser, as headers of its requests. */
export interface PrivacySignals {
  /** `Sec-GPC: 1`. */
  gpc: boolean
  /** `DNT: 1`. */
  dnt: boolean
}

/** Whether the site takes what the browser signals for a refusal to be recognised beyond the day. */
export function refusesBySignal(site: Site, { gpc, dnt }: PrivacySignals): boolean {
  return (
    (gpc && (site.respectGpc ?? SIGNAL_DEFAULTS.respectGpc)) ||
    (dnt && (site.respectDnt ?? SIGNAL_DEFAULTS.respectDnt))
  )
}
