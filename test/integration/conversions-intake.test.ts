import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { conversionFingerprint, type ToldConversion } from '../../server/domain/conversions/conversion.ts'
import { startConversionIntake } from '../../server/processes/conversion-intake.ts'
import { type Dealer, openDealer, quiet, sale } from './conversions-support.ts'
import { openTestWarehouse, type TestWarehouse } from './reports-support.ts'

let engine: TestWarehouse
let dealer: Dealer
let site: string

beforeAll(async () => {
  engine = await openTestWarehouse()
})
afterAll(() => engine.close())
afterEach(() => dealer.close())

const TOLD: ToldConversion = {
  goal: 'Car sold',
  time: Date.parse('2026-11-10T11:00:00Z'),
  value: '',
  currency: '',
  key: 'A-1',
  version: 1,
  cancelled: false,
  clickId: '',
  visitorId: '',
  externalId: '',
  props: {},
}

function enter(told: ToldConversion, receivedAt: number) {
  const entry = { told, fingerprint: conversionFingerprint(told) }
  return dealer.control.conversions.enter(dealer.site.id, [entry], receivedAt)
}

const pending = () => dealer.control.conversions.pending(Number.MAX_SAFE_INTEGER, 1000)

async function loaded(): Promise<string[]> {
  await dealer.load()
  const rows = await engine.warehouse.query<{ key: string }>(
    `SELECT event_key AS key FROM raw_hits AS raw JOIN hits ON raw.hit_id = hits.hit_id
     WHERE site = {site:UInt32} ORDER BY key`,
    { site: dealer.site.id },
  )
  return rows.map(({ key }) => key)
}

describe('a conversion whose way broke off', () => {
  beforeEach(async () => {
    dealer = await openDealer(engine.warehouse)
    site = dealer.site.name
  })

  test('between ledger and spool is written when it is told again', async () => {
    const enteredAt = Date.now() - 5_000
    await enter(TOLD, enteredAt)
    const again = await dealer.tell({ site, ...sale('A-1') })
    expect([again.status, again.body.receivedAt]).toEqual([200, new Date(enteredAt).toISOString()])
    expect(await pending()).toEqual([])
    expect(await loaded()).toEqual(['A-1'])
  })

  test('between ledger and spool is written without being told again, a minute later and not before', async () => {
    await enter(TOLD, Date.now() - 50_000)
    expect(await dealer.intake.redrive()).toBe(0)
    expect(dealer.spooled()).toEqual([])
    dealer.clock.now = Date.now() + 15_000
    expect(await dealer.intake.redrive()).toBe(1)
    expect(await dealer.intake.redrive()).toBe(0)
    expect(await loaded()).toEqual(['A-1'])
  })

  test.each([false, true])(
    'between spool and ledger counts once, loaded in between: %s',
    async (isLoaded) => {
      const ledger = { ...dealer.control.conversions, spooled: () => Promise.reject(new Error('gone')) }
      const cutOff = startConversionIntake({ ledger, spool: dealer.spool, log: quiet })
      expect(await cutOff.take(dealer.site.id, [TOLD])).toMatchObject([{ kind: 'new' }])
      await cutOff.stop()
      expect(await pending()).toHaveLength(1)
      if (isLoaded) await dealer.load()
      expect((await dealer.tell({ site, ...sale('A-1') })).status).toBe(200)
      expect(dealer.spooled()).toHaveLength(2)
      expect(await loaded()).toEqual(['A-1'])
    },
  )

  test('while another took it further is the other’s: two that write it again make one of it', async () => {
    await enter(TOLD, 0)
    const { conversions: ledger } = dealer.control
    const other = startConversionIntake({ ledger, spool: dealer.edge, log: quiet })
    await Promise.all([other.redrive(), dealer.intake.redrive()])
    await other.stop()
    expect(await pending()).toEqual([])
    expect(await loaded()).toEqual(['A-1'])
  })

  test('is left to the version that has replaced it meanwhile', async () => {
    await enter(TOLD, 0)
    await enter({ ...TOLD, version: 2, cancelled: true }, 0)
    expect(await dealer.intake.redrive()).toBe(1)
    expect(await loaded()).toEqual(['A-1'])
    expect((await dealer.list()).body.data).toMatchObject([{ version: 2, status: 'cancelled' }])
  })
})

describe('while conversions cannot be taken', () => {
  test('for a full spool they are answered 503, and written once there is room', async () => {
    dealer = await openDealer(engine.warehouse, { maxBytes: 0 })
    site = dealer.site.name
    const one = await dealer.tell({ site, ...sale('A-1') })
    expect([one.status, one.headers.get('retry-after')]).toEqual([503, '5'])
    const some = await dealer.tell({ site, conversions: [sale('A-1'), sale('A-2')] })
    expect(some.status).toBe(503)
    const mixed = await dealer.tell({ site, conversions: [sale('A-3'), sale('A-4', { value: -1 })] })
    expect([mixed.status, mixed.body.summary]).toMatchObject([207, { delayed: 1, refused: 1 }])
    expect(mixed.body.results[0]).toMatchObject({ status: 503 })

    const { conversions: ledger } = dealer.control
    const now = () => Date.now() + 61_000
    const roomy = startConversionIntake({ ledger, spool: dealer.edge, log: quiet, now })
    await roomy.redrive()
    await roomy.stop()
    expect(await loaded()).toEqual(['A-1', 'A-2', 'A-3'])
    expect((await dealer.tell({ site, ...sale('A-1') })).status).toBe(200)
  })

  test('for a control store that is away they are answered 503', async () => {
    dealer = await openDealer(engine.warehouse)
    await dealer.control.close()
    const answer = await dealer.tell({ site: dealer.site.name, ...sale('A-1') })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(dealer.spooled()).toEqual([])
  })

  test('a file’s rows from where the store went away are to be sent again', async () => {
    dealer = await openDealer(engine.warehouse)
    const rows = Array.from({ length: 2_200 }, (_, index) => `Car sold,2026-11-10T12:00:00Z,K-${index}`)
    const text = ['goal,time,key', ...rows].join('\n')
    const asking = dealer.tellCsv(text)
    while (dealer.spooled().length === 0) await new Promise((done) => setImmediate(done))
    await dealer.control.close()
    const answer = await asking
    expect(answer.status).toBe(207)
    const { created, delayed } = answer.body.summary
    expect(created + delayed).toBe(2_200)
    expect(delayed).toBeGreaterThan(0)
    expect(answer.body.results[0]).toMatchObject({ status: 503, line: created + 2 })
  })
})
