import type { RemoteId } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import {
  ACCOUNT,
  BATCH_ID,
  createParams,
  envelope,
  NOW,
  transportTo,
  wireBatch,
} from './arrange.js'
import { type Answer, json, startServer, text } from './raw-server.js'

const PARAMS = { account: ACCOUNT, remoteId: BATCH_ID }
const DATE = 'Sat, 21 Nov 2026 12:34:56 GMT'
const AT_DATE = Date.parse(DATE)

function page(batches: readonly unknown[], over: Record<string, unknown> = {}): unknown {
  return { data: batches, has_more: false, first_id: null, last_id: null, ...over }
}

describe('retrieve', () => {
  test('reads an ended batch with all its instants', async () => {
    const batch = wireBatch({
      processing_status: 'ended',
      request_counts: { processing: 0, succeeded: 1, errored: 2, canceled: 3, expired: 4 },
      ended_at: '2026-11-21T14:00:00+01:00',
      cancel_initiated_at: '2026-11-21T12:30:00Z',
      archived_at: '2026-12-20T12:00:00.5Z',
    })
    await using server = await startServer(json(200, batch))
    expect(await transportTo(server.url).retrieve(PARAMS)).toMatchObject({
      type: 'batch',
      batch: {
        status: 'ended',
        counts: { processing: 0, succeeded: 1, errored: 2, canceled: 3, expired: 4 },
        endedAt: Date.UTC(2026, 10, 21, 13),
        cancelInitiatedAt: Date.UTC(2026, 10, 21, 12, 30),
        archivedAt: Date.UTC(2026, 11, 20, 12, 0, 0, 500),
      },
    })
    expect(server.calls[0]).toMatchObject({
      method: 'GET',
      url: `/v1/messages/batches/${BATCH_ID}`,
    })
  })

  test('knows the API’s 404 from a proxy’s', async () => {
    await using api = await startServer(json(404, envelope('not_found_error', 'not found.')))
    await using proxy = await startServer(text(404, '<h1>Not Found</h1>'))
    expect(await transportTo(api.url).retrieve(PARAMS)).toMatchObject({ type: 'not_found' })
    expect(await transportTo(proxy.url).retrieve(PARAMS)).toMatchObject({
      type: 'failed',
      error: { status: 404, type: null, message: 'HTTP 404: Not Found' },
    })
  })

  test.each<[string, Answer]>([
    ['a 500', json(500, envelope('api_error', 'oops'), { 'retry-after-ms': '1500' })],
    ['a web page', text(200, '<html>Welcome</html>')],
    ['a batch that lacks a count', json(200, wireBatch({ request_counts: { processing: 2 } }))],
    ['a batch with a negative count', json(200, wireBatch({ request_counts: { processing: -1 } }))],
    ['a batch with a broken optional time', json(200, wireBatch({ ended_at: 'soon' }))],
    ['a redirect', text(307, '', { location: 'http://127.0.0.1:9/' })],
    ['a reset', (_call, _response, socket) => socket.resetAndDestroy()],
  ])('fails with a value after %s', async (_name, answer) => {
    await using server = await startServer(answer)
    const result = await transportTo(server.url).retrieve(PARAMS)
    expect(result.type).toBe('failed')
    expect(server.calls).toHaveLength(1)
  })

  test('fails with a value after silence', async () => {
    await using server = await startServer(() => undefined)
    const transport = transportTo(server.url, {}, { timeouts: { readMs: 50 } })
    expect(await transport.retrieve(PARAMS)).toMatchObject({
      type: 'failed',
      error: { status: null, message: 'Request timed out.' },
    })
  })

  test('follows the caller’s signal', async () => {
    const stop = new AbortController()
    await using server = await startServer(() => stop.abort())
    const params = { ...PARAMS, signal: stop.signal }
    expect(await transportTo(server.url).retrieve(params)).toMatchObject({ type: 'failed' })
    expect(await transportTo(server.url).retrieve(params)).toMatchObject({ type: 'failed' })
    expect(server.calls).toHaveLength(1)
  })
})

