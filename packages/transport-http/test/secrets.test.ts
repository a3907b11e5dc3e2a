import { laneKey, type Transport } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import type { HttpAccount } from '../src/index.js'
import {
  ACCOUNT,
  BATCH_ID,
  createParams,
  envelope,
  KEY,
  piecesFrom,
  transportTo,
} from './arrange.js'
import { type Answer, json, startServer, text } from './raw-server.js'

/** Every error that a transport gives when all its calls fail, as one text. */
async function allErrors(transport: Transport): Promise<string> {
  const params = { account: ACCOUNT, remoteId: BATCH_ID }
  const results = [
    await transport.createBatch(createParams()),
    await transport.retrieve(params),
    await transport.snapshot({ account: ACCOUNT }),
    await transport.cancel(params),
    await transport.streamResults(params),
    await transport.countTokens({
      account: ACCOUNT,
      lane: laneKey({}),
      body: new Uint8Array([123, 125]),
    }),
  ]
  for (const result of results) expect(result).toHaveProperty('error')
  return JSON.stringify(results)
}

function expectNoSecret(seen: string, ...secrets: readonly string[]): void {
  for (const secret of secrets) {
    expect(seen).not.toContain(secret)
    // A piece of it is a leak too.
    expect(seen).not.toContain(secret.slice(0, 8))
    expect(seen).not.toContain(secret.slice(-8))
  }
}

/** Answers that give away what they were told. */
const GOSSIPS: Readonly<Record<string, (secret: string) => Answer>> = {
  'in the API’s message': (secret) => json(401, envelope('authentication_error', `bad: ${secret}`)),
  'in the API’s type and code': (secret) => json(400, envelope(secret, 'no', secret)),
  'in the id of the call': (secret) =>
    json(500, envelope('api_error', 'x'), { 'request-id': secret }),
  'in a page': (secret) => text(502, `<h1>no route for Bearer ${secret}</h1>`),
  'far into a page': (secret) => text(502, `${'<i></i>'.repeat(500)}${'x'.repeat(190)}${secret}`),
  'far into a message': (secret) =>
    json(400, envelope('invalid_request_error', `${'x'.repeat(990)}${secret}`)),
  'encoded for a URL': (secret) => text(403, `blocked: key=${encodeURIComponent(secret)}`),
  'in a 200 that is none': (secret) => text(200, `hello ${secret}`),
}

describe('no error bears a secret that comes back', () => {
  test.each(Object.entries(GOSSIPS))('%s', async (_name, gossip) => {
    await using server = await startServer(gossip(KEY))
    expectNoSecret(await allErrors(transportTo(server.url)), KEY, encodeURIComponent(KEY))
  })

  test('when the key was fetched', async () => {
    const key = 'fetched-key-of-the-vault'
    await using server = await startServer(text(500, key))
    const transport = transportTo(server.url, { apiKey: () => Promise.resolve(key) })
    expectNoSecret(await allErrors(transport), key)
  })

  test('when it is an auth token, or goes as x-api-key', async () => {
    const authToken = 'token-of-mine-0123456789'
    await using server = await startServer(text(500, authToken))
    expectNoSecret(await allErrors(transportTo(server.url, { authToken })), authToken)
    await using other = await startServer(text(500, KEY))
    expectNoSecret(await allErrors(transportTo(other.url, { auth: 'x-api-key' })), KEY)
  })

  test('when it has the form of a key, whosever it is', async () => {
    const stranger = 'sk-ant-api03-AbCd_efgh-1234'
    await using server = await startServer(text(500, `you sent ${stranger}!`))
    expectNoSecret(await allErrors(transportTo(server.url)), stranger)
  })
})

describe('no error bears a secret when the call never leaves', () => {
  test.each<[string, Partial<HttpAccount>, string]>([
    ['the key can be no header', { apiKey: 'planted-secret\nsecond-line-of-it' }, 'planted-secret'],
    [
      'the token can be no header',
      { authToken: 'planted-secret\u0000end-of-it' },
      'planted-secret',
    ],
    [
      'a fetched key can be no header',
      { apiKey: () => Promise.resolve('planted-secret\nsecond-line-of-it') },
      'planted-secret',
    ],
    ['the URL bears a password', { baseUrl: 'http://me:url-password@127.0.0.1:1' }, 'url-password'],
    ['nobody listens', { baseUrl: 'http://127.0.0.1:1' }, KEY],
    ['the URL is none', { baseUrl: `nonsense` }, KEY],
  ])('%s', async (_name, account, secret) => {
    expectNoSecret(await allErrors(transportTo('http://127.0.0.1:1', account)), secret)
  })
})

test('no end of results bears a secret', async () => {
  await using server = await startServer((_call, response, socket) => {
    response.writeHead(200, { 'content-type': 'application/x-jsonl' })
    response.write(`{"key":"${KEY}"}\n`, () => socket.destroy())
  })
  for await (const piece of await piecesFrom(transportTo(server.url))) {
    if (piece.type === 'end') expectNoSecret(JSON.stringify(piece), KEY)
  }
})
