/** What the ledger holds under a key: the highest version that was told. */
export interface KnownConversion {
  version: number
  /** `conversionFingerprint` of what was told. */
  fingerprint: string
  /** Unix milliseconds at which this version was first told. */
  receivedAt: number
  /** It may not be in the spool yet. */
  pending: boolean
}

/** What becomes of a conversion that is told; `version` is the one that the ledger holds. */
export type ConversionVerdict =
  | { kind: 'new' }
  | { kind: 'replaces'; version: number }
  | { kind: 'same'; receivedAt: number; pending: boolean }
  | { kind: 'other_body'; version: number }
  | { kind: 'older'; version: number }

/** What has become of a conversion that was told. */
export type ConversionOutcome =
  /** It counts, or has counted before; `receivedAt` is when this version was first told, Unix milliseconds. */
  | { kind: 'new' | 'replaces' | 'same'; receivedAt: number }
  | Extract<ConversionVerdict, { kind: 'other_body' | 'older' }>
  /** It was noted and could not be written yet: that is made up for, but nobody can be promised it now. */
  | { kind: 'delayed' }

/** The first telling counts, the same again changes nothing, a higher version replaces; all else is refused. */
export function decideConversion(
  known: KnownConversion | undefined,
  told: { version: number; fingerprint: string },
): ConversionVerdict {
  if (known === undefined) return { kind: 'new' }
  const { version, receivedAt, pending } = known
  if (told.version > version) return { kind: 'replaces', version }
  if (told.version < version) return { kind: 'older', version }
  return told.fingerprint === known.fingerprint
    ? { kind: 'same', receivedAt, pending }
    : { kind: 'other_body', version }
}
