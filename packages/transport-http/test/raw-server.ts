import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

const MOST_KEPT = 4_096

/** A call as the server saw it, whether or not it came whole. */
export interface SeenCall {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** The beginning of the body so far, and how much of it came. */
  body: Buffer
  bytes: number
  /** Whether the last byte of the body came. */
  isWhole: boolean
  /** Settles when the body is whole or the connection is gone. */
  readonly over: Promise<void>
}

/** Answers a call; `seen.over` tells when its body is there. */
export type Answer = (call: SeenCall, response: ServerResponse, socket: Socket) => unknown

/** A server of our own on a free port, that sees what really goes over the wire. */
export interface RawServer extends AsyncDisposable {
  readonly url: string
  readonly calls: SeenCall[]
}

export async function startServer(answer: Answer): Promise<RawServer> {
  const calls: SeenCall[] = []
  const listener: RequestListener = (request, response) => {
    const call = watchCall(request)
    calls.push(call)
    // A connection that the client destroys is part of many cases here.
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    answer(call, response, request.socket)
  }
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function watchCall(request: IncomingMessage): SeenCall {
  let settle: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    settle = resolve
  })
  const { method = '', url = '', headers } = request
  const call: SeenCall = {
    method,
    url,
    headers,
    body: Buffer.alloc(0),
    bytes: 0,
    isWhole: false,
    over,
  }
  request.on('data', (chunk: Buffer) => {
    if (call.bytes < MOST_KEPT) call.body = Buffer.concat([call.body, chunk])
    call.bytes += chunk.length
  })
  request.on('end', () => {
    call.isWhole = request.complete
  })
  request.on('close', settle)
  // A call that was answered before its body was there hears no more of its own end.
  request.socket.once('close', settle)
  return call
}

/** Answers with JSON, as the API does, once the body is there. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return async (call, response) => {
    await call.over
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}

/** Answers with a text of any kind, once the body is there. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return async (call, response) => {
    await call.over
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers })
    response.end(body)
  }
}
