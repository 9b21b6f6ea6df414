import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const stop = JSON.stringify(new URL('./stop.ts', import.meta.url).href)

/** A child of ours with a channel; `script` says 'up' once it has come as far as it does by itself. */
async function child(script: string) {
  const running = spawn(process.execPath, ['--input-type=module', '--import', 'tsx', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(running, 'exit')
  await once(running.stdout ?? running, 'data')
  return { running, ended }
}

const FOR_EVER = 'setInterval(() => {}, 1_000);'

test('a process whose parent goes while it is still starting ends at once', async () => {
  const { running, ended } = await child(
    `import { endWithParent } from ${stop}; endWithParent(); ${FOR_EVER} console.log('up')`,
  )
  running.disconnect()
  expect(await ended).toEqual([0, null])
})

test('and so does one whose parent has gone before it could look', async () => {
  const { running, ended } = await child(
    `import { endWithParent } from ${stop}; ${FOR_EVER}
     console.log('up'); process.once('SIGUSR2', () => { endWithParent(); console.log('an orphan') })`,
  )
  running.disconnect()
  await new Promise((done) => setTimeout(done, 50))
  running.kill('SIGUSR2')
  expect(await ended).toEqual([0, null])
})

test('one that has started stops what it does first', async () => {
  const { running, ended } = await child(`
    import { endWithParent, onStop } from ${stop}
    endWithParent()
    onStop({ info() {}, error() {} }, async () => process.exit(7), ['SIGTERM'])
    ${FOR_EVER} console.log('up')`)
  running.disconnect()
  expect(await ended).toEqual([7, null])
})

test('an interrupt from the terminal is left to the parent', async () => {
  const { running, ended } = await child(`
    import { endWithParent, onStop } from ${stop}
    endWithParent()
    onStop({ info() {}, error() {} }, async () => {}, ['SIGTERM'])
    ${FOR_EVER} process.on('SIGINT', () => console.log('interrupted')); console.log('up')`)
  running.kill('SIGINT')
  await once(running.stdout ?? running, 'data')
  running.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
