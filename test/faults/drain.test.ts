import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createService, type Service, until } from '../support/service.ts'
import { embeddedWarehouse, expectAnsweredOnce, expectExactlyOnce } from './ledger.ts'
import { type Load, startLoad } from './load.ts'

let service: Service
let load: Load

beforeEach(async () => {
  service = await createService()
  await service.start()
  const link = { destination: 'https://www.example.com/', slug: 'drain' }
  expect((await service.ask('/api/v1/links', { body: link })).status).toBe(201)
  load = startLoad({ port: service.port, slug: 'drain', name: 'drain' })
  await load.moreAnswers(200)
})

afterEach(async () => {
  await load.stop()
  await service.dispose()
})

test('SIGTERM under load ends everything in order: what was begun is answered, what was answered is in the warehouse', async () => {
  const socket = connect(service.port, '127.0.0.1')
  const heard: Buffer[] = []
  socket.on('data', (part) => heard.push(part))
  socket.write('GET /drain?utm_content=begun HTTP/1.1\r\nHost: localhost\r\n')
  await load.moreAnswers(50)
  service.signal('SIGTERM')
  await until('it stops', async () => service.log().some(({ msg }) => msg === 'stopping'))
  socket.end('\r\n')
  await once(socket, 'close')
  const [head = ''] = Buffer.concat(heard).toString().split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1.1 302 /)
  expect(head).toMatch(/^Connection: close$/im)

  expect(await service.ended()).toEqual({ code: 0, signal: null })
  expect(service.left()).toEqual([])
  await load.stop()
  expect([...load.refused]).toEqual([])
  const begun = { answered: new Set(['begun']), unanswered: new Set<string>() }
  await expectExactlyOnce(embeddedWarehouse(service.dataDir), [load, begun])
})

test('SIGTERM again and again, to the front process and to all of its group, changes nothing', async () => {
  const front = service.pid()
  service.signal('SIGTERM')
  for (let again = 0; again < 5; again++) {
    if (service.pid() !== 0) service.signal('SIGTERM', -front)
  }
  expect(await service.ended()).toEqual({ code: 0, signal: null })
  expect(service.left()).toEqual([])
  const ends = service.log().filter(({ msg }) => msg.includes('has ended'))
  expect(ends).toEqual([])
  await load.stop()

  // The app may have ended before the last redirects: they wait in the spool for the next start.
  await service.start()
  await expectAnsweredOnce(service, 'drain', [load])
  expect(await service.stop()).toEqual({ code: 0, signal: null })
  await expectExactlyOnce(embeddedWarehouse(service.dataDir), [load])
})
