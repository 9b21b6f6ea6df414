import { hash } from 'node:crypto'

/**
 * What is kept of an id that a site has for its visitor (a customer's number): 128 bits of SHA-256 over site and text,
 * as 32 hex digits. Whoever knows the text can find its hash; nobody reads the text from it.
 */
export function hashedExternalId(siteId: number, externalId: string): string {
  return hash('sha256', `${siteId}\n${externalId}`, 'hex').slice(0, 32)
}
