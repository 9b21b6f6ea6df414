import { describe, expect, it } from 'vitest'
import { createAddressReader, normalAddress } from './address.ts'

const none = { forwardedFor: '', forwarded: '' }

describe('a client’s address', () => {
  it('is its peer’s, IPv4-mapped ones as IPv4', () => {
    const reader = createAddressReader([])
    expect(reader.read('203.0.113.9', none)).toEqual({ address: '203.0.113.9', household: '203.0.113.9' })
    expect(reader.read('::ffff:203.0.113.9', none).household).toBe('203.0.113.9')
    expect(reader.read(undefined, none)).toEqual({ address: '', household: '' })
  })

  it('enters the visitor key by its /64 where it is IPv6', () => {
    const reader = createAddressReader([])
    const first = reader.read('2001:db8:1:2:aaaa::1', none)
    const second = reader.read('2001:db8:1:2:bbbb:1:2:3', none)
    expect(first.address).toBe('2001:db8:1:2:aaaa::1')
    expect(first.household).toBe(second.household)
    expect(reader.read('2001:db8:1:3::1', none).household).not.toBe(first.household)
    expect(reader.read('fe80::1%eth0', none).address).toBe('fe80::1')
  })

  it('is not believed from a forwarding header of just anybody, which is counted', () => {
    const reader = createAddressReader(['10.0.0.0/8'])
    expect(reader.read('203.0.113.9', { ...none, forwardedFor: '1.2.3.4' }).address).toBe('203.0.113.9')
    expect(reader.read('203.0.113.9', { ...none, forwarded: 'for=1.2.3.4' }).address).toBe('203.0.113.9')
    expect(reader.ignored()).toBe(2)
    expect(createAddressReader([]).read('127.0.0.1', { ...none, forwardedFor: '1.2.3.4' }).address).toBe(
      '127.0.0.1',
    )
  })

  it.each([
    ['the only entry', '1.2.3.4', '1.2.3.4'],
    ['the right-most untrusted entry', '6.6.6.6, 1.2.3.4, 10.1.1.1', '1.2.3.4'],
    ['never what stands left of it', '10.9.9.9, 6.6.6.6,1.2.3.4', '1.2.3.4'],
    ['the left-most where all are trusted', '10.0.0.5, 10.0.0.6', '10.0.0.5'],
    ['without its port', '1.2.3.4:5678', '1.2.3.4'],
    ['IPv6, with brackets and port', '[2001:db8::1]:443', '2001:db8::1'],
    ['mapped IPv4 as IPv4', '::ffff:1.2.3.4', '1.2.3.4'],
    ['unknown where the entry is no address', '1.2.3.4, unknown', ''],
    ['unknown where the entry is empty', '1.2.3.4, ', ''],
    ['unknown for half an address', '1.2.3', ''],
  ])('is, behind a trusted proxy, %s', (_, forwardedFor, expected) => {
    const reader = createAddressReader(['10.0.0.0/8', 'fd00::/8'])
    expect(reader.read('::ffff:10.0.0.1', { ...none, forwardedFor }).address).toBe(expected)
    expect(reader.read('fd00::7', { ...none, forwardedFor }).address).toBe(expected)
  })

  it('is read from Forwarded too', () => {
    const reader = createAddressReader(['10.0.0.1'])
    const read = (forwarded: string) => reader.read('10.0.0.1', { ...none, forwarded }).address
    expect(read('for=6.6.6.6, for="[2001:db8:cafe::17]:4711";proto=https;by=10.0.0.1')).toBe(
      '2001:db8:cafe::17',
    )
    expect(read('proto=https; For="192.0.2.43:47011"')).toBe('192.0.2.43')
    expect(read('for=_hidden')).toBe('')
    expect(read('proto=https')).toBe('')
  })

  it('is believed by neither header where they contradict each other', () => {
    const reader = createAddressReader(['10.0.0.1'])
    expect(reader.read('10.0.0.1', { forwardedFor: '1.2.3.4', forwarded: 'for=1.2.3.4' }).address).toBe(
      '1.2.3.4',
    )
    expect(reader.read('10.0.0.1', { forwardedFor: '1.2.3.4', forwarded: 'for=6.6.6.6' }).address).toBe('')
    expect(reader.contradictory()).toBe(1)
  })
})

describe('the list of trusted proxies', () => {
  it('names the entry that is wrong', () => {
    expect(() => createAddressReader(['10.0.0.0/8', 'my-proxy'])).toThrow(/"my-proxy"/)
    expect(() => createAddressReader(['10.0.0.0/40'])).toThrow(TypeError)
  })
})

describe('normalAddress', () => {
  it('takes no number for an address', () => {
    for (const text of ['1', '0x7f.1', '1.2.3.256', '::g', '', ' ', 'localhost'])
      expect(normalAddress(text)).toBe('')
  })
})
