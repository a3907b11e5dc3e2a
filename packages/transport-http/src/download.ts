import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { CallEndedError } from './call-ended-error.js'
import { answerTo, openNodeCall, responseOf } from './node-call.js'

const ACCEPTED = 'gzip, br'

/**
 * A `fetch` for one large answer, over `node:http`, which hands on the bytes that it read; Node's own fetch copies them,
 * and carries them through two more streams. What came packed is unpacked, and breaks off unless it is whole.
 *
 * @throws {CallEndedError} when the answer is packed in a way that was not asked for.
 */
export const download: typeof fetch = async (input, init = {}) => {
  const request = openNodeCall({ url: new URL(String(input)), init, acceptEncoding: ACCEPTED })
  const answer = answerTo(request)
  request.end()
  const message = await answer
  try {
    return responseOf(message, unpacked)
  } catch (error) {
    message.destroy()
    throw error
  }
}

function unpacked(message: IncomingMessage): Readable {
  const unpacker = unpackerOf(message.headers['content-encoding'] ?? 'identity')
  // What goes wrong in either of them is told by the one that is read.
  return unpacker === null ? message : pipeline(message, unpacker, () => undefined)
}

function unpackerOf(encoding: string): ReturnType<typeof createGunzip> | null {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return null
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'br':
      return createBrotliDecompress()
    default:
      throw new CallEndedError(`The answer is packed as ${encoding}, which was not asked for.`)
  }
}
