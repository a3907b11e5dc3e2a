import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  ACCOUNT,
  BATCH_ID,
  CARRIERS,
  envelope,
  KEY,
  piecesFrom,
  readAll,
  transportTo,
  wireBatch,
} from './arrange.js'
import { type Answer, json, startServer, text } from './raw-server.js'

afterEach(() => {
  vi.useRealTimers()
})

const LINES = Array.from({ length: 20 }, (_, at) =>
  JSON.stringify({ custom_id: `id-${at}`, result: { type: 'succeeded', note: 'ü\u2028' } }),
)
const FILE = Buffer.from(LINES.map((line) => `${line}\n`).join(''))

function file(body: Buffer, headers: Record<string, string> = {}): Answer {
  return (_call, response) => {
    response.writeHead(200, { 'content-type': 'application/x-jsonl', ...headers })
    response.end(body)
  }
}

describe.each(CARRIERS)('over %s, results', (_name, carrier) => {
  test('come from the batch’s own path, with the key and the SDK’s accept', async () => {
    await using server = await startServer(file(FILE))
    const read = await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))
    expect(read).toEqual({ lines: LINES, ends: [{ type: 'end', clean: true, error: null }] })
    expect(server.calls).toHaveLength(1)
    expect(server.calls[0]).toMatchObject({
      method: 'GET',
      url: `/v1/messages/batches/${BATCH_ID}/results`,
      headers: { accept: 'application/binary', authorization: `Bearer ${KEY}` },
    })
  })

  test('need no content type', async () => {
    await using server = await startServer((_call, response) => response.end(FILE))
    expect((await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))).lines).toEqual(
      LINES,
    )
  })

  test('may be compressed', async () => {
    const packed = gzipSync(FILE)
    const headers = { 'content-encoding': 'gzip', 'content-length': String(packed.length) }
    await using server = await startServer(file(packed, headers))
    const { lines, ends } = await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))
    expect(lines).toEqual(LINES)
    expect(ends).toMatchObject([{ clean: true }])
  })

  test('may have carriage returns, blank lines and no last line feed', async () => {
    const body = Buffer.from(`\n${LINES.join('\r\n\r\n')}`)
    await using server = await startServer(file(body))
    expect((await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))).lines).toEqual(
      LINES,
    )
  })

  test('that are empty end cleanly', async () => {
    await using server = await startServer(file(Buffer.alloc(0)))
    const { lines, ends } = await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))
    expect({ lines, ends }).toEqual({
      lines: [],
      ends: [{ type: 'end', clean: true, error: null }],
    })
  })

  test('of an id with strange characters stay under the batches', async () => {
    await using server = await startServer(file(FILE))
    const transport = transportTo(server.url, {}, carrier)
    for (const remoteId of ['../../../evil?x=1#y', '..', '.', '']) {
      await transport.streamResults({ account: ACCOUNT, remoteId: remoteId as typeof BATCH_ID })
    }
    expect(server.calls.map((call) => call.url)).toEqual([
      '/v1/messages/batches/..%2F..%2F..%2Fevil%3Fx%3D1%23y/results',
    ])
  })

  test('are not there when the API says so, and failed when somebody else does', async () => {
    const no = envelope('not_found_error', `Message Batch ${BATCH_ID} has no available results.`)
    await using api = await startServer(json(404, no))
    await using proxy = await startServer(text(404, 'nothing here'))
    const params = { account: ACCOUNT, remoteId: BATCH_ID }
    expect(await transportTo(api.url, {}, carrier).streamResults(params)).toMatchObject({
      type: 'not_found',
      error: { status: 404, type: 'not_found_error' },
    })
    expect(await transportTo(proxy.url, {}, carrier).streamResults(params)).toMatchObject({
      type: 'failed',
      error: { status: 404, type: null },
    })
  })

  test('that are a web page failed', async () => {
    await using server = await startServer(text(200, '<html>Log in</html>'))
    const params = { account: ACCOUNT, remoteId: BATCH_ID }
    expect(await transportTo(server.url, {}, carrier).streamResults(params)).toMatchObject({
      type: 'failed',
      error: { status: 200, message: 'HTTP 200, unreadable: a web page came instead of results' },
    })
  })

  test('that never begin failed after the read timeout', async () => {
    await using server = await startServer(() => undefined)
    const transport = transportTo(server.url, {}, { ...carrier, timeouts: { readMs: 50 } })
    const params = { account: ACCOUNT, remoteId: BATCH_ID }
    expect(await transport.streamResults(params)).toMatchObject({ type: 'failed' })
  })

  test('leave out a line that is too long, and say so', async () => {
    const body = Buffer.from(`${LINES[0]}\n${'x'.repeat(5_000)}\n${LINES[1]}\n`)
    await using server = await startServer(file(body))
    const transport = transportTo(server.url, {}, { ...carrier, maxLineBytes: 1_000 })
    const { lines, ends } = await readAll(await piecesFrom(transport))
    expect(lines).toEqual(LINES.slice(0, 2))
    expect(ends).toMatchObject([{ clean: false, error: { code: 'line_too_long', status: null } }])
    expect(ends[0]?.error?.message).toBe(
      '1 lines were longer than 1000 bytes and left out, the first was line 2',
    )
  })
})

