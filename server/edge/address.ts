import { BlockList } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Who asks, only as long as the request lasts: it becomes a country and a visitor key and is then forgotten. */
export interface ClientAddress {
  /** IPv4 dotted or IPv6; empty where it cannot be known. */
  address: string
  /** What enters the visitor key: the IPv4 address, or the /64 that a household's IPv6 addresses share. */
  household: string
}

export interface ForwardingHeaders {
  /** `X-Forwarded-For`, its lines joined by commas; empty where there is none. */
  forwardedFor: string
  /** `Forwarded` (RFC 7239), likewise. */
  forwarded: string
}

export interface AddressReader {
  /**
   * @param peer the connection's remote address
   */
  read(peer: string | undefined, headers: ForwardingHeaders): ClientAddress
  /** Requests whose forwarding headers were ignored because their peer is not a trusted proxy. */
  ignored(): number
  /** Requests of a trusted proxy whose two forwarding headers named different clients: neither is believed. */
  contradictory(): number
}

const NOBODY: ClientAddress = { address: '', household: '' }
const MAPPED = '::ffff:'

/**
 * Reads the client's address. Forwarding headers count only where the peer is a trusted proxy; then the client is the
 * right-most address that is none. A proxy that sets one of the two headers passes the other on as the client sent it,
 * so where both are there they must agree.
 *
 * @param trustedProxies addresses and CIDR ranges
 * @throws {TypeError} naming an entry that is neither
 */
export function createAddressReader(trustedProxies: readonly string[]): AddressReader {
  const trusted = trustedProxies.length === 0 ? null : blockList(trustedProxies)
  let ignored = 0
  let contradictory = 0
  return {
    read(peer, headers) {
      const address = peer === undefined ? '' : peerAddress(peer)
      if (headers.forwardedFor === '' && headers.forwarded === '') return clientAddress(address)
      if (!trusted || address === '' || !isTrusted(trusted, address)) {
        ignored++
        return clientAddress(address)
      }
      const byList = headers.forwardedFor === '' ? null : nearest(listed(headers.forwardedFor), trusted)
      const byStandard = headers.forwarded === '' ? null : nearest(standard(headers.forwarded), trusted)
      if (byList !== null && byStandard !== null && byList !== byStandard) {
        contradictory++
        return NOBODY
      }
      return clientAddress(byList ?? byStandard ?? '')
    },
    ignored: () => ignored,
    contradictory: () => contradictory,
  }
}

/** The address in its usual form, IPv4-mapped ones as IPv4; empty for anything else. Takes ports, brackets, zones. */
export function normalAddress(text: string): string {
  let bare = text.trim()
  if (bare.startsWith('[')) bare = bare.slice(1, bare.indexOf(']') < 0 ? undefined : bare.indexOf(']'))
  else if (/^[\d.]+:\d+$/.test(bare)) bare = bare.slice(0, bare.indexOf(':'))
  const zone = bare.indexOf('%')
  if (zone >= 0) bare = bare.slice(0, zone)
  if (!ipaddr.isValid(bare) || (!bare.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(bare))) return ''
  return ipaddr.process(bare).toString()
}

function clientAddress(address: string): ClientAddress {
  if (address === '') return NOBODY
  if (!address.includes(':')) return { address, household: address }
  const parts = ipaddr.IPv6.parse(address).parts.slice(0, 4)
  return { address, household: `${parts.map((part) => part.toString(16)).join(':')}::/64` }
}

/** What the system calls a peer is in its usual form already: only mapped IPv4 and zones are to be seen to. */
function peerAddress(peer: string): string {
  if (peer.startsWith(MAPPED) && peer.includes('.')) return peer.slice(MAPPED.length)
  return peer.includes('%') ? peer.slice(0, peer.indexOf('%')) : peer
}

/** The right-most entry that is no trusted proxy; the left-most where all are; empty where one says no address. */
function nearest(entries: string[], trusted: BlockList): string {
  let address = ''
  for (const entry of entries.reverse()) {
    address = normalAddress(entry)
    if (address === '' || !isTrusted(trusted, address)) return address
  }
  return address
}

function listed(header: string): string[] {
  return header.split(',')
}

/** The `for` of each element of `Forwarded`: `for="[2001:db8::1]:4711";proto=https, for=192.0.2.1`. */
function standard(header: string): string[] {
  return header.split(',').map((element) => {
    for (const pair of element.split(';')) {
      const [name = '', value = ''] = pair.split('=', 2)
      if (name.trim().toLowerCase() === 'for') return value.trim().replace(/^"(.*)"$/, '$1')
    }
    return ''
  })
}

function isTrusted(list: BlockList, address: string): boolean {
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    try {
      const [range, bits] = ipaddr.parseCIDR(entry.includes('/') ? entry : single(entry))
      list.addSubnet(range.toString(), bits, range.kind())
    } catch {
      throw new TypeError(
        `trusted proxy "${entry}" is neither an address nor a CIDR range such as 10.0.0.0/8`,
      )
    }
  }
  return list
}

function single(address: string): string {
  return `${address}/${ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128}`
}
