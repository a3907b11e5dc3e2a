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
      inputTokens: 1,
      outputTokens: 5,
      cacheReadTokens: 4,
      cacheWrite5mTokens: 10,
      cacheWrite1hTokens: 20,
      webSearchRequests: 6,
      inferenceGeo: 'us',
    })
  })

  test('counts classes that are absent or null as 0', () => {
    const usage = { input_tokens: 1, output_tokens: null, cache_creation: null }

    expect(readUsage(usage)).toMatchObject({ inputTokens: 1, outputTokens: 0, inferenceGeo: null })
  })

  test('takes cache writes without a lifetime as five-minute ones', () => {
    const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 9 }

    expect(readUsage(usage)).toMatchObject({ cacheWrite5mTokens: 9, cacheWrite1hTokens: 0 })
    expect(readUsage({ ...usage, cache_creation: { ephemeral_1h_input_tokens: 7 } })).toMatchObject(
      { cacheWrite5mTokens: 2, cacheWrite1hTokens: 7 },
    )
  })

  test('minds no class that was not used, and nothing that is no count of its own', () => {
    const usage = {
      ...{ input_tokens: 1, output_tokens: 2, image_tokens: 0, audio_tokens: null },
      cache_creation: { ephemeral_24h_input_tokens: 0 },
      server_tool_use: { web_fetch_requests: 3, code_execution_requests: 0 },
      ...{ output_tokens_details: { thinking_tokens: 1 }, iterations: [{ input_tokens: 1 }] },
      speed: 'standard',
    }

    expect(readUsage(usage)).toMatchObject({ inputTokens: 1, outputTokens: 2 })
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
    ['another tool', { input_tokens: 1, server_tool_use: { code_execution_requests: 1 } }],
    ['a place that is no word', { input_tokens: 1, inference_geo: { us: 1 } }],
  ])('can not be told from %s, which is not the same as nothing used', (_, value) => {
    expect(readUsage(value)).toBeNull()
  })
})