// Hundreds of calls, or a hundred megabytes, on a machine that may have other work.
const MANY_MS = 60_000

/** Ways to end a body after the given bytes that are not its proper end. */
const CUTS: Readonly<Record<string, (body: Buffer) => Answer>> = {
  'an announced length is not reached': (body) => (_call, response, socket) => {
    response.writeHead(200, { 'content-length': FILE.length + 1 })
    response.flushHeaders()
    if (body.length === 0) socket.end()
    else response.write(body, () => socket.end())
  },
  'chunks break off': (body) => (_call, response, socket) => {
    response.writeHead(200)
    response.flushHeaders()
    if (body.length === 0) socket.resetAndDestroy()
    else response.write(body, () => socket.destroy())
  },
}

describe.each(CARRIERS)(
  'over %s, results that break off',
  { timeout: MANY_MS },
  (_name, carrier) => {
    test.each(Object.entries(CUTS))(
      'when %s are not clean and give no half line, at any byte',
      async (_name, answer) => {
        const sample = FILE.subarray(0, LINES.slice(0, 3).join('\n').length)
        let bytes = 0
        await using server = await startServer((call, response, socket) =>
          answer(sample.subarray(0, bytes))(call, response, socket),
        )
        const transport = transportTo(server.url, {}, carrier)
        for (; bytes <= sample.length; bytes += 1) {
          const { lines, ends } = await readAll(await piecesFrom(transport))
          expect(ends).toMatchObject([{ clean: false, error: { status: 200 } }])
          // What had not been read when the connection broke may be gone, but what came is whole and in order.
          const whole = sample.subarray(0, bytes).toString().split('\n').slice(0, -1)
          expect(lines).toEqual(whole.slice(0, lines.length))
        }
      },
    )

    test('by silence end after the idle time', async () => {
      await using server = await startServer((_call, response) => {
        response.writeHead(200).write(FILE.subarray(0, FILE.length - 5))
      })
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const pieces = (await piecesFrom(transportTo(server.url, {}, carrier)))[
        Symbol.asyncIterator
      ]()
      for (let seen = 0; seen < LINES.length - 1; ) {
        const { value } = await pieces.next()
        seen += value?.type === 'lines' ? value.lines.length : 0
      }
      const last = pieces.next()
      vi.advanceTimersByTime(60_000)
      expect(await last).toMatchObject({
        value: { clean: false, error: { message: 'Results broke off: silence for 60000 ms' } },
      })
      expect(await pieces.next()).toMatchObject({ done: true })
    })

    test('are seen also where a fetch of the caller’s own does not see it', async () => {
      const headers = { 'content-length': String(FILE.length + 1) }
      const fetch = async (): Promise<Response> => new Response(FILE, { headers })
      const { lines, ends } = await readAll(
        await piecesFrom(transportTo('http://x', {}, { fetch })),
      )
      expect(lines).toEqual(LINES)
      expect(ends[0]?.error?.message).toBe(
        `Results broke off: ${FILE.length} of ${FILE.length + 1} announced bytes came`,
      )
    })

    test('by the caller end at once', async () => {
      await using server = await startServer((_call, response) => {
        response.writeHead(200).write(FILE)
      })
      const stop = new AbortController()
      const pieces = await piecesFrom(transportTo(server.url, {}, carrier), stop.signal)
      const ends: unknown[] = []
      for await (const piece of pieces) {
        if (piece.type === 'end') ends.push(piece)
        else stop.abort()
      }
      expect(ends).toMatchObject([{ clean: false }])
    })

    test('cleanly but early look clean: only counting can tell', async () => {
      await using server = await startServer(file(Buffer.from(`${LINES[0]}\n`)))
      const { lines, ends } = await readAll(await piecesFrom(transportTo(server.url, {}, carrier)))
      expect(lines).toHaveLength(1)
      expect(ends).toMatchObject([{ clean: true }])
    })

    test('because the reader stops let the connection go', async () => {
      await using server = await startServer((_call, response) => {
        response.writeHead(200).write(FILE)
      })
      for await (const _piece of await piecesFrom(transportTo(server.url, {}, carrier))) break
      await server.calls[0]?.over
      expect(server.calls).toHaveLength(1)
    })
  },
)

