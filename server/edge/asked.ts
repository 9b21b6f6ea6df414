import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientAddress } from './address.ts'
import type { Directory, DirectoryDomain } from './directory.ts'
import type { RequestHeaders } from './request-headers.ts'
import type { StoredUserAgent } from './visit.ts'

/** One request for a slug, on its way to an answer. */
export interface Asked {
  req: IncomingMessage
  res: ServerResponse
  path: string
  /** Without `?`. */
  query: string
  headers: RequestHeaders
  client: ClientAddress
  userAgent: StoredUserAgent
  directory: Directory
  domain: DirectoryDomain
  slug: string
  /** `performance.now()` when it came. */
  began: number
}
