import { once } from 'node:events'
import { createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CreateParams } from '@halfrate/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  BODY,
  CARRIERS,
  createParams,
  envelope,
  piecesOf,
  transportTo,
  wireBatch,
} from './arrange.js'
import { json, startServer } from './raw-server.js'

afterEach(() => {
  vi.useRealTimers()
})

// What is waited for comes, unless something is broken: only then does the limit count.
const PATIENTLY = { timeout: 30_000 }

/** Says yes so many times. */
function yes(times: number): () => boolean {
  let left = times
  return () => left-- > 0
}

describe.each(CARRIERS)('over %s, while the last byte is here', (_name, carrier) => {
  // Asked once before the call, before each of the three pieces, and before the last byte.
  test.each([0, 1, 2, 3, 4])(
    'a no after %i times yes leaves the provider without a whole body',
    async (times) => {
      await using server = await startServer(json(200, wireBatch()))
      const result = await transportTo(server.url, {}, carrier).createBatch(
        createParams({ mayContinue: yes(times) }),
      )
      expect(result).toMatchObject({
        type: 'not_sent',
        error: { message: 'Sending ran out of time before its last byte.' },
      })
      await Promise.all(server.calls.map((call) => call.over))
      expect(server.calls.filter((call) => call.isWhole)).toHaveLength(0)
    },
  )

  test('the fifth yes sends it', async () => {
    await using server = await startServer(json(200, wireBatch()))
    const result = await transportTo(server.url, {}, carrier).createBatch(
      createParams({ mayContinue: yes(5) }),
    )
    expect(result.type).toBe('accepted')
  })

  test('all other bytes are on the wire, and only it is missing', async () => {
    await using server = await startServer(json(200, wireBatch()))
    let mayContinue = true
    async function* body(): AsyncGenerator<Uint8Array, void> {
      yield BODY
      await vi.waitFor(() => expect(server.calls[0]?.bytes).toBe(BODY.length - 1), PATIENTLY)
      mayContinue = false
    }
    const params = createParams({ body: body(), mayContinue: () => mayContinue })
    expect(await transportTo(server.url, {}, carrier).createBatch(params)).toMatchObject({
      type: 'not_sent',
    })
    const [call] = server.calls
    await call?.over
    expect(call).toMatchObject({ isWhole: false, bytes: BODY.length - 1 })
    expect(call?.body.equals(BODY.subarray(0, -1))).toBe(true)
  })

  test.each<[string, Partial<CreateParams>]>([
    ['is shorter than announced', { body: piecesOf(BODY.subarray(0, -1)) }],
    ['is longer than announced', { body: piecesOf(BODY, Buffer.from(' ')) }],
    ['is much longer than announced', { body: piecesOf(Buffer.concat([BODY, BODY])) }],
    ['is empty', { body: piecesOf() }],
    ['breaks off', { body: breakingOff() }],
  ])('a body that %s is not sent', async (_name, over) => {
    await using server = await startServer(json(200, wireBatch()))
    const result = await transportTo(server.url, {}, carrier).createBatch(createParams(over))
    expect(result.type).toBe('not_sent')
    await Promise.all(server.calls.map((call) => call.over))
    expect(server.calls.filter((call) => call.isWhole)).toHaveLength(0)
  })

  test('an abort by the caller is not sent, and lets the body go', async () => {
    await using server = await startServer(json(200, wireBatch()))
    const stop = new AbortController()
    let isLetGo = false
    async function* body(): AsyncGenerator<Uint8Array, void> {
      try {
        yield BODY.subarray(0, 10)
        stop.abort()
        yield BODY.subarray(10)
      } finally {
        isLetGo = true
      }
    }
    const params = createParams({ body: body(), signal: stop.signal })
    const result = await transportTo(server.url, {}, carrier).createBatch(params)
    expect(result.type).toBe('not_sent')
    await vi.waitFor(() => expect(isLetGo).toBe(true), PATIENTLY)
    await Promise.all(server.calls.map((call) => call.over))
    expect(server.calls.filter((call) => call.isWhole)).toHaveLength(0)
  })

  test('a connection that dies is not sent', async () => {
    await using server = await startServer((_call, _response, socket) => socket.destroy())
    const result = await transportTo(server.url, {}, carrier).createBatch(manyPieces())
    expect(result.type).toBe('not_sent')
  })

  test('a refusal that comes early is a refusal, and stops the upload', async () => {
    const refuse = envelope('authentication_error', 'API key is invalid.')
    await using server = await startServer((_call, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(refuse))
    })
    const result = await transportTo(server.url, {}, carrier).createBatch(manyPieces())
    expect(result).toMatchObject({ type: 'refused', error: { type: 'authentication_error' } })
    await server.calls[0]?.over
    expect(server.calls[0]?.isWhole).toBe(false)
  })

  test('a 503 that comes early was not sent', async () => {
    await using server = await startServer((_call, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end('busy')
    })
    const result = await transportTo(server.url, {}, carrier).createBatch(manyPieces())
    expect(result).toMatchObject({ type: 'not_sent', error: { status: 503, retryAfterMs: 7_000 } })
  })

  test('an upload that stands still ends when its time is up', async () => {
    // Reads nothing, so that the socket fills up and nobody asks for another piece.
    const server = createServer((socket) => socket.pause()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let mayContinue = true
    let pieces = 0
    const piece = new Uint8Array(1024 * 1024)
    async function* body(): AsyncGenerator<Uint8Array, void> {
      for (; pieces < 200; pieces += 1) yield piece
    }
    const params = createParams({
      body: body(),
      contentLength: 200 * piece.length,
      mayContinue: () => mayContinue,
    })
    const creating = transportTo(`http://127.0.0.1:${port}`, {}, carrier).createBatch(params)
    await vi.waitFor(() => expect(pieces).toBeGreaterThan(0), PATIENTLY)
    mayContinue = false
    vi.advanceTimersByTime(1_000)
    expect(await creating).toMatchObject({ type: 'not_sent' })
    expect(pieces).toBeLessThan(200)
    server.close()
  })
})

