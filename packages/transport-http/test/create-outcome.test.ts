import type { CreateResult } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import {
  BATCH_ID,
  createParams,
  envelope,
  errorOfCreate,
  NOW,
  transportTo,
  wireBatch,
} from './arrange.js'
import { type Answer, json, startServer, text } from './raw-server.js'

async function createAt(answer: Answer, answerMs = 60_000): Promise<CreateResult> {
  await using server = await startServer(answer)
  const transport = transportTo(server.url, {}, { timeouts: { answerMs } })
  return await transport.createBatch(createParams())
}

describe('a create is accepted', () => {
  test('by a batch of the right count, read with all its instants', async () => {
    const result = await createAt(json(200, wireBatch({ a_new_field: { deep: true } })))
    expect(result).toEqual({
      type: 'accepted',
      batch: {
        id: BATCH_ID,
        status: 'in_progress',
        counts: { processing: 2, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
        createdAt: NOW + 123,
        expiresAt: NOW + 123 + 86_400_000,
        endedAt: null,
        cancelInitiatedAt: null,
        archivedAt: null,
      },
    })
  })

  test('also when optional members are absent and some rows have ended', async () => {
    const counts = { processing: 0, succeeded: 1, errored: 1, canceled: 0, expired: 0 }
    const batch = wireBatch({ processing_status: 'ended', request_counts: counts })
    for (const name of ['ended_at', 'archived_at', 'cancel_initiated_at', 'results_url']) {
      delete batch[name]
    }
    expect(await createAt(json(200, batch))).toMatchObject({ type: 'accepted' })
  })
})

const REFUSALS: readonly [status: number, type: string, code: string | undefined][] = [
  [400, 'invalid_request_error', 'organization_on_hold'],
  [401, 'authentication_error', undefined],
  [402, 'billing_error', undefined],
  [403, 'permission_error', undefined],
  [404, 'not_found_error', undefined],
  [413, 'request_too_large', undefined],
  [422, 'invalid_request_error', undefined],
  [429, 'rate_limit_error', 'enforced_spend_limit_reached'],
]

describe('a create is refused', () => {
  test.each(REFUSALS)('by the API itself with %i %s', async (status, type, code) => {
    const result = await createAt(json(status, envelope(type, 'Said no.', code)))
    expect(result).toEqual({
      type: 'refused',
      error: {
        status,
        type,
        code: code ?? null,
        message: 'Said no.',
        requestId: 'req_envelope',
        retryAfterMs: null,
      },
    })
  })

  test('by the 413 of the front, with or without the bare error in it', async () => {
    const bare = {
      error: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
    }
    const fromFront = await createAt(json(413, bare))
    expect(fromFront).toMatchObject({ type: 'refused', error: { type: 'request_too_large' } })
    const page = await createAt(text(413, '<h1>413 Payload Too Large</h1>'))
    expect(page).toMatchObject({ type: 'refused', error: { status: 413, type: null } })
  })

  test('with how long to wait and the id of the call from the headers', async () => {
    const headers = { 'retry-after': '30', 'request-id': 'req_header' }
    const result = await createAt(json(429, envelope('rate_limit_error', 'slow'), headers))
    expect(result).toMatchObject({ error: { retryAfterMs: 30_000, requestId: 'req_header' } })
  })
})

const UNCLEAR: Readonly<Record<string, Answer>> = {
  'a 300': text(300, ''),
  'a 302': text(302, '', { location: 'http://127.0.0.1:9/' }),
  'a 400 without the envelope': text(400, '<h1>Bad Request</h1>'),
  'a 400 with the bare error': json(400, { error: { type: 'invalid_request_error' } }),
  'a 401 of a proxy': json(401, { message: 'Unauthorized' }),
  'a 403 of a firewall': text(403, '<title>Blocked</title>'),
  'a 404 of a proxy': text(404, 'no such route'),
  'a 408': json(408, envelope('timeout_error', 'timed out')),
  'a 409': json(409, envelope('conflict_error', 'conflict')),
  'a 418 with the envelope': json(418, envelope('teapot_error', 'short and stout')),
  'a 429 without the envelope': text(429, 'slow down'),
  'a 500': json(500, envelope('api_error', 'Internal server error')),
  'a 502 page': text(502, '<h1>Bad Gateway</h1>'),
  'a 503': json(503, envelope('api_error', 'unavailable')),
  'a 504': json(504, envelope('timeout_error', 'timeout')),
  'a 529': json(529, envelope('overloaded_error', 'Overloaded')),
  'a 201 with a batch': json(201, wireBatch()),
  'a 204': (_call, response) => response.writeHead(204).end(),
  'a 200 that is a web page': text(200, '<html><title>Welcome</title></html>'),
  'a 200 that is empty': text(200, ''),
  'a 200 of another type': json(200, wireBatch({ type: 'message' })),
  'a 200 without an id': json(200, wireBatch({ id: undefined })),
  'a 200 with an empty id': json(200, wireBatch({ id: '' })),
  'a 200 with a bad time': json(200, wireBatch({ created_at: 'yesterday' })),
  'a 200 with an unknown status': json(200, wireBatch({ processing_status: 'failed' })),
  'a 200 without counts': json(200, wireBatch({ request_counts: undefined })),
  'a 200 with another count': json(
    200,
    wireBatch({
      request_counts: { processing: 3, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    }),
  ),
  'a 200 cut in the middle': async (call, response, socket) => {
    await call.over
    const body = JSON.stringify(wireBatch())
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.slice(0, 50), () => socket.destroy())
  },
  'a 200 that ends early': async (call, response) => {
    await call.over
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(wireBatch()).slice(0, 50))
  },
  'a reset after the body': async (call, _response, socket) => {
    await call.over
    socket.resetAndDestroy()
  },
  'an answer that is no HTTP': async (call, _response, socket) => {
    await call.over
    socket.end('what?\r\n\r\n')
  },
}