describe('list', () => {
  test('asks for the page after an id and gives the headers that a send is judged by', async () => {
    const answer = json(
      200,
      page([wireBatch(), wireBatch({ id: 'msgbatch_2' })], { has_more: true }),
      {
        date: DATE,
        'anthropic-workspace-id': 'wrkspc_1',
      },
    )
    await using server = await startServer(answer)
    const afterId = 'msgbatch_0' as RemoteId
    const result = await transportTo(server.url).list({ account: ACCOUNT, afterId, limit: 1_000 })
    expect(result).toMatchObject({
      type: 'page',
      batches: [{ id: BATCH_ID }, { id: 'msgbatch_2' }],
      hasMore: true,
      serverAt: AT_DATE,
      workspaceId: 'wrkspc_1',
    })
    expect(server.calls[0]?.url).toBe('/v1/messages/batches?limit=1000&after_id=msgbatch_0')
  })

  test('takes the client’s clock and no workspace where the headers are absent', async () => {
    await using server = await startServer((call, response, socket) => {
      response.sendDate = false
      return json(200, page([]))(call, response, socket)
    })
    expect(await transportTo(server.url).snapshot({ account: ACCOUNT })).toEqual({
      type: 'page',
      batches: [],
      hasMore: false,
      serverAt: NOW,
      workspaceId: null,
    })
    expect(server.calls[0]?.url).toBe('/v1/messages/batches?limit=20')
  })

  test.each([
    ['one entry can not be read', page([wireBatch(), wireBatch({ created_at: null })])],
    ['it says more and is empty', page([], { has_more: true })],
    ['it does not say whether there is more', { data: [wireBatch()] }],
    ['it is another thing', wireBatch()],
  ])('fails as a whole when %s', async (_name, body) => {
    await using server = await startServer(json(200, body))
    const result = await transportTo(server.url).list({
      account: ACCOUNT,
      afterId: null,
      limit: 20,
    })
    expect(result).toMatchObject({ type: 'failed', error: { status: 200 } })
  })

  test('fails after a 404, which is nothing that a list says', async () => {
    await using server = await startServer(json(404, envelope('not_found_error', 'nope')))
    const result = await transportTo(server.url).snapshot({ account: ACCOUNT })
    expect(result).toMatchObject({ type: 'failed', error: { status: 404 } })
  })
})

describe('cancel', () => {
  test('posts without a body and gives the batch', async () => {
    const batch = wireBatch({
      processing_status: 'canceling',
      cancel_initiated_at: '2026-11-21T12:01:00Z',
    })
    await using server = await startServer(json(200, batch))
    const result = await transportTo(server.url).cancel(PARAMS)
    expect(result).toMatchObject({ type: 'batch', batch: { status: 'canceling' } })
    expect(server.calls[0]).toMatchObject({
      method: 'POST',
      url: `/v1/messages/batches/${BATCH_ID}/cancel`,
      isWhole: true,
      bytes: 0,
    })
  })

  const ended = `Batch ${BATCH_ID} cannot be canceled because it has already finished processing.`
  test.each<[string, Answer, string]>([
    [
      'is too late by the API’s words',
      json(400, envelope('invalid_request_error', ended)),
      'too_late',
    ],
    ['is too late by a conflict', json(409, envelope('conflict_error', 'ended')), 'too_late'],
    ['finds nothing', json(404, envelope('not_found_error', 'not found')), 'not_found'],
    ['fails for another 400', json(400, envelope('invalid_request_error', 'limits')), 'failed'],
    ['fails for a proxy’s 409', text(409, 'has already finished processing'), 'failed'],
    ['fails for a 529', json(529, envelope('overloaded_error', 'Overloaded')), 'failed'],
  ])('%s', async (_name, answer, type) => {
    await using server = await startServer(answer)
    expect((await transportTo(server.url).cancel(PARAMS)).type).toBe(type)
    expect(server.calls).toHaveLength(1)
  })
})

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('%i takes neither key nor body along', async (status) => {
    await using stranger = await startServer(json(200, wireBatch()))
    await using server = await startServer(text(status, '', { location: `${stranger.url}/v1` }))
    const transport = transportTo(server.url)
    expect((await transport.createBatch(createParams())).type).toBe('ambiguous')
    expect((await transport.retrieve(PARAMS)).type).toBe('failed')
    expect((await transport.cancel(PARAMS)).type).toBe('failed')
    expect((await transport.snapshot({ account: ACCOUNT })).type).toBe('failed')
    expect(stranger.calls).toHaveLength(0)
  })
})
