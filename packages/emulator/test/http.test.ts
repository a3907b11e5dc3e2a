import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'

const HEADERS = { 'x-api-key': 'any', 'anthropic-version': '2023-06-01' }
const BATCHES = '/v1/messages/batches'
const BODY = JSON.stringify({
  requests: [
    {
      custom_id: 'a',
      params: {
        model: 'claude-haiku-4-5',
        max_tokens: 64,
        messages: [{ role: 'user', content: 'Grüße' }],
      },
    },
  ],
})

interface Seen {
  status: number
  headers: Headers
  body: {
    id: string
    error: { type: string; message: string; details?: object }
    request_id: string
  }
}

async function call(claude: Emulator, path: string, init: RequestInit = {}): Promise<Seen> {
  const response = await fetch(`${claude.url}${path}`, { headers: HEADERS, ...init })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Seen['body'],
  }
}

async function create(
  claude: Emulator,
  body: string | Uint8Array<ArrayBuffer> = BODY,
  headers = {},
): Promise<Seen> {
  return call(claude, BATCHES, { method: 'POST', body, headers: { ...HEADERS, ...headers } })
}

describe('on the wire', () => {
  test('both ways to send a key, both versions, and the old beta are fine', async () => {
    await using claude = await startEmulator()
    for (const headers of [
      { 'x-api-key': 'any', 'anthropic-version': '2023-06-01' },
      { authorization: 'Bearer any', 'anthropic-version': '2026-10-21' },
      { ...HEADERS, 'anthropic-beta': 'message-batches-2024-09-24' },
    ]) {
      const seen = await call(claude, `${BATCHES}?beta=true`, {
        method: 'POST',
        body: BODY,
        headers,
      })
      expect(seen.status).toBe(200)
    }
  })

  test('a missing version is a 400, a missing key a 401', async () => {
    await using claude = await startEmulator()
    expect((await call(claude, BATCHES, { headers: { 'x-api-key': 'any' } })).status).toBe(400)
    const { status, body, headers } = await call(claude, BATCHES, {
      headers: { 'anthropic-version': '2023-06-01' },
    })
    expect([status, body.error.type]).toEqual([401, 'authentication_error'])
    expect(body.request_id).toBe(headers.get('request-id'))
  })

  test('answers bear ids, workspace, rate limits, and the date of virtual time', async () => {
    const start = Date.parse('2030-01-01T00:00:00Z')
    await using claude = await startEmulator({ clock: { start } })
    const { headers, body } = await create(claude)
    expect(headers.get('request-id')).toMatch(/^req_01/)
    expect(headers.get('anthropic-workspace-id')).toMatch(/^wrkspc_01/)
    expect(headers.get('anthropic-organization-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('anthropic-ratelimit-requests-limit')).toBe('4000')
    expect(headers.get('date')).toMatch(/^Tue, 01 Jan 2030 00:0/)
    const retrieved = await call(claude, `${BATCHES}/${body.id}`)
    expect(retrieved.headers.get('retry-after')).toBe('10')
  })

  test('results come in chunks as JSON lines, at the host that was dialled', async () => {
    await using claude = await startEmulator({ turnaroundMs: [0, 0] })
    const { body } = await create(claude)
    const host = claude.url.replace('127.0.0.1', 'localhost')
    const batch = await fetch(`${host}${BATCHES}/${body.id}`, { headers: HEADERS })
    const { results_url } = (await batch.json()) as { results_url: string }
    expect(results_url).toBe(`${host}${BATCHES}/${body.id}/results`)
    const results = await fetch(results_url, { headers: HEADERS })
    expect(results.headers.get('content-type')).toBe('application/x-jsonl')
    expect(results.headers.get('transfer-encoding')).toBe('chunked')
    const text = await results.text()
    expect(text.endsWith('}\n')).toBe(true)
    expect(JSON.parse(text)).toMatchObject({ custom_id: 'a', result: { type: 'succeeded' } })
    expect(text).toContain('Grüße')
  })

  test.each([
    ['no JSON', '{"requests":[{]}', /^The request body is not valid JSON: /],
    ['no list', '{"requests":1}', /^requests: Input should be a valid list$/],
    ['nothing in it', '{}', /^requests: Field required$/],
    ['a request without id', '{"requests":[{}]}', /^requests\.0\.custom_id: Field required$/],
    [
      'a request without params',
      '{"requests":[{"custom_id":"a"}]}',
      /^requests\.0\.params: Field required$/,
    ],
  ])('a body with %s is a 400', async (_, body, message) => {
    await using claude = await startEmulator()
    const seen = await create(claude, body)
    expect(seen.status).toBe(400)
    expect(seen.body.error).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringMatching(message),
    })
  })

  test('gzip is decoded; other encodings, broken ones and bombs are refused', async () => {
    await using claude = await startEmulator()
    const gzip = { 'content-encoding': 'gzip' }
    expect((await create(claude, gzipSync(BODY), gzip)).status).toBe(200)
    expect(claude.ledger.posts()).toMatchObject([{ verdict: 'accepted' }])
    const code = (seen: Seen): unknown => [seen.status, seen.body.error.details]
    expect(code(await create(claude, BODY, gzip))).toEqual([
      400,
      { error_code: 'request_body_encoding_invalid' },
    ])
    expect(code(await create(claude, BODY, { 'content-encoding': 'br' }))).toEqual([
      400,
      { error_code: 'request_body_encoding_unsupported' },
    ])
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '))
    expect(code(await create(claude, bomb, gzip))).toEqual([
      413,
      { error_code: 'request_body_too_large_after_decoding' },
    ])
    expect(claude.ledger.accepted()).toHaveLength(1)
  })

  test('a body that is too large is read to its end and refused without envelope', async () => {
    await using claude = await startEmulator({ maxBytes: 1_000 })
    const seen = await create(claude, BODY.padEnd(300_000))
    expect(seen.status).toBe(413)
    expect(seen.body).toEqual({
      error: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
    })
  })

  test('paths and methods that do not exist', async () => {
    await using claude = await startEmulator()
    expect((await call(claude, '/v1/complete')).status).toBe(404)
    expect((await call(claude, BATCHES, { method: 'PUT' })).status).toBe(405)
    expect((await call(claude, `${BATCHES}/x/results`, { method: 'POST' })).status).toBe(405)
    expect((await call(claude, '/v1/messages/constructor')).status).toBe(404)
  })

  test('a hook that throws is told as a 500, and accepts nothing', async () => {
    await using claude = await startEmulator()
    claude.reply(() => {
      throw new TypeError('bad hook')
    })
    const seen = await create(claude)
    expect([seen.status, seen.body.error.message]).toEqual([500, 'The emulator failed: bad hook'])
    expect(claude.ledger.posts()).toMatchObject([{ verdict: 'aborted' }])
  })
})

