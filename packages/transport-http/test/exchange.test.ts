import { expect, test } from 'vitest'
import { Exchange } from '../src/exchange.js'
import { ACCOUNT, BATCH_ID, transportTo, wireBatch } from './arrange.js'
import { json, startServer, text } from './raw-server.js'

test('an exchange goes over the wire once, even if a client that repeats calls is put on top of it', async () => {
  await using server = await startServer(json(200, wireBatch()))
  const exchange = new Exchange({ fetch, auth: 'bearer', isStreamed: false })
  await exchange.fetch(server.url)
  await expect(exchange.fetch(server.url)).rejects.toThrow('only once')
  expect(server.calls).toHaveLength(1)
})

test('an answer that is far too large is not taken in', async () => {
  await using server = await startServer(text(200, 'x'.repeat(17 * 1024 * 1024)))
  const result = await transportTo(server.url).retrieve({ account: ACCOUNT, remoteId: BATCH_ID })
  expect(result).toMatchObject({
    type: 'failed',
    error: {
      status: 200,
      message: 'HTTP 200, broken off: The answer is larger than any of the API.',
    },
  })
})
