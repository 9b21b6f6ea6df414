import { createServer } from 'node:http'

/*
 * What `collect.ts` compares the edge with, in a process of its own: a bare server that reads a body and answers 202.
 * Says its port over the channel and, whenever asked, what it has used so far.
 */
const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8')
    res.writeHead(text === '' ? 400 : 202, { 'Cache-Control': 'no-store', 'Content-Length': '0' }).end()
  })
})

process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: (user + system) / 1e6, rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
})
