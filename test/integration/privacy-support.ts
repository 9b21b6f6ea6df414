import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ReadWarehouse } from '../faults/ledger.ts'

/** Bytes under which something would be found, by what they are of it. */
export type Needles = ReadonlyMap<string, Buffer>

/** The forms in which an IPv4 address could be stored by accident. */
export function ipv4Needles(address: string): Needles {
  const parts = address.split('.').map(Number)
  const binary = Buffer.from(parts)
  const hex = binary.toString('hex')
  return texts({
    text: address,
    network: `${parts.slice(0, 3).join('.')}.`,
    'number in decimals': String(binary.readUInt32BE()),
    hex,
    'hex in groups': `${hex.slice(0, 4)}:${hex.slice(4)}`,
    'escaped text': address.replaceAll('.', '%2E'),
    base64: Buffer.from(address).toString('base64').slice(0, 12),
  }).set('binary', binary)
}

/** Of an IPv6 address in its full form: also of the network of its first 64 bits. */
export function ipv6Needles(address: string): Needles {
  const groups = address.split(':')
  const full = groups.map((group) => group.padStart(4, '0'))
  const binary = Buffer.from(full.join(''), 'hex')
  const needles = texts({
    text: address,
    'full text': full.join(':'),
    'network as text': groups.slice(0, 4).join(':'),
    'network as full text': full.slice(0, 4).join(':'),
    host: groups.slice(4).join(':'),
    hex: binary.toString('hex'),
    'network as hex': binary.toString('hex', 0, 8),
    'escaped text': address.replaceAll(':', '%3A'),
    base64: Buffer.from(address).toString('base64').slice(0, 20),
  })
  return needles.set('binary', binary).set('network in binary', binary.subarray(0, 8))
}

export function textNeedles(text: string): Needles {
  return texts({ text })
}

function texts(forms: Record<string, string>): Map<string, Buffer> {
  return new Map(Object.entries(forms).map(([form, text]) => [form, Buffer.from(text)]))
}

/** Which needles stand in these bytes, as text in any case. */
export function foundIn(bytes: Buffer, needles: Needles): string[] {
  const lower = bytes.toString('latin1').toLowerCase()
  return [...needles]
    .filter(([, needle]) => lower.includes(needle.toString('latin1').toLowerCase()))
    .map(([form]) => form)
}

/** The files below a folder that hold one of the needles, and which; compressed ones are opened. */
export function foundInFiles(folder: string, needles: Needles): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const raw = readFileSync(path)
      const bytes = entry.name.endsWith('.gz') ? gunzipSync(raw) : raw
      return foundIn(bytes, needles).map((form) => `${path.slice(folder.length)}: ${form}`)
    })
}

/** The columns of a warehouse, of whatever type, that hold one of the needles: `table.column: count`. */
export async function foundInWarehouse(read: ReadWarehouse, needles: Needles): Promise<string[]> {
  const [columns = []] = await read([
    `SELECT database, table, name FROM system.columns
     WHERE database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA') AND type NOT LIKE '%AggregateFunction%'`,
  ])
  const looked = [...needles.values()].map((needle) => `unhex('${needle.toString('hex')}')`)
  const lowered = looked.map((needle) => `position(lower(text), lower(${needle})) > 0`)
  const counts = await read(
    columns.map(
      ({ database, table, name }) =>
        `SELECT countIf(${lowered.join(' OR ')}) AS found
         FROM (SELECT toString(\`${name}\`) AS text FROM \`${database}\`.\`${table}\`)`,
    ),
  )
  return columns.flatMap(({ table, name }, index) => {
    const found = Number(counts[index]?.[0]?.found)
    return found === 0 ? [] : [`${table}.${name}: ${found}`]
  })
}

/** Bytes on a connection of their own; resolves when it is closed. */
export function sendBytes(port: number, bytes: string): Promise<void> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.on('data', () => {})
    socket.on('close', () => done())
    socket.on('error', () => done())
  })
}