describe('connections that fail', () => {
  test('an upload that breaks off before its last byte is not accepted', async () => {
    await using claude = await startEmulator()
    const { port } = new URL(claude.url)
    const booked = new Promise<void>((resolve) => {
      claude.model.ledger.subscribe(() => resolve())
    })
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST ${BATCHES} HTTP/1.1\r\nhost: x\r\nx-api-key: any\r\nanthropic-version: 2023-06-01\r\n` +
        `content-length: ${BODY.length + 9}\r\n\r\n${BODY}`,
      () => socket.destroy(),
    )
    await booked
    expect(claude.ledger.posts()).toMatchObject([
      { verdict: 'aborted', count: 1, firstCustomId: 'a' },
    ])
    expect(claude.ledger.accepted()).toEqual([])
  })

  test('a lost answer is a dead connection, a cut one an unfinished body', async () => {
    await using claude = await startEmulator({ turnaroundMs: [0, 0] })
    claude.fault('create', { loseResponse: true, times: 1 })
    await expect(create(claude)).rejects.toThrow('fetch failed')
    claude.fault('create', { error: 'truncated', times: 1 })
    await expect(create(claude)).rejects.toThrow('terminated')
    const { body } = await create(claude)
    claude.fault('results', { cut: 'mid_line', cutAfterLines: 0, cutEnd: 'reset' })
    const results = await fetch(`${claude.url}${BATCHES}/${body.id}/results`, { headers: HEADERS })
    expect(results.status).toBe(200)
    await expect(results.text()).rejects.toThrow('terminated')
  })

  test('silence lasts until the client gives up; what has come so far has come', async () => {
    await using claude = await startEmulator({ turnaroundMs: [0, 0] })
    const { body } = await create(claude)
    claude.fault('results', { cut: 'line_end', cutAfterLines: 1, cutEnd: 'stall' })
    const response = await fetch(`${claude.url}${BATCHES}/${body.id}/results`, { headers: HEADERS })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const { value } = await reader.read()
    expect(new TextDecoder().decode(value)).toMatch(/^\{"custom_id":"a".*\}\n$/)
    claude.fault('list', { hang: true })
    const silent = call(claude, BATCHES).catch((error: unknown) => error)
    // Closing ends both, or this test would not.
    await claude.stop()
    expect(await silent).toBeInstanceOf(TypeError)
    await expect(reader.read()).rejects.toThrow()
  })
})

describe('about the emulator itself', () => {
  test('other processes read the ledger', async () => {
    await using claude = await startEmulator()
    const { body } = await create(claude)
    await claude.clock.advance('1h')
    const read = async (query: string): Promise<unknown[]> => {
      const text = await (await fetch(`${claude.url}/_emulator/ledger${query}`)).text()
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    }
    expect(await read('')).toMatchObject([
      {
        posts: 1,
        accepted: 1,
        rows: { succeeded: 1 },
        nano_usd: expect.stringMatching(/^[1-9]\d*$/),
      },
    ])
    expect(await read('?rows=1')).toMatchObject([
      {
        batch_id: body.id,
        custom_id: 'a',
        outcome: 'succeeded',
        model: 'claude-haiku-4-5-20251001',
        usage: {},
      },
    ])
    expect(await read('?posts=1')).toMatchObject([{ verdict: 'accepted', batch_ids: [body.id] }])
    expect(await read('?batches=1')).toMatchObject([{ batch_id: body.id, custom_ids: ['a'] }])
  })

  test('other processes script faults, act as others, and put the clock forward', async () => {
    await using claude = await startEmulator()
    const post = (name: string, body: unknown): Promise<Seen> =>
      call(claude, `/_emulator/${name}`, { method: 'POST', body: JSON.stringify(body) })
    expect((await post('faults', [{ op: 'list', error: 'unavailable' }])).status).toBe(200)
    expect((await call(claude, BATCHES)).status).toBe(503)
    expect((await post('faults', [{ op: 'lust' }])).body.error.message).toMatch(
      /^op: expected one of/,
    )
    await fetch(`${claude.url}/_emulator/faults`, { method: 'DELETE' })
    expect((await call(claude, BATCHES)).status).toBe(200)
    const { id } = (await post('foreign', { count: 3 })).body
    const before = claude.clock.now()
    await post('advance', { by: '2h' })
    expect(claude.clock.now() - before).toBeGreaterThanOrEqual(7_200_000)
    expect((await post('delete', { id })).body).toEqual({ done: true })
    expect((await post('cancel', { id })).body).toEqual({ done: false })
    expect((await call(claude, '/_emulator')).body).toMatchObject({ ...claude.startLine })
  })
})
