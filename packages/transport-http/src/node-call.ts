import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { CallEndedError } from './call-ended-error.js'
import { isBodiless } from './exchange.js'

/** How long a connection may take to come about, milliseconds; as in Node's own fetch. */
const CONNECT_MS = 10_000

/** What a call over `node:http` is made with. */
export interface NodeCall {
  readonly url: URL
  readonly init: RequestInit
  /** The encodings that an answer may come in, as the header names them. */
  readonly acceptEncoding: string
}

/**
 * Opens a call over `node:http`. Like Node's own fetch it follows no proxy by itself, refuses a URL with a credential,
 * takes ten seconds at most to connect, and takes `http.globalAgent` or its TLS sister to do so.
 *
 * @throws {CallEndedError} when the URL bears a credential.
 */
export function openNodeCall({ url, init, acceptEncoding }: NodeCall): ClientRequest {
  if (url.username !== '' || url.password !== '') {
    throw new CallEndedError('The base URL bears a credential, which belongs into the account.')
  }
  const isSecure = url.protocol === 'https:'
  const request = (isSecure ? overHttps : overHttp)(url, {
    method: init.method ?? 'GET',
    headers: {
      ...Object.fromEntries(new Headers(init.headers)),
      'accept-encoding': acceptEncoding,
    },
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

/** The answer to a call, once its head is there. What breaks off after that is told by the answer itself. */
export function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    // Stays: what goes wrong once an answer has begun is told by the answer, and must not end the process here.
    request.on('error', reject)
  })
}

/** An answer as fetch gives it. `unpack` makes its body out of the bytes on the wire. */
export function responseOf(
  message: IncomingMessage,
  unpack: (message: IncomingMessage) => Readable = (packed) => packed,
): Response {
  const { statusCode: status = 0, rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  }
  if (!isBodiless(status)) {
    // `Readable.toWeb` would copy every chunk.
    return new Response(ReadableStream.from<Uint8Array>(unpack(message)), { status, headers })
  }
  message.resume()
  return new Response(null, { status, headers })
}
