/**
 * The smallest MaxMind-format database there can be, for IPv4: addresses below 128.0.0.0 are of one network, the
 * others of none (https://maxmind.github.io/MaxMind-DB/).
 *
 * @param networkNumber of the lower half
 */
export function asnDatabase(networkNumber: number): Buffer {
  const nodes = 1
  const noData = nodes
  const firstData = nodes + 16
  const tree = Buffer.from([0, 0, firstData, 0, 0, noData])
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    map({ autonomous_system_number: uint32(networkNumber) }),
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    map({
      binary_format_major_version: uint16(2),
      binary_format_minor_version: uint16(0),
      build_epoch: uint32(0),
      database_type: text('Test-ASN'),
      description: map({}),
      ip_version: uint16(4),
      languages: Buffer.from([0, 4]),
      node_count: uint32(nodes),
      record_size: uint16(24),
    }),
  ])
}

function map(fields: Record<string, Buffer>): Buffer {
  const names = Object.keys(fields)
  return Buffer.concat([
    Buffer.from([(7 << 5) | names.length]),
    ...names.flatMap((name) => [text(name), fields[name] ?? Buffer.alloc(0)]),
  ])
}

/** At most 28 bytes without a length of its own; one byte of length up to 284. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  const head = bytes.length < 29 ? [(2 << 5) | bytes.length] : [(2 << 5) | 29, bytes.length - 29]
  return Buffer.concat([Buffer.from(head), bytes])
}

function uint16(value: number): Buffer {
  return Buffer.from([(5 << 5) | 2, value >> 8, value & 255])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.from([(6 << 5) | 4, 0, 0, 0, 0])
  bytes.writeUInt32BE(value, 1)
  return bytes
}
