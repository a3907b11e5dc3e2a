import type { ClientRequest } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { CreateBody } from './create-body.js'
import { answerTo, openNodeCall, responseOf } from './node-call.js'

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
    // Nothing here unpacks an answer, which is small.
    const request = openNodeCall({ url: new URL(String(input)), init, acceptEncoding: 'identity' })
    const answer = answerTo(request)
    sendBody(request, body).catch((error: Error) => request.destroy(error))
    return responseOf(await answer)
  }
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
