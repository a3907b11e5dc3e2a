import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import Anthropic, { APIError, type ClientOptions } from '@anthropic-ai/sdk'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type CallRecord, droppedCalls, type InstrumentOptions, instrument } from '../src/index.js'
import { PARAMS, recording, server, settled } from './arrange.js'

async function emulated(
  options: Partial<InstrumentOptions> = {},
  clientOptions: ClientOptions = {},
): Promise<{ claude: Emulator } & ReturnType<typeof recording>> {
  const claude = await startEmulator({ seed: 7 })
  onTestFinished(() => claude.stop())
  return { claude, ...recording(claude.url, options, clientOptions) }
}

describe('a call', () => {
  test('is recorded with what it was for, what was used and what that cost', async () => {
    const { claude, client, calls } = await emulated({
      queue: 'triage',
      labels: { team: 'claims' },
      awaited: false,
    })
    const message = await client.messages.create(PARAMS)
    const [billed] = claude.ledger.billed()
    expect(calls).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        feature: 'triage',
        labels: { team: 'claims' },
        awaited: false,
        model: message.model,
        streamed: false,
        usage: message.usage,
        stop_reason: message.stop_reason,
        latency_ms: expect.any(Number),
        status: 200,
        outcome: 'succeeded',
        error_type: null,
        cost_usd: billed?.costUsd,
      },
    ])
  })

  const answering = async (used: object): Promise<readonly CallRecord[]> => {
    const message = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
      ...{ content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn' },
      usage: { input_tokens: 1_000_000, output_tokens: 0, ...used },
    }
    const url = await server((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(message))
    })
    const { client, calls } = recording(url)
    await client.messages.create(PARAMS)
    return calls
  }

  test.each([
    ['a compaction', { iterations: [{ type: 'message' }, { type: 'compaction' }] }],
    ['a tool without a known fee', { server_tool_use: { memory_requests: 1 } }],
  ])('with %s has no cost, since what that adds is not known', async (_, used) => {
    expect(await answering(used)).toMatchObject([{ outcome: 'succeeded', cost_usd: null }])
  })

  test('whose iterations are all in its totals, and whose tools are known, has the cost of those', async () => {
    const iterations = [{ type: 'message', input_tokens: 4 }, { type: 'message' }]
    const server_tool_use = { web_search_requests: 1, web_fetch_requests: 2 }
    expect(await answering({ iterations, server_tool_use })).toMatchObject([
      { cost_usd: '1.01', usage: { iterations: { message: 2 }, server_tool_use } },
    ])
  })

  test('gives what a bare client gives, however it is asked', async () => {
    const { claude, client, bare, calls } = await emulated()
    claude.reply('the same')
    expect(client).toBeInstanceOf(Anthropic)
    const pending = client.messages.create(PARAMS)
    expect(pending.constructor).toBe(bare.messages.create(PARAMS).constructor)
    const { data, response, request_id } = await pending.withResponse()
    expect(data).toBe(await pending)
    expect(data.content).toEqual((await bare.messages.create(PARAMS)).content)
    expect(response.headers.get('request-id')).toBe(request_id)
    expect(data).toHaveProperty('_request_id', request_id)
    expect(calls).toHaveLength(1)
    const parsed = await client.messages.parse(PARAMS)
    expect(parsed.parsed_output).toBeNull()
    const beta = await client.beta.messages.create({ ...PARAMS, betas: ['x-2026-01-01'] })
    expect(beta.type).toBe('message')
    expect(calls.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  test('is none where nothing is generated in real time', async () => {
    const { client, calls } = await emulated()
    await client.messages.countTokens({ model: PARAMS.model, messages: PARAMS.messages })
    const requests = [{ custom_id: 'a', params: PARAMS }]
    const batch = await client.messages.batches.create({ requests })
    await client.beta.messages.batches.retrieve(batch.id)
    for await (const model of client.models.list()) expect(model.id).toBeTruthy()
    expect(calls).toEqual([])
  })

  test('whose raw response is taken leaves its body alone, and is recorded as unread', async () => {
    const { client, calls } = await emulated()
    const response = await client.messages.create(PARAMS).asResponse()
    expect(response.bodyUsed).toBe(false)
    expect(await response.json()).toMatchObject({ type: 'message' })
    expect(calls).toMatchObject([
      { outcome: 'unread', status: 200, usage: null, cost_usd: null, model: PARAMS.model },
    ])
  })

  test('of a client made by withOptions is recorded once, to the same sink', async () => {
    const { client, bare, calls } = await emulated({ queue: 'triage' })
    const slower = client.withOptions({ timeout: 5_000 }).withOptions({ maxRetries: 1 })
    expect(slower).toBeInstanceOf(Anthropic)
    expect([slower.timeout, slower.maxRetries]).toEqual([5_000, 1])
    await slower.messages.create(PARAMS)
    await bare.messages.create(PARAMS)
    expect(calls).toMatchObject([{ feature: 'triage' }])
  })

  test('holds no word of the prompt or the answer', async () => {
    const { claude, client, calls } = await emulated()
    claude.reply('SECRET-ANSWER')
    await client.messages.create(PARAMS)
    claude.fault('message', { error: 'overloaded', times: 1 })
    await client.messages.create(PARAMS).catch(() => undefined)
    expect(calls).toHaveLength(2)
    expect(JSON.stringify(calls)).not.toContain('SECRET')
  })
})

describe('a failure', () => {
  test('reaches the caller as the SDK made it, and is recorded by status and kind', async () => {
    const { claude, client, calls } = await emulated()
    claude.fault('message', { error: 'overloaded', times: 1 })
    const error = await client.messages.create(PARAMS).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 529, type: 'overloaded_error' })
    expect(calls).toMatchObject([
      {
        outcome: 'errored',
        status: 529,
        error_type: 'overloaded_error',
        usage: null,
        cost_usd: null,
      },
    ])
  })

  test('is one object for everybody who asks', async () => {
    const { claude, client } = await emulated()
    claude.fault('message', { error: 'billing', times: 1 })
    const pending = client.messages.create(PARAMS)
    const [first, second] = await Promise.allSettled([pending, pending.asResponse()])
    expect(first).toMatchObject({ status: 'rejected' })
    expect((first as PromiseRejectedResult).reason).toBe((second as PromiseRejectedResult).reason)
  })

  test('that the SDK gets over by itself is one call', async () => {
    let asked = 0
    const url = await server((_request, response) => {
      asked += 1
      const headers = { 'content-type': 'application/json', 'retry-after-ms': '40' }
      response.writeHead(asked < 3 ? 529 : 200, headers)
      response.end(JSON.stringify(asked < 3 ? {} : { model: 'm', usage: {} }))
    })
    const { client, calls } = recording(url, {}, { maxRetries: 2 })
    await client.messages.create(PARAMS)
    expect(asked).toBe(3)
    expect(calls).toMatchObject([{ outcome: 'succeeded', status: 200 }])
    // The caller has waited for both; a timer may come a little early.
    expect(calls[0]?.latency_ms).toBeGreaterThan(70)
  })

  test('that nobody handles is one that nobody handles', async () => {
    const program = (wrapped: string): string => `
      import Anthropic from '@anthropic-ai/sdk'
      import { instrument } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
      const bare = new Anthropic({ apiKey: 'any', baseURL: 'http://127.0.0.1:1', maxRetries: 0 })
      process.on('unhandledRejection', (error) => console.log(error.constructor.name))
      void (${wrapped}).messages.create(${JSON.stringify(PARAMS)})
      const handled = (${wrapped}).messages.create(${JSON.stringify(PARAMS)})
      await handled.catch(() => undefined)`
    const run = async (wrapped: string): Promise<string> => {
      const args = ['--input-type=module', '--eval', program(wrapped)]
      const cwd = new URL('.', import.meta.url)
      return (await promisify(execFile)(process.execPath, args, { cwd })).stdout
    }
    expect(await run('bare')).toBe('APIConnectionError\n')
    expect(await run('instrument(bare, { sink: () => 0 })')).toBe('APIConnectionError\n')
  })

  test('without a response has no status', async () => {
    const url = await server((_request, response) => response.socket?.destroy())
    const { client, calls } = recording(url)
    await expect(client.messages.create(PARAMS)).rejects.toThrow(Anthropic.APIConnectionError)
    expect(calls).toMatchObject([
      { outcome: 'errored', status: null, error_type: 'APIConnectionError', cost_usd: null },
    ])
  })

  test('of a body that can’t be read is recorded once, with the status that it came with', async () => {
    const { claude, client, bare, calls } = await emulated()
    claude.fault('message', { error: 'truncated', times: 2 })
    const [mine, theirs] = await Promise.allSettled([
      client.messages.create(PARAMS),
      bare.messages.create(PARAMS),
    ])
    expect(mine.status).toBe('rejected')
    expect((mine as PromiseRejectedResult).reason.constructor).toBe(
      (theirs as PromiseRejectedResult).reason.constructor,
    )
    expect(calls).toMatchObject([{ outcome: 'errored', status: 200, cost_usd: null }])
  })

  test('that the caller asked for is an abort', async () => {
    const url = await server(() => undefined)
    const { client, calls } = recording(url)
    const stop = new AbortController()
    const pending = client.messages.create(PARAMS, { signal: stop.signal })
    const ended = expect(pending).rejects.toThrow(Anthropic.APIUserAbortError)
    stop.abort()
    await ended
    expect(calls).toMatchObject([{ outcome: 'aborted', status: null, error_type: 'aborted' }])
  })
})

