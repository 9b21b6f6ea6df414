import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import { packageFile } from '../../server/paths.ts'

let script = ''
beforeAll(async () => {
  const built = await build({
    entryPoints: [packageFile('tracker', 'src', 't.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2018',
    minify: true,
    legalComments: 'none',
    write: false,
  })
  script = built.outputFiles[0]?.text ?? ''
})

interface Sent {
  url: string
  options: { method: string; keepalive: boolean; credentials: string; headers?: object }
  event: Record<string, unknown>
}

/** A page just big enough for the script; `run` loads it there and says what came of it. */
function page(
  address: string,
  options: { referrer?: string; attributes?: Record<string, string>; broken?: boolean } = {},
) {
  const sent: Sent[] = []
  const replaced: string[] = []
  const listeners: (() => void)[] = []
  class HTMLScriptElement {
    src = 'https://go.test/t.js?v=1'
    getAttribute = (name: string) => options.attributes?.[name] ?? null
  }
  const url = new URL(address)
  const world = {
    HTMLScriptElement,
    URL,
    Uint8Array,
    crypto,
    location: { href: url.href, search: url.search, pathname: url.pathname, hash: url.hash },
    document: {
      currentScript: new HTMLScriptElement(),
      referrer: options.referrer ?? '',
      prerendering: false,
      addEventListener: (_: string, listener: () => void) => listeners.push(listener),
    },
    history: {
      state: { own: 1 },
      replaceState: (state: unknown, _: string, to: string) => {
        if (options.broken) throw new Error('not allowed here')
        expect(state).toEqual({ own: 1 })
        replaced.push(to)
      },
    },
    fetch: (to: string, asked: Sent['options'] & { body: string }) => {
      if (options.broken) throw new Error('not allowed here')
      const { body, ...rest } = asked
      sent.push({ url: to, options: rest, event: JSON.parse(body) })
      return Promise.reject(new Error('offline'))
    },
  }
  return { world, sent, replaced, listeners, run: () => runInContext(script, createContext(world)) }
}

describe('the page script', () => {
  it('is under 1.5 kB compressed', () => {
    expect(gzipSync(script).length).toBeLessThan(1500)
  })

  it('sends one pageview to where it came from, as plain text that outlives the page', () => {
    const { run, sent, replaced } = page('https://shop.test/cars?a=1#x', {
      referrer: 'https://www.google.com/',
      attributes: { 'data-site': 'default' },
    })
    run()
    expect(sent).toEqual([
      {
        url: 'https://go.test/e',
        options: { method: 'POST', keepalive: true, credentials: 'omit' },
        event: {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          url: 'https://shop.test/cars?a=1#x',
          referrer: 'https://www.google.com/',
          clickId: '',
          site: 'default',
        },
      },
    ])
    expect(replaced).toEqual([])
  })

  it.each([
    ['https://shop.test/cars?a=1&jjk=ID-_1&b=%zz#x', '/cars?a=1&b=%zz#x'],
    ['https://shop.test/?jjk=ID-_1', '/'],
    ['https://shop.test/?jjk=ID-_1&jjk=other', '/'],
    ['https://shop.test/?jjk=ID-_1&jjkx=1', '/?jjkx=1'],
  ])('takes the click id of %s out of the address bar', (address, left) => {
    const { run, sent, replaced } = page(address)
    run()
    expect(replaced).toEqual([left])
    expect(sent[0]?.event).toMatchObject({ clickId: 'ID-_1', url: address })
  })

  it('minds another name of the parameter', () => {
    const { run, sent, replaced } = page('https://shop.test/?from=ID&jjk=x', {
      attributes: { 'data-parameter': 'from' },
    })
    run()
    expect(sent[0]?.event.clickId).toBe('ID')
    expect(replaced).toEqual(['/?jjk=x'])
  })

  it('waits with a page that is made ready in advance until somebody comes to it', () => {
    const { world, run, sent, listeners } = page('https://shop.test/')
    world.document.prerendering = true
    run()
    expect(sent).toEqual([])
    listeners[0]?.()
    expect(sent).toHaveLength(1)
  })

  it('throws nothing into the page', () => {
    const { run } = page('https://shop.test/?jjk=ID', { broken: true })
    expect(run).not.toThrow()
  })
})