const SILENT: Readonly<Record<string, Answer>> = {
  'a 200 that is never finished': async (call, response) => {
    await call.over
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":')
  },
  'a 500 that is never finished': async (call, response) => {
    await call.over
    response.writeHead(500, { 'content-type': 'application/json' }).write('{"type":')
  },
  'no answer': () => undefined,
}

describe('a create is unclear', () => {
  test.each(Object.entries(UNCLEAR))('after %s', async (_name, answer) => {
    const result = await createAt(answer)
    expect(result.type).toBe('ambiguous')
    expect(errorOfCreate(result).error.message).not.toBe('')
  })

  test.each(Object.entries(SILENT))('after %s in time', async (_name, answer) => {
    expect((await createAt(answer, 50)).type).toBe('ambiguous')
  })

  test('and keeps the status of an answer that broke off', async () => {
    const result = await createAt(UNCLEAR['a 200 cut in the middle'] as Answer)
    expect(errorOfCreate(result).error).toMatchObject({ status: 200, type: null })
  })
})

describe('a create was not sent', () => {
  test('when nobody listens', async () => {
    // A port that the system gives to nobody; one that was free a moment ago may be somebody's now.
    const result = await transportTo('http://127.0.0.1:1').createBatch(createParams())
    expect(result).toMatchObject({ type: 'not_sent', error: { status: null } })
    expect(errorOfCreate(result).error.message).toContain('ECONNREFUSED')
  })

  test('when the host has no address', async () => {
    const result = await transportTo('http://nobody.invalid').createBatch(createParams())
    expect(result.type).toBe('not_sent')
  })

  test('when the other side speaks no TLS', async () => {
    await using server = await startServer(json(200, wireBatch()))
    const https = server.url.replace('http:', 'https:')
    const result = await transportTo(https).createBatch(createParams())
    expect(result.type).toBe('not_sent')
    expect(server.calls).toHaveLength(0)
  })

  test.each([
    ['the base URL is none', { baseUrl: 'not a url' }],
    ['the base URL bears a password', { baseUrl: 'http://user:pass@127.0.0.1:1' }],
    ['the account has no credential', { apiKey: undefined }],
    ['the key can be no header', { apiKey: 'line\nbreak' }],
    ['the key can not be fetched', { apiKey: () => Promise.reject(new TypeError('vault shut')) }],
    ['the key that was fetched is empty', { apiKey: () => Promise.resolve('') }],
  ])('when %s', async (_name, account) => {
    const result = await transportTo('http://127.0.0.1:1', account).createBatch(createParams())
    expect(result).toMatchObject({ type: 'not_sent', error: { status: null } })
  })

  test('when the account is unknown', async () => {
    const accounts = (): never => {
      throw new TypeError('no such account')
    }
    const transport = transportTo('http://127.0.0.1:1', {}, { accounts })
    const result = await transport.createBatch(createParams())
    expect(result).toMatchObject({ type: 'not_sent', error: { message: 'no such account' } })
  })
})
