import type { ServerResponse } from 'node:http'
import { Webhook as Reference } from 'standardwebhooks'
import { expect, test } from 'vitest'
import {
  type HostAddress,
  newWebhookSecret,
  openWebhook,
  WebhookNotTakenError,
  type WebhookOptions,
} from '../src/index.js'
import { startReceiver } from './receiver.js'

const SECRET = newWebhookSecret()
const MESSAGE = { id: 'result_1', type: 'request.done', data: { key: 'claim-1', text: 'é ✓' } }
const taken = (response: ServerResponse): void => void response.writeHead(204).end()
const hookTo = (url: string, options: Partial<WebhookOptions> = {}) =>
  openWebhook({ url, secrets: [SECRET], isInternal: true, ...options })

test('a receiver gets what is told, under an id of its own, signed as Standard Webhooks says', async () => {
  await using receiver = await startReceiver(taken)
  expect(await hookTo(receiver.url).send(MESSAGE)).toEqual({ type: 'taken', status: 204 })
  const [{ headers, body } = expect.unreachable('nothing came')] = receiver.received
  const checked = new Reference(SECRET).verify(body, headers as Record<string, string>)
  expect(checked).toMatchObject({ type: 'request.done', data: MESSAGE.data })
  expect(headers).toMatchObject({ 'webhook-id': 'result_1', 'content-type': 'application/json' })
  expect(() => new Reference(newWebhookSecret()).verify(body, headers as never)).toThrow()
})

test('while secrets change, the old and the new one both verify', async () => {
  await using receiver = await startReceiver(taken)
  const next = newWebhookSecret()
  await hookTo(receiver.url, { secrets: [next, SECRET] }).send(MESSAGE)
  const [{ headers, body } = expect.unreachable('nothing came')] = receiver.received
  for (const secret of [SECRET, next]) {
    expect(new Reference(secret).verify(body, headers as never)).toBeDefined()
  }
})

test('a second try has the same id and a signature of its own', async () => {
  await using receiver = await startReceiver((response, count) =>
    response.writeHead(count === 1 ? 503 : 200, { 'retry-after': '120' }).end(),
  )
  let now = Date.UTC(2026, 10, 23)
  const hook = hookTo(receiver.url, { now: () => now })
  expect(await hook.send(MESSAGE)).toEqual({
    ...{ type: 'not_taken', reason: 'status', status: 503, retryAfterMs: 120_000 },
    detail: `127.0.0.1:${receiver.port} answered 503`,
  })
  now += 120_000
  expect(await hook.send(MESSAGE)).toEqual({ type: 'taken', status: 200 })
  const [first, second] = receiver.received.map(({ headers }) => headers)
  expect(second?.['webhook-id']).toBe(first?.['webhook-id'])
  expect(Number(second?.['webhook-timestamp'])).toBe(Number(first?.['webhook-timestamp']) + 120)
  expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature'])
})

test.each([
  [200, 'taken'],
  [299, 'taken'],
  [410, 'gone'],
  [400, 'status'],
  [500, 'status'],
])('an answer of %i is %s', async (status, expected) => {
  await using receiver = await startReceiver((response) => response.writeHead(status).end())
  const outcome = await hookTo(receiver.url).send(MESSAGE)
  expect(outcome.type === 'taken' ? 'taken' : outcome.reason).toBe(expected)
})

test('no redirect is followed', async () => {
  await using other = await startReceiver(taken)
  await using receiver = await startReceiver((response) =>
    response.writeHead(307, { location: other.url }).end(),
  )
  expect(await hookTo(receiver.url).send(MESSAGE)).toMatchObject({ reason: 'redirect' })
  expect(other.received).toEqual([])
})

test('an answer that never ends is taken at its first line', async () => {
  await using receiver = await startReceiver((response) => void response.writeHead(200).write('…'))
  expect(await hookTo(receiver.url).send(MESSAGE)).toEqual({ type: 'taken', status: 200 })
})

