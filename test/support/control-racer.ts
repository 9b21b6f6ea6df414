import { openControl } from '../../server/control/open.ts'

/**
 * One of several processes that meet at one control store: opens it at the given moment, then does what all do.
 * Arguments: the store's URL, Unix milliseconds at which to begin, how many links to make.
 */
const [url = '', beginAt = '0', links = '0'] = process.argv.slice(2)

await new Promise((resolve) => setTimeout(resolve, Number(beginAt) - Date.now()))
const control = await openControl(url, { defaultDomain: 'go.example' })
const domain = await control.domains.default()
const salt = await control.salts.forDay(domain.siteId, '2026-03-01', Date.now())
const key = await control.keys.current()

const outcomes = { made: 0, taken: 0 }
const made = { domainId: domain.id, destination: 'https://example.com/' }
for (let number = 0; number < Number(links); number++) {
  await control.links.create(made)
  try {
    await control.links.create({ ...made, slug: `shared-${number}` })
    outcomes.made++
  } catch (error) {
    if (!(error instanceof Error && error.name === 'SlugTaken')) throw error
    outcomes.taken++
  }
}
await control.close()
process.stdout.write(JSON.stringify({ salt: salt.toString('hex'), key: key.toString('hex'), ...outcomes }))
