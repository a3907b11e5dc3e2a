import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { CallEndedError } from './call-ended-error.js'
import type { CreateBody } from './create-body.js'
import { isBodiless } from './exchange.js'

/** How long a connection may take to come about, milliseconds; as in Node's own fetch. */
const CONNECT_MS = 10_000
// A system that takes bytes at once never lets go of this thread, and other work, such as keeping leases, would wait.
const PIECES_A_TURN = 16

/**
 * A `fetch` for one create, over `node:http`: it sends the body it was made for, and not what it is called with.
 *
 * Node's own fetch does not tell when a piece has left, so all pieces of a body of 200 MB would have to be made anew;
 * here each is given back once the system has taken it. Like Node's own it follows no proxy by itself, refuses a URL
 * with a credential, and takes `http.globalAgent` or its TLS sister to connect.
 */
export function uploadOf(body: CreateBody): typeof fetch {
  return async (input, init = {}) => {
    const request = openRequest(new URL(String(input)), init)
    const answer = answerTo(request)
    sendBody(request, body).catch((error: Error) => request.destroy(error))
    return responseOf(await answer)
  }
}

function openRequest(url: URL, init: RequestInit): ClientRequest {
  if (url.username !== '' || url.password !== '') {
    throw new CallEndedError('The base URL bears a credential, which belongs into the account.')
  }
  const isSecure = url.protocol === 'https:'
  const request = (isSecure ? overHttps : overHttp)(url, {
    method: init.method ?? 'POST',
    // Nothing here unpacks an answer.
    headers: { ...Object.fromEntries(new Headers(init.headers)), 'accept-encoding': 'identity' },
    ...(init.signal && { signal: init.signal }),
  })
  request.once('socket', (socket) => limitConnecting(request, socket, isSecure))
  return request
}

function limitConnecting(request: ClientRequest, socket: Socket, isSecure: boolean): void {
  if (!socket.connecting) return
  const late = (): void => {
    request.destroy(new CallEndedError(`No connection came about in ${CONNECT_MS / 1_000} s.`))
  }
  const timer = setTimeout(late, CONNECT_MS)
  const stop = (): void => clearTimeout(timer)
  socket.once(isSecure ? 'secureConnect' : 'connect', stop).once('close', stop)
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    // Stays: what goes wrong once an answer has begun is told by the answer, and must not end the process here.
    request.on('error', reject)
  })
}

async function sendBody(request: ClientRequest, body: CreateBody): Promise<void> {
  let pieces = 0
  for await (const piece of body.pieces) {
    await writePiece(request, piece)
    body.giveBack(piece)
    pieces += 1
    if (pieces % PIECES_A_TURN === 0) await setImmediate()
  }
  request.end()
}

// A request that is destroyed may forget whom it had to call; then nobody waits, and whoever closes the body ends it.
function writePiece(request: ClientRequest, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    request.write(piece, (error) => (error ? reject(error) : resolve()))
  })
}

function responseOf(message: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  if (!isBodiless(status)) {
    return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array>, { status, headers })
  }
  message.resume()
  return new Response(null, { status, headers })
}
