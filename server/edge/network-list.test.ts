import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { normalAddress } from './address.ts'
import { readNetworks } from './network-list.ts'

async function* linesOf(text: string) {
  yield* text.split('\n')
}

async function listOf(text: string) {
  return (await readNetworks(linesOf(text))).list
}

describe('a list of networks', () => {
  it.each([
    ['a CIDR range', '192.0.2.0/24', '192.0.2.255', '192.0.3.0'],
    ['a range whose address has bits beyond its prefix', '192.0.2.77/24', '192.0.2.0', '192.0.3.0'],
    ['a whole half of the internet', '128.0.0.0/1', '255.255.255.255', '127.255.255.255'],
    ['one address', '192.0.2.1', '192.0.2.1', '192.0.2.2'],
    [
      'first and last address, as ipcat has them',
      '23.20.0.0,23.23.255.255,Amazon,http://x/',
      '23.22.1.1',
      '23.24.0.0',
    ],
    [
      'first and last address by tabs',
      '23.20.0.0\t23.23.255.255\t14618\tUS',
      '23.23.255.255',
      '23.19.255.255',
    ],
    ['a CSV line with quotes', '"192.0.2.0/24","Name, of a firm"', '192.0.2.9', '192.0.1.9'],
    ['a CSV line by semicolons', '192.0.2.0/24;Name', '192.0.2.9', '192.0.1.9'],
    ['a comment behind, as Spamhaus has it', '192.0.2.0/24 ; SBL123', '192.0.2.9', '192.0.1.9'],
    ['a comment behind', '192.0.2.0/24 # 198.51.100.0/24', '192.0.2.9', '198.51.100.1'],
    ['an IPv6 range', '2001:DB8::/33', '2001:db8:7fff:ffff::1', '2001:db8:8000::'],
    ['an IPv6 address', '2001:db8::1', '2001:db8::1', '2001:db8::2'],
    ['first and last IPv6 address', '2001:db8::,2001:db8::ffff', '2001:db8::ffff', '2001:db8::1:0'],
    ['a mapped range as IPv4', '::ffff:192.0.2.0/120', '192.0.2.255', '192.0.3.0'],
    ['the line of a file that begins with a mark', '\ufeff192.0.2.0/24', '192.0.2.9', '192.0.1.9'],
    ['a line with a carriage return', '192.0.2.0/24\r', '192.0.2.9', '192.0.1.9'],
  ])('holds what %s names, and nothing beside it', async (_, line, inside, outside) => {
    const read = await readNetworks(linesOf(line))
    expect(read).toMatchObject({ lines: 1, unreadable: 0, firstUnreadable: 0 })
    expect(read.list.holds(inside, 0)).toBe(true)
    expect(read.list.holds(outside, 0)).toBe(false)
    expect(read.list.holds('', 0)).toBe(false)
  })

  it.each([
    ['AS64496', 64496],
    ['as64496 # NAME', 64496],
    ['64496,"A firm, somewhere"', 64496],
    ['4294967295', 4294967295],
  ])('holds the network that "%s" names by number', async (line, number) => {
    const list = await listOf(line)
    expect(list.numbers).toBe(1)
    expect(list.holds('192.0.2.1', number)).toBe(true)
    expect(list.holds('192.0.2.1', number - 1)).toBe(false)
    expect(list.holds('192.0.2.1', 0)).toBe(false)
  })

  it('says how many lines it could not read and which was the first, and takes the others', async () => {
    const bad = [
      '{',
      '"ip_prefix": "3.4.12.4/32",',
      'amazon.example',
      '192.0.2.0/33',
      '192.0.2.0/',
      '192.0.2.0/-1',
      '192.0.2/24',
      '0x7f.1',
      '192.0.2.9,192.0.2.1',
      '192.0.2.9,2001:db8::1',
      '2001:db8::/129',
      'fe80::1%eth0',
      'AS0',
      'AS4294967296',
      '1'.repeat(100_000),
    ]
    const text = ['# a comment', '', '   ', '192.0.2.0/24', ...bad, '198.51.100.0/24'].join('\n')
    const read = await readNetworks(linesOf(text))
    expect(read).toMatchObject({ lines: bad.length + 2, unreadable: bad.length, firstUnreadable: 5 })
    expect(read.list).toMatchObject({ ranges: 2, numbers: 0 })
    expect(read.list.holds('198.51.100.7', 0)).toBe(true)
  })

  it('takes the head of a CSV file for what it is, and only there', async () => {
    const read = await readNetworks(linesOf('# made by hand\nASN,Entity\n64496,A firm'))
    expect(read).toMatchObject({ lines: 2, unreadable: 0 })
    expect(await readNetworks(linesOf('64496,A firm\nASN,Entity'))).toMatchObject({ unreadable: 1 })
    expect(await readNetworks(linesOf('nonsense'))).toMatchObject({ unreadable: 1, firstUnreadable: 1 })
  })

  it('agrees with looking through every range one by one', async () => {
    const octet = fc.constantFrom(0, 1, 127, 128, 254, 255)
    const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'))
    const part = fc.constantFrom('0', '1', '7fff', '8000', 'ffff', '2001')
    const ipv6 = fc.array(part, { minLength: 8, maxLength: 8 }).map((parts) => parts.join(':'))
    const mapped = ipv4.map((address) => `::ffff:${address}`)
    const ranges = fc.oneof(
      fc.tuple(ipv4, fc.nat(32)),
      fc.tuple(ipv6, fc.nat(128)),
      fc.tuple(mapped, fc.integer({ min: 96, max: 128 })),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(ranges, { maxLength: 12 }),
        fc.array(fc.oneof(ipv4, ipv6, mapped), { minLength: 1, maxLength: 12 }),
        async (networks, addresses) => {
          const list = await listOf(networks.map((network) => network.join('/')).join('\n'))
          for (const address of addresses) {
            expect(list.holds(normalAddress(address), 0)).toBe(heldByOne(networks, address))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('answers for any text as a list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        const { list, lines, unreadable } = await readNetworks(linesOf(text))
        expect(unreadable).toBeLessThanOrEqual(lines)
        expect(list.holds('192.0.2.1', 1)).toBeTypeOf('boolean')
      }),
    )
  })
})

function heldByOne(networks: [string, number][], text: string): boolean {
  const address = ipaddr.process(text)
  return networks.some(([network, bits]) => {
    const given = ipaddr.parse(network)
    const range = ipaddr.process(network)
    const prefix = given.kind() === range.kind() ? bits : bits - 96
    return range.kind() === address.kind() && address.match(range, prefix)
  })
}