describe('a price that is not known', () => {
  const answered = async (
    usage: object,
    model = 'claude-haiku-4-5',
  ): Promise<CallRecord | undefined> => {
    const url = await server((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const message = { type: 'message', role: 'assistant', content: [], stop_reason: 'end_turn' }
      response.end(JSON.stringify({ ...message, model, usage }))
    })
    const { client, calls } = recording(url)
    await client.messages.create(PARAMS)
    return calls[0]
  }
  const usage = { input_tokens: 1_000_000, output_tokens: 0 }

  test('is null: another model, another tier, fast mode, tokens of another kind', async () => {
    expect((await answered(usage))?.cost_usd).toBe('1.00')
    expect((await answered(usage, 'claude-next'))?.cost_usd).toBeNull()
    expect((await answered({ ...usage, service_tier: 'priority' }))?.cost_usd).toBeNull()
    expect((await answered({ ...usage, speed: 'fast' }))?.cost_usd).toBeNull()
    expect((await answered({ ...usage, image_tokens: 5 }))?.cost_usd).toBeNull()
  })

  test('leaves figures and known words of the usage, and nothing else', async () => {
    const call = await answered({
      ...usage,
      ...{
        service_tier: 'standard',
        note: 'SECRET',
        deep: { count: 2, text: 'SECRET' },
        list: [1],
      },
    })
    expect(call?.usage).toEqual({ ...usage, service_tier: 'standard', deep: { count: 2 } })
  })
})