// What is held is counted, and not what waits to be collected: when that happens is up to the machine.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe.each(CARRIERS)('over %s, a large body', (_name, carrier) => {
  test('is let go piece by piece: memory stays flat', async () => {
    await using server = await startServer(json(200, wireBatch()))
    collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    const pieceBytes = 1024 * 1024
    let most = 0
    async function* body(): AsyncGenerator<Uint8Array, void> {
      for (let at = 0; at < 200; at += 1) {
        yield new Uint8Array(pieceBytes)
        if (at % 10 !== 9) continue
        collectGarbage()
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      }
    }
    const params = createParams({ body: body(), contentLength: 200 * pieceBytes })
    expect(await transportTo(server.url, {}, carrier).createBatch(params)).toMatchObject({
      type: 'accepted',
    })
    expect(most).toBeLessThan(60 * pieceBytes)
  }, 30_000)
})

describe.each(CARRIERS)('over %s, once the last byte has left', (_name, carrier) => {
  test('an abort by the caller is unclear', async () => {
    const stop = new AbortController()
    await using server = await startServer(async (call) => {
      await call.over
      stop.abort()
    })
    const params = createParams({ signal: stop.signal })
    expect((await transportTo(server.url, {}, carrier).createBatch(params)).type).toBe('ambiguous')
    expect(server.calls[0]?.isWhole).toBe(true)
  })

  test('an answer that comes too late is unclear', async () => {
    let tellAsked: () => void = () => undefined
    const asked = new Promise<void>((resolve) => {
      tellAsked = resolve
    })
    await using server = await startServer(() => tellAsked())
    const transport = transportTo(server.url, {}, { ...carrier, timeouts: { answerMs: 50 } })
    expect(await transport.createBatch(createParams())).toMatchObject({
      type: 'ambiguous',
      error: { message: 'No answer came in time after the last byte.' },
    })
    // What has left may arrive after that, in the same process even.
    await asked
    expect(server.calls).toHaveLength(1)
  })
})

async function* breakingOff(): AsyncGenerator<Uint8Array, void> {
  yield BODY.subarray(0, 10)
  throw new TypeError('the store is away')
}

/** More than a socket takes in at once. */
function manyPieces(): CreateParams {
  const piece = new Uint8Array(256 * 1024)
  async function* body(): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < 200; at += 1) yield piece
  }
  return createParams({ body: body(), contentLength: 200 * piece.length })
}
