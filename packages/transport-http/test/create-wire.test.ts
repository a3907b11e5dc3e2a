import { InvariantError, laneKey } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { BODY, createParams, envelope, KEY, transportTo, wireBatch } from './arrange.js'
import { type Answer, json, startServer, text } from './raw-server.js'

const accept = json(200, wireBatch())

describe('a create on the wire', () => {
  test('is one POST of exactly the bytes, with their length announced and not chunked', async () => {
    await using server = await startServer(accept)
    await transportTo(server.url).createBatch(createParams())
    expect(server.calls).toHaveLength(1)
    const [call] = server.calls
    expect(call).toMatchObject({ method: 'POST', url: '/v1/messages/batches', isWhole: true })
    expect(call?.body.equals(BODY)).toBe(true)
    expect(call?.headers).toMatchObject({
      'content-length': String(BODY.length),
      'content-type': 'application/json',
      'anthropic-version': '2026-10-21',
      authorization: `Bearer ${KEY}`,
      'x-stainless-retry-count': '0',
    })
    expect(call?.headers).not.toHaveProperty('transfer-encoding')
    expect(call?.headers).not.toHaveProperty('x-api-key')
    expect(call?.headers).not.toHaveProperty('anthropic-beta')
  })

  test('bears what its lane says', async () => {
    await using server = await startServer(accept)
    const betas = ['output-300k-2026-03-24', 'files-api-2025-04-14']
    const lane = laneKey({ apiVersion: '2023-06-01', betas, userProfileId: 'uprof_1' })
    await transportTo(server.url).createBatch(createParams({ lane }))
    expect(server.calls[0]?.headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'files-api-2025-04-14,output-300k-2026-03-24',
      'anthropic-user-profile-id': 'uprof_1',
    })
  })

  test('keeps a path in the base URL, and bears the workspace and the user agent', async () => {
    await using server = await startServer(accept)
    const account = { baseUrl: `${server.url}/gateway/`, workspaceId: 'wrkspc_9' }
    const transport = transportTo(server.url, account, { userAgent: 'halfrate/0.1.0' })
    await transport.createBatch(createParams())
    expect(server.calls[0]).toMatchObject({
      url: '/gateway/v1/messages/batches',
      headers: { 'anthropic-workspace-id': 'wrkspc_9', 'user-agent': 'halfrate/0.1.0' },
    })
  })

  test('bears the key as x-api-key where the account says so', async () => {
    await using server = await startServer(accept)
    await transportTo(server.url, { auth: 'x-api-key' }).createBatch(createParams())
    expect(server.calls[0]?.headers).toMatchObject({ 'x-api-key': KEY })
    expect(server.calls[0]?.headers).not.toHaveProperty('authorization')
  })

  test('fetches a key that is a function at every call', async () => {
    await using server = await startServer(accept)
    let turn = 0
    const apiKey = async (): Promise<string> => `${KEY}-${++turn}`
    const transport = transportTo(server.url, { apiKey })
    await transport.createBatch(createParams())
    await transport.createBatch(createParams())
    expect(server.calls.map((call) => call.headers.authorization)).toEqual([
      `Bearer ${KEY}-1`,
      `Bearer ${KEY}-2`,
    ])
  })

  test('bears an auth token as it is', async () => {
    await using server = await startServer(accept)
    await transportTo(server.url, { authToken: 'token-of-mine' }).createBatch(createParams())
    expect(server.calls[0]?.headers.authorization).toBe('Bearer token-of-mine')
  })

  test('is refused without a byte when its nonce was used before, whatever became of that', async () => {
    await using server = await startServer(json(401, envelope('authentication_error', 'no')))
    const transport = transportTo(server.url)
    const params = createParams()
    await transport.createBatch(params)
    const again = transport.createBatch(createParams({ nonce: params.nonce }))
    await expect(again).rejects.toBeInstanceOf(InvariantError)
    expect(server.calls).toHaveLength(1)
  })
})

// What makes the SDK repeat a call by default, and with it the batch.
const TEMPTATIONS: Readonly<Record<string, Answer>> = {
  '408': text(408, 'timeout'),
  '409': json(409, envelope('conflict_error', 'conflict')),
  '429': json(429, envelope('rate_limit_error', 'slow'), { 'x-should-retry': 'true' }),
  '500': json(500, envelope('api_error', 'oops')),
  '529': json(529, envelope('overloaded_error', 'busy'), { 'x-should-retry': 'true' }),
  'a reset': async (call, _response, socket) => {
    await call.over
    socket.resetAndDestroy()
  },
}

describe('a create is never repeated', () => {
  test.each(Object.entries(TEMPTATIONS))('after %s', async (_name, answer) => {
    await using server = await startServer(answer)
    await transportTo(server.url).createBatch(createParams())
    expect(server.calls).toHaveLength(1)
    expect(server.calls[0]?.isWhole).toBe(true)
  })
})
