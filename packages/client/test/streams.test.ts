import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { allOf, EVENTS, event, PARAMS, recording, settled, streaming } from './arrange.js'

const STREAMED = { ...PARAMS, stream: true as const }
const WHOLE = {
  ...{
    streamed: true,
    status: 200,
    outcome: 'succeeded',
    stop_reason: 'end_turn',
    error_type: null,
  },
  model: 'claude-haiku-4-5-20251001',
  usage: { input_tokens: 12, output_tokens: 34, service_tier: 'standard' },
  // 12 × $1 and 34 × $5 a million
  cost_usd: '0.000182',
}

describe('a stream', () => {
  test('passes as it is, and is recorded by its last figures', async () => {
    const url = await streaming(EVENTS)
    const { client, bare, calls } = recording(url)
    const stream = await client.messages.create(STREAMED)
    const plain = await bare.messages.create(STREAMED)
    expect(stream.constructor).toBe(plain.constructor)
    expect(await allOf(stream)).toEqual(await allOf(plain))
    expect(calls).toMatchObject([WHOLE])
    await expect(allOf(stream)).rejects.toThrow('consumed stream')
    expect(calls).toHaveLength(1)
  })

  test.each([
    ['messages', (client: Anthropic) => client.messages.stream(PARAMS)],
    ['beta.messages', (client: Anthropic) => client.beta.messages.stream(PARAMS)],
  ])('of the helper of %s is recorded', async (_name, open) => {
    const { client, calls } = recording(await streaming(EVENTS))
    const stream = open(client)
    expect(await stream.finalText()).toBe('SECRET-ANSWER')
    expect((await stream.withResponse()).request_id).toBe('req_1')
    expect(calls).toMatchObject([WHOLE])
    expect(JSON.stringify(calls)).not.toContain('SECRET')
  })

  test('may be split, or read as bytes', async () => {
    const url = await streaming(EVENTS)
    const { client, calls } = recording(url)
    const [left, right] = (await client.messages.create(STREAMED)).tee()
    expect(await allOf(left)).toEqual(await allOf(right))
    expect(calls).toMatchObject([WHOLE])
    const bytes = (await client.messages.create(STREAMED)).toReadableStream()
    expect((await new Response(bytes).text()).trimEnd().split('\n')).toHaveLength(EVENTS.length)
    expect(calls).toMatchObject([WHOLE, WHOLE])
  })

  test('reads nothing before it is read', async () => {
    const { client, calls } = recording(await streaming(EVENTS))
    const stream = await client.messages.create(STREAMED)
    await settled()
    expect(calls).toEqual([])
    await allOf(stream)
    expect(calls).toHaveLength(1)
  })
})

describe('a stream that breaks off', () => {
  const known = { input_tokens: 12, output_tokens: 1, service_tier: 'standard' }
  const aborted = { outcome: 'aborted', error_type: 'aborted', usage: known, cost_usd: null }

  test('by the reader’s will is aborted, with what was known by then', async () => {
    const { client, calls } = recording(await streaming(EVENTS.slice(0, 4), 'waits'))
    const stream = await client.messages.create(STREAMED)
    for await (const each of stream) if (each.type === 'content_block_delta') break
    expect(stream.controller.signal.aborted).toBe(true)
    expect(calls).toMatchObject([{ ...aborted, status: 200, stop_reason: null }])
  })

  test('by its controller is aborted, whether or not anybody reads on', async () => {
    const { client, calls } = recording(await streaming(EVENTS.slice(0, 4), 'waits'))
    const stream = await client.messages.create(STREAMED)
    await stream[Symbol.asyncIterator]().next()
    stream.controller.abort()
    await settled()
    expect(calls).toMatchObject([aborted])
  })

  test('through the helper is aborted', async () => {
    const { client, calls } = recording(await streaming(EVENTS.slice(0, 4), 'waits'))
    const stream = client.messages.stream(PARAMS)
    stream.on('text', () => stream.abort())
    await expect(stream.done()).rejects.toThrow(Anthropic.APIUserAbortError)
    await settled()
    expect(calls).toMatchObject([aborted])
  })

  test('after its last event is whole', async () => {
    const { client, calls } = recording(await streaming(EVENTS, 'waits'))
    const stream = await client.messages.create(STREAMED)
    for await (const each of stream) if (each.type === 'message_stop') break
    await settled()
    expect(calls).toMatchObject([WHOLE])
  })

  test('by an error of the API is that error, for the caller and in the record', async () => {
    const error = event({ type: 'error', error: { type: 'overloaded_error', message: 'SECRET' } })
    const { client, calls } = recording(await streaming([...EVENTS.slice(0, 3), error], 'waits'))
    const stream = await client.messages.create(STREAMED)
    await expect(allOf(stream)).rejects.toMatchObject({ type: 'overloaded_error' })
    await settled()
    expect(calls).toMatchObject([
      {
        outcome: 'errored',
        status: 200,
        error_type: 'overloaded_error',
        usage: known,
        cost_usd: null,
      },
    ])
    expect(JSON.stringify(calls)).not.toContain('SECRET')
  })

  test('by the network is an error, or the end of what came', async () => {
    const { client, calls } = recording(await streaming(EVENTS.slice(0, 4), 'cuts'))
    const stream = await client.messages.create(STREAMED)
    await expect(allOf(stream)).rejects.toThrow()
    await settled()
    expect(calls).toMatchObject([{ outcome: 'errored', usage: known, cost_usd: null }])
    const short = recording(await streaming(EVENTS.slice(0, 4)))
    await allOf(await short.client.messages.create(STREAMED))
    expect(short.calls).toMatchObject([aborted])
  })
})