test('who does not answer, and who is not there, did not take it', async () => {
  await using silent = await startReceiver(() => undefined)
  expect(await hookTo(silent.url, { timeoutMs: 100 }).send(MESSAGE)).toMatchObject({
    ...{ reason: 'timeout', status: null },
    detail: `127.0.0.1:${silent.port} did not answer within 100 ms`,
  })
  await using broken = await startReceiver((response) => void response.destroy())
  expect(await hookTo(broken.url).send(MESSAGE)).toMatchObject({ reason: 'connection' })
  const port = await startReceiver(taken).then(async (gone) => {
    await gone[Symbol.asyncDispose]()
    return gone.port
  })
  expect(await hookTo(`http://127.0.0.1:${port}/`).send(MESSAGE)).toMatchObject({
    detail: `the connection to 127.0.0.1:${port} failed (ECONNREFUSED)`,
  })
  const never = (): Promise<readonly HostAddress[]> => new Promise(() => undefined)
  const lost = hookTo('http://slow.example', { timeoutMs: 50, resolve: never })
  expect(await lost.send(MESSAGE)).toMatchObject({ reason: 'timeout' })
})

test('the address that was looked at is the one that is called, whatever the name leads to next', async () => {
  await using receiver = await startReceiver(taken)
  let asked = 0
  const resolve = async (): Promise<readonly HostAddress[]> => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]
  }
  const url = `http://hooks.example:${receiver.port}/in`
  const hook = hookTo(url, { resolve })
  expect(await hook.send(MESSAGE)).toEqual({ type: 'taken', status: 204 })
  expect([asked, receiver.received[0]?.headers.host]).toEqual([1, `hooks.example:${receiver.port}`])
  expect(await hook.send(MESSAGE)).toMatchObject({ reason: 'blocked' })
  expect(receiver.received).toHaveLength(1)
})

test.each([
  ...['https://127.0.0.1', 'https://localhost', 'https://[::1]:8443', 'https://10.0.0.7'],
  ...['https://2130706433', 'https://0x7f.1', 'https://017700000001', 'https://127.1'],
  ...['https://169.254.169.254/latest/meta-data', 'https://[::ffff:169.254.169.254]'],
  ...['https://[64:ff9b::7f00:1]', 'https://0.0.0.0', 'https://[fe80::1]'],
])('%s is not called', async (url) => {
  const outcome = await openWebhook({ url, secrets: [SECRET] }).send(MESSAGE)
  expect(outcome).toMatchObject({ type: 'not_taken', reason: 'blocked' })
})

test('a name with one address too many is not called at all', async () => {
  const both = [
    { address: '93.184.216.34', family: 4 },
    { address: 'fd00::1', family: 6 },
  ] as const
  const url = 'https://hooks.example/in'
  const resolve = () => Promise.resolve(both)
  const outcome = await openWebhook({ url, secrets: [SECRET], resolve }).send(MESSAGE)
  expect(outcome).toMatchObject({
    ...{ reason: 'blocked', detail: 'hooks.example leads to a private network, at fd00::1' },
  })
  const nobody = () => Promise.reject(new Error('getaddrinfo ENOTFOUND hooks.example'))
  expect(
    await openWebhook({ url, secrets: [SECRET], resolve: nobody }).send(MESSAGE),
  ).toMatchObject({ reason: 'unknown_host' })
})

test.each([
  [
    'http://app.example/hook',
    {},
    'url: expected one that begins with https://, got one that begins with http://.',
  ],
  ['ftp://app.example', { isInternal: true }, 'expected one that begins with https:// or http://'],
  ['https://me:pw@app.example', {}, 'got one with a user name or a password in it'],
  ['nonsense', {}, 'got something that is no URL'],
  ['https://app.example', { secrets: [] }, 'secrets: expected a list of one or 2, got 0.'],
  ['https://app.example', { secrets: ['whsec_c2hvcnQ='] }, 'expected whsec_ and 24 to 64 bytes'],
])('%s with %j is refused at once', (url, options, message) => {
  expect(() => openWebhook({ url, secrets: [SECRET], ...options })).toThrow(message)
})

test('an id that can not stand in a header is refused', async () => {
  const hook = hookTo('http://127.0.0.1:1')
  await expect(hook.send({ ...MESSAGE, id: 'a\r\nx: y' })).rejects.toThrow('id: expected 1 to 256')
})

test('what is thrown says why and what to do, and has neither path nor secret', async () => {
  await using receiver = await startReceiver((response) => response.writeHead(500).end())
  const error = await hookTo(receiver.url)
    .deliver(MESSAGE)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(WebhookNotTakenError)
  expect(error).toMatchObject({
    code: 'webhook_not_taken',
    message: `A webhook was not taken: 127.0.0.1:${receiver.port} answered 500.`,
    nextStep: 'Look into the log of the receiver. What is kept is sent again.',
  })
  expect(JSON.stringify(error)).not.toMatch(/s3cret|whsec_/)
})
