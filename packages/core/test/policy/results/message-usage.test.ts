import { describe, expect, test } from 'vitest'
import { readUsage } from '../../../src/policy/results/message-usage.js'

describe('usage', () => {
  test('is read by class', () => {
    const usage = {
      input_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 4,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
      server_tool_use: { web_search_requests: 6, web_fetch_requests: 1 },
      service_tier: 'batch',
      inference_geo: 'us',
    }

    expect(readUsage(usage)).toEqual({
      usage: {
        inputTokens: 1,
        outputTokens: 5,
        cacheReadTokens: 4,
        cacheWrite5mTokens: 10,
        cacheWrite1hTokens: 20,
        webSearchRequests: 6,
        inferenceGeo: 'us',
      },
      otherTools: { web_fetch_requests: 1 },
    })
  })

  test('counts classes that are absent or null as 0', () => {
    const usage = { input_tokens: 1, output_tokens: null, cache_creation: null }

    expect(readUsage(usage)?.usage).toMatchObject({
      ...{ inputTokens: 1, outputTokens: 0, inferenceGeo: null },
    })
  })

  test('takes cache writes without a lifetime as five-minute ones', () => {
    const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 9 }

    expect(readUsage(usage)?.usage).toMatchObject({ cacheWrite5mTokens: 9, cacheWrite1hTokens: 0 })
    const written = { ...usage, cache_creation: { ephemeral_1h_input_tokens: 7 } }
    expect(readUsage(written)?.usage).toMatchObject({
      ...{ cacheWrite5mTokens: 2, cacheWrite1hTokens: 7 },
    })
  })

  test('minds no class that was not used, and nothing that is no count of its own', () => {
    const usage = {
      ...{ input_tokens: 1, output_tokens: 2, image_tokens: 0, audio_tokens: null },
      cache_creation: { ephemeral_24h_input_tokens: 0 },
      server_tool_use: { web_fetch_requests: 3, code_execution_requests: 0 },
      ...{ output_tokens_details: { thinking_tokens: 1 }, iterations: [{ input_tokens: 1 }] },
      speed: 'standard',
    }

    expect(readUsage(usage)).toMatchObject({
      usage: { inputTokens: 1, outputTokens: 2 },
      otherTools: { web_fetch_requests: 3 },
    })
  })

  test('keeps the tokens of an answer that used a tool of which this version knows nothing', () => {
    const tools = { web_search_requests: 2, memory_requests: 3, web_fetch_requests: null }

    expect(readUsage({ input_tokens: 7, server_tool_use: tools })).toMatchObject({
      usage: { inputTokens: 7, webSearchRequests: 2 },
      otherTools: { memory_requests: 3 },
    })
    expect(readUsage({ input_tokens: 7, server_tool_use: null })?.otherTools).toBeNull()
  })

  test('takes iterations that the totals have in them, as a list or as counts', () => {
    const usage = { input_tokens: 1, output_tokens: 1 }

    expect(readUsage({ ...usage, iterations: [{ type: 'message' }] })).not.toBeNull()
    expect(readUsage({ ...usage, iterations: { message: 2 } })).not.toBeNull()
    expect(readUsage({ ...usage, iterations: null })).not.toBeNull()
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['no counts', {}],
    ['only other counts', { cache_read_input_tokens: 5 }],
    ['a negative count', { input_tokens: -1, output_tokens: 1 }],
    ['a fraction', { input_tokens: 1.5, output_tokens: 1 }],
    ['text', { input_tokens: '1', output_tokens: 1 }],
    ['a count past 2^53', { input_tokens: 2 ** 53, output_tokens: 1 }],
    ['a bad count of writes', { input_tokens: 1, cache_creation_input_tokens: 'x' }],
    ['another kind of tokens', { input_tokens: 1, image_tokens: 3 }],
    [
      'a cache of another lifetime',
      {
        input_tokens: 1,
        cache_creation_input_tokens: 9,
        cache_creation: { ephemeral_24h_input_tokens: 9 },
      },
    ],
    ['a tool without a count', { input_tokens: 1, server_tool_use: { memory_requests: {} } }],
    [
      'a compaction',
      { input_tokens: 1, iterations: [{ type: 'message' }, { type: 'compaction' }] },
    ],
    ['an advisor, as counts', { input_tokens: 1, iterations: { message: 1, advisor_message: 1 } }],
    ['a place that is no word', { input_tokens: 1, inference_geo: { us: 1 } }],
  ])('can not be told from %s, which is not the same as nothing used', (_, value) => {
    expect(readUsage(value)).toBeNull()
  })
})
