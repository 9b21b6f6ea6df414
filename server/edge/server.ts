import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Edge } from './edge.ts'

/** Longer than the minute for which proxies commonly keep a connection, so that it is theirs to close. */
const KEEP_ALIVE_MS = 65_000

/** The edge's HTTP server, not yet listening. What is no HTTP is answered in the protocol's words and counted. */
export function createEdgeServer(edge: Edge): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, edge.handle)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    edge.malformed()
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    socket.end(`HTTP/1.1 ${statusOf(error.code)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  return server
}

function statusOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  return '400 Bad Request'
}