describe('a sink that throws', () => {
  test.each([
    [
      'at once',
      () => {
        throw new RangeError('full')
      },
    ],
    ['later', () => Promise.reject(new RangeError('full'))],
  ])('%s fails no call, is counted, and told of once', async (_when, sink) => {
    const told: unknown[] = []
    const { client } = await emulated({ sink, onError: (error) => told.push(error) })
    await client.messages.create(PARAMS)
    await client.withOptions({}).messages.create(PARAMS)
    await settled()
    expect(droppedCalls(client)).toBe(2)
    expect(told).toEqual([new RangeError('full')])
  })

  test('may have somebody told who throws as well', async () => {
    const throwing = (): never => {
      throw new RangeError('worse')
    }
    const { client } = await emulated({ sink: throwing, onError: throwing })
    expect((await client.messages.create(PARAMS)).type).toBe('message')
    expect(droppedCalls(client)).toBe(1)
  })
})

describe('what can’t be instrumented', () => {
  test('is said before any call', () => {
    const bare = new Anthropic({ apiKey: 'any' })
    expect(() => instrument({} as Anthropic, { sink: () => 0 })).toThrow('expected a client of')
    expect(() => instrument(bare, {} as InstrumentOptions)).toThrow('expected a sink, got none')
  })

  test('is a promise of another form: the call works, and the gap is told', async () => {
    const told: unknown[] = []
    const odd = { post: async () => 'an answer', withOptions: () => ({ ...odd }) }
    const client = instrument(odd, { sink: () => 0, onError: (error) => told.push(error) })
    expect(
      await (client.post as (path: string, options: object) => unknown)('/v1/messages', {
        body: {},
      }),
    ).toBe('an answer')
    expect(droppedCalls(client)).toBe(1)
    expect(String(told[0])).toContain('not known to @halfrate/client')
  })
})
