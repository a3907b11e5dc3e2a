import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ACCOUNT, BATCH_ID, CARRIERS, piecesFrom, readAll, transportTo } from './arrange.js'
import { type Answer, startServer } from './raw-server.js'

/** Calls that went over `node:http`. */
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

const LINES = Array.from({ length: 500 }, (_, at) => `{"custom_id":"id-${at}","n":${at * 7_919}}`)
const FILE = Buffer.from(LINES.map((line) => `${line}\n`).join(''))
const PACKERS = { gzip: gzipSync, br: brotliCompressSync } as const

function packed(encoding: string, body: Buffer): Answer {
  return (_call, response) => {
    response.writeHead(200, { 'content-encoding': encoding })
    response.end(body)
  }
}

describe('what carries results', () => {
  test.each(CARRIERS)('is %s', async (name, carrier) => {
    await using server = await startServer((_call, response) => response.end(FILE))
    const { lines } = await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))
    expect(lines).toEqual(LINES)
    expect(overHttp).toBe(name === 'node:http' ? 1 : 0)
  })

  test('is a fetch for the other reads', async () => {
    await using server = await startServer((_call, response) => response.end('{}'))
    await transportTo(server.url).retrieve({ account: ACCOUNT, remoteId: BATCH_ID })
    expect(overHttp).toBe(0)
  })

  test('takes no credential from the URL', async () => {
    await using server = await startServer((_call, response) => response.end(FILE))
    const url = server.url.replace('//', '//name:planted-password@')
    const params = { account: ACCOUNT, remoteId: BATCH_ID }
    const result = await transportTo(url).streamResults(params)
    expect(result).toMatchObject({ type: 'failed', error: { status: null } })
    expect(JSON.stringify(result)).not.toContain('planted-password')
    expect(server.calls).toHaveLength(0)
  })
})

describe.each(Object.entries(PACKERS))('results packed with %s', (encoding, pack) => {
  test('are asked for and unpacked', async () => {
    await using server = await startServer(packed(encoding, pack(FILE)))
    const read = await readAll(await piecesFrom(transportTo(server.url)))
    expect(read).toEqual({ lines: LINES, ends: [{ type: 'end', clean: true, error: null }] })
    expect(server.calls[0]?.headers['accept-encoding']).toContain(encoding)
  })

  test('are not clean when they end early, and give no half line', async () => {
    const whole = pack(FILE)
    for (const missing of [1, 8, Math.floor(whole.length / 2), whole.length]) {
      await using server = await startServer(
        packed(encoding, whole.subarray(0, whole.length - missing)),
      )
      const { lines, ends } = await readAll(await piecesFrom(transportTo(server.url)))
      expect(ends).toMatchObject([{ clean: false, error: { status: 200 } }])
      expect(lines).toEqual(LINES.slice(0, lines.length))
    }
  })

  test('let the connection go when the reader stops', async () => {
    await using server = await startServer((_call, response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      response.write(pack(FILE))
    })
    for await (const _piece of await piecesFrom(transportTo(server.url))) break
    await server.calls[0]?.over
    expect(server.calls).toHaveLength(1)
  })
})

describe('results packed as nobody asked', () => {
  test('failed, say how they came, and let the connection go', async () => {
    await using server = await startServer((_call, response) => {
      response.writeHead(200, { 'content-encoding': 'deflate' })
      response.write(deflateSync(FILE))
    })
    const params = { account: ACCOUNT, remoteId: BATCH_ID }
    expect(await transportTo(server.url).streamResults(params)).toMatchObject({
      type: 'failed',
      error: { message: 'The answer is packed as deflate, which was not asked for.' },
    })
    await server.calls[0]?.over
  })
})
