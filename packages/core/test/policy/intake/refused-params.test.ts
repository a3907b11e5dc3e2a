import { describe, expect, test } from 'vitest'
import { describeRefusals, refused, smallRowMaker, withParams } from './refusal-table.js'

const REQUEST_ADVICE = 'Nothing was sent. Fix the request, then enqueue it again.'

describeRefusals('params that would fail a day later are refused', [
  [withParams('{}'), 'invalid_params', 'params.model', 'expected the name of a model, got none.'],
  [
    withParams('{"model":7}'),
    'invalid_params',
    'params.model',
    'expected the name of a model, got 7.',
  ],
  [
    withParams('{"model":" "}'),
    'invalid_params',
    'params.model',
    'expected the name of a model, got " ".',
  ],
  [
    withParams('{"model":"m","messages":[]}'),
    'invalid_params',
    'params.max_tokens',
    'expected a whole number of at least 1, got none.',
  ],
  [
    withParams('{"model":"m","max_tokens":0,"messages":[]}'),
    'invalid_params',
    'params.max_tokens',
    'expected a whole number of at least 1, got 0.',
    'Batches refuse max_tokens 0.',
  ],
  [
    withParams('{"model":"m","max_tokens":-5,"messages":[]}'),
    'invalid_params',
    'params.max_tokens',
    'expected a whole number of at least 1, got -5.',
  ],
  [
    withParams('{"model":"m","max_tokens":1.5,"messages":[]}'),
    'invalid_params',
    'params.max_tokens',
    'expected a whole number of at least 1, got 1.5.',
  ],
  [
    withParams('{"model":"m","max_tokens":1e400,"messages":[]}'),
    'invalid_params',
    'params.max_tokens',
    'expected a whole number of at least 1, got 1e400.',
  ],
  [
    withParams('{"model":"m","max_tokens":"100","messages":[]}'),
    'invalid_params',
    'params.max_tokens',
    'expected a whole number of at least 1, got "100".',
  ],
  [
    withParams('{"model":"m","max_tokens":9}'),
    'invalid_params',
    'params.messages',
    'expected an array of messages, got none.',
  ],
  [
    withParams(`{"model":"m","max_tokens":9,"messages":"${'hello '.repeat(20)}"}`),
    'invalid_params',
    'params.messages',
    'expected an array of messages, got "hello hello hello hello hello hello hel….',
  ],
  [
    withParams('{"model":"m","max_tokens":9,"messages":[],"stream":true}'),
    'unsupported_param',
    'params.stream',
    'expected params without it, got true.',
    'Batches refuse stream: true.',
  ],
  [
    withParams('{"model":"m","max_tokens":9,"messages":[],"speed":"fast"}'),
    'unsupported_param',
    'params.speed',
    'expected params without it, got "fast".',
    'Batches refuse speed.',
  ],
  [
    withParams(`{"model":"m","max_tokens":9,"messages":["${'x'.repeat(2_000)}"]}`),
    'item_too_large',
    'params',
    'expected at most 2,000 bytes as one item of a batch, got 2,112.',
    'The provider takes no message above 32 MB.',
  ],
])

describe('requests of a program', () => {
  const params = { model: 'claude-haiku-4-5', max_tokens: 16, messages: [] }
  const circle: Record<string, unknown> = { ...params }
  circle.self = circle
  let nest: unknown = []
  for (let depth = 0; depth < 300; depth += 1) nest = [nest]
  let abyss: unknown = []
  for (let depth = 0; depth < 100_000; depth += 1) abyss = [abyss]

  test.each([
    [
      { key: '', params },
      'missing_key',
      'key: expected a text that names the request, got an empty one.',
    ],
    [
      { key: 'a', params: circle },
      'invalid_params',
      "params: expected params that JSON can write, got some that it can't.",
    ],
    [
      { key: 'a', params: { ...params, max_tokens: 1n } },
      'invalid_params',
      "params: expected params that JSON can write, got some that it can't.",
    ],
    [
      { key: 'a', params: () => params },
      'invalid_params',
      'params: expected an object with the params of a message, got none.',
    ],
    [
      { key: 'a', params: { ...params, max_tokens: 0 } },
      'invalid_params',
      'params.max_tokens: expected a whole number of at least 1, got 0.',
    ],
    [
      { key: 'a', params: { ...params, x: nest } },
      'too_deep',
      `params.x.${'0.'.repeat(6)}….0.0.0: expected at most 256 objects and arrays in each other, got more at column 327.`,
    ],
    [
      { key: 'a', params: { ...params, x: abyss } },
      'too_deep',
      "params: expected params that JSON can write, got some that it can't.",
    ],
    [
      { key: 'a', params, deadlineAt: -1 },
      'invalid_deadline',
      'deadline_at: expected epoch milliseconds or an RFC 3339 instant with its zone, got -1.',
    ],
    [
      { key: 'a', params, labels: { '': 'x' } },
      'invalid_labels',
      'labels: expected label names of a letter and up to 63 more of A-Z a-z 0-9 _ . -, got "".',
    ],
  ])('are refused like lines (%#)', (request, rule, message) => {
    const error = refused(() => smallRowMaker().intakeRowOf(request))
    expect(error.message).toBe(message)
    expect(error.rule).toBe(rule)
    expect(error.nextStep.endsWith(REQUEST_ADVICE)).toBe(true)
  })

  test('what JSON.stringify said is passed on', () => {
    const error = refused(() => smallRowMaker().intakeRowOf({ key: 'a', params: { x: 1n } }))
    expect(error.nextStep).toBe(
      `JSON.stringify says: Do not know how to serialize a BigInt. ${REQUEST_ADVICE}`,
    )
    expect(error.cause).toBeInstanceOf(TypeError)
  })
})
