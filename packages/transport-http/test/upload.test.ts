import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BODY, createParams, transportTo, wireBatch } from './arrange.js'
import { json, startServer } from './raw-server.js'

const DISPATCHER = Symbol.for('undici.globalDispatcher.1')

/** Creates that went over `node:http`. */
let overHttp = 0
const count = (): void => {
  overHttp += 1
}

beforeEach(() => {
  overHttp = 0
  subscribe('http.client.request.start', count)
})

afterEach(() => {
  unsubscribe('http.client.request.start', count)
})

const accept = json(200, wireBatch())

describe('what carries a create', () => {
  test('is node:http', async () => {
    await using server = await startServer(accept)
    expect((await transportTo(server.url).createBatch(createParams())).type).toBe('accepted')
    expect(overHttp).toBe(1)
  })

  test('is the fetch that the options name', async () => {
    await using server = await startServer(accept)
    const seen: unknown[] = []
    const own: typeof fetch = (input, init) => {
      seen.push(input)
      return fetch(input, init)
    }
    const transport = transportTo(server.url, {}, { fetch: own })
    expect((await transport.createBatch(createParams())).type).toBe('accepted')
    expect(seen).toHaveLength(1)
    expect(overHttp).toBe(0)
  })

  test('is the global fetch once a program has replaced it', async () => {
    await using server = await startServer(accept)
    const nodes = globalThis.fetch
    globalThis.fetch = (input, init) => nodes(input, init)
    try {
      expect((await transportTo(server.url).createBatch(createParams())).type).toBe('accepted')
    } finally {
      globalThis.fetch = nodes
    }
    expect(overHttp).toBe(0)
  })

  test.each([
    ['a proxy', (agent: object) => new (class ProxyAgent extends classOf(agent) {})()],
    ['options', (agent: object) => new (classOf(agent))({ connect: { timeout: 5_000 } })],
    ['an interceptor', interceptedAgent],
  ])('is fetch while a dispatcher with %s is set under it', async (_name, make) => {
    await using server = await startServer(accept)
    await fetch(server.url, { method: 'POST' })
    const nodes: object = Reflect.get(globalThis, DISPATCHER)
    Reflect.set(globalThis, DISPATCHER, make(nodes))
    try {
      expect((await transportTo(server.url).createBatch(createParams())).type).toBe('accepted')
    } finally {
      Reflect.set(globalThis, DISPATCHER, nodes)
    }
    expect(overHttp).toBe(0)
    expect((await transportTo(server.url).createBatch(createParams())).type).toBe('accepted')
    expect(overHttp).toBe(1)
  })
})

describe('a piece', () => {
  const PIECE_BYTES = 64 * 1024
  const PIECES = 600

  test('is given back once it has left, and may be written over', async () => {
    const received = hashOfPost()
    const { port } = await received.listening
    const sent = createHash('sha256')
    const free: Uint8Array[] = []
    const buffers = new Set<ArrayBufferLike>()
    async function* body(): AsyncGenerator<Uint8Array, void> {
      for (let at = 0; at < PIECES; at += 1) {
        const piece = free.pop() ?? new Uint8Array(PIECE_BYTES)
        piece.fill(at % 251)
        buffers.add(piece.buffer)
        sent.update(piece)
        yield piece
      }
    }
    const reuse = (piece: Uint8Array): void => {
      free.push(new Uint8Array(piece.buffer).fill(0xff))
    }
    const params = createParams({ body: body(), reuse, contentLength: PIECES * PIECE_BYTES })
    const result = await transportTo(`http://127.0.0.1:${port}`).createBatch(params)
    expect(result.type).toBe('accepted')
    expect(await received.digest).toBe(sent.digest('hex'))
    expect(buffers.size).toBeLessThanOrEqual(2)
  })

  test('is kept by a fetch, which does not tell when it has left', async () => {
    await using server = await startServer(accept)
    let givenBack = 0
    const reuse = (): void => {
      givenBack += 1
    }
    const own: typeof fetch = (input, init) => fetch(input, init)
    await transportTo(server.url, {}, { fetch: own }).createBatch(createParams({ reuse }))
    expect(givenBack).toBe(0)
    expect(server.calls[0]?.body.equals(BODY)).toBe(true)
  })
})

/** A server that takes one POST slowly enough for the sender to run ahead, and says what came. */
function hashOfPost(): { listening: Promise<AddressInfo>; digest: Promise<string> } {
  const server = createServer().listen(0, '127.0.0.1')
  const digest = new Promise<string>((resolve) => {
    server.on('request', async (request: IncomingMessage, response) => {
      const hash = createHash('sha256')
      for await (const chunk of request) hash.update(chunk as Buffer)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(wireBatch()))
      server.close()
      resolve(hash.digest('hex'))
    })
  })
  return {
    listening: once(server, 'listening').then(() => server.address() as AddressInfo),
    digest,
  }
}

type AgentClass = new (options?: object) => object

function classOf(agent: object): AgentClass {
  return agent.constructor as AgentClass
}

/** As undici's `compose` makes it. */
function interceptedAgent(agent: object): object {
  const dispatch = (...args: unknown[]): unknown =>
    Reflect.get(agent, 'dispatch').apply(agent, args)
  return new Proxy(agent, {
    get: (target, key) => (key === 'dispatch' ? dispatch : Reflect.get(target, key)),
  })
}