describe.each(CARRIERS)('over %s, a slow reader', { timeout: MANY_MS }, (_name, carrier) => {
  test('holds the provider back, so that memory stays flat', async () => {
    const chunk = Buffer.alloc(1024 * 1024, `${LINES[0]}\n`)
    const total = 100 * chunk.length
    let written = 0
    await using server = await startServer((_call, response) => {
      const more = (): void => {
        while (written < total) {
          written += chunk.length
          if (!response.write(chunk)) break
        }
        if (written < total) response.once('drain', more)
        else response.end()
      }
      response.writeHead(200)
      more()
    })
    let read = 0
    let farthestAhead = 0
    for await (const piece of await piecesFrom(transportTo(server.url, {}, carrier))) {
      if (piece.type === 'lines') for (const line of piece.lines) read += line.length + 1
      // The server gets several turns for one of ours.
      for (let turn = 0; turn < 5; turn += 1) await setImmediate()
      farthestAhead = Math.max(farthestAhead, written - read)
    }
    expect(read).toBeGreaterThan(total - chunk.length)
    expect(farthestAhead).toBeLessThan(total / 4)
  })

  test('is not taken for silence', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let finish = (): void => undefined
    await using server = await startServer((_call, response) => {
      response.writeHead(200).write(FILE.subarray(0, 200))
      finish = () => response.end(FILE.subarray(200))
    })
    const lines: Uint8Array[] = []
    for await (const piece of await piecesFrom(transportTo(server.url, {}, carrier))) {
      if (piece.type === 'end') expect(piece.clean).toBe(true)
      else lines.push(...piece.lines)
      vi.advanceTimersByTime(300_000)
      finish()
    }
    expect(lines).toHaveLength(LINES.length)
  })
})

describe.each(CARRIERS)('over %s, results never go to another host', (_name, carrier) => {
  test('whatever the provider names in results_url, or where it redirects', async () => {
    await using stranger = await startServer(file(FILE))
    await using server = await startServer((call, response, socket) => {
      const answer = call.url.endsWith('/results')
        ? text(302, '', { location: `${stranger.url}/steal` })
        : json(200, wireBatch({ results_url: `${stranger.url}/steal` }))
      return answer(call, response, socket)
    })
    const transport = transportTo(server.url, {}, carrier)
    const params = { account: ACCOUNT, remoteId: BATCH_ID }
    await transport.retrieve(params)
    expect(await transport.streamResults(params)).toMatchObject({
      type: 'failed',
      error: { status: 302 },
    })
    expect(stranger.calls).toHaveLength(0)
  })
})
