import { expect, test } from 'vitest'
import { createDeviceReader } from './device.ts'

const read = createDeviceReader()
const FROZEN_ANDROID =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36'
const LINUX =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'desktop',
    'Firefox',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15',
    'desktop',
    'Safari',
    'macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1',
    'mobile',
    'Safari',
    'iOS',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1',
    'tablet',
    'Safari',
    'iOS',
  ],
  [FROZEN_ANDROID, 'mobile', 'Chrome', 'Android'],
  [LINUX, 'desktop', 'Chrome', 'Linux'],
  [
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36',
    'tv',
    'Samsung Internet',
    'Tizen',
  ],
  ['', '', '', ''],
])('%s', (userAgent, device, browser, os) => {
  expect(read(userAgent, {})).toEqual({ device, browser, os })
})

test('client hints say what a frozen user agent hides', () => {
  const tablet = { 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' }
  expect(read(LINUX, tablet)).toEqual({ device: 'tablet', browser: 'Chrome', os: 'Android' })
  expect(read(FROZEN_ANDROID, { 'sec-ch-ua-mobile': '?1', 'sec-ch-ua-platform': '"Android"' }).device).toBe(
    'mobile',
  )
  expect(read(LINUX, { 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Unknown"' }).os).toBe('Linux')
})
