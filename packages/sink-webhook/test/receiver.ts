import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook as it came. */
export interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A receiver on a free port of this machine. */
export interface Receiver extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly received: readonly Received[]
}

/** Starts a receiver that answers as it is told once it has a whole body; null leaves it without an answer. */
export async function startReceiver(
  answer: (response: ServerResponse, count: number) => void,
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(pieces).toString() })
      answer(response, received.length)
    })
    response.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...{ port, received, url: `http://127.0.0.1:${port}/hook?token=s3cret` },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
