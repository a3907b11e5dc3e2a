import type { Caller, WireError } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import {
  batchOf,
  bodyOf,
  CALLER,
  errorOf,
  HOUR,
  linesOf,
  modelWith,
  NOW,
  params,
} from './arrange.js'

/** Runs one request in a batch and gives the error of its row; null if it succeeds. */
function rowError(extra: Record<string, unknown>, caller: Caller = CALLER): WireError | null {
  const model = modelWith()
  const item = { customId: 'a', params: params(extra) }
  const { id } = batchOf(model.create({ now: NOW, caller, items: [item] }))
  const [row] = linesOf(model.results({ now: NOW + HOUR, caller, id }))
  return row?.result.type === 'errored' ? row.result.error : null
}

const image = (source: object): Record<string, unknown> => ({
  messages: [{ role: 'user', content: [{ type: 'image', source }] }],
})

describe('params are judged only when the batch ends', () => {
  test.each([
    ['no messages', { messages: undefined }, 'messages: Field required'],
    ['no model', { model: undefined }, 'model: Field required'],
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['max_tokens 0', { max_tokens: 0 }, 'max_tokens: must be greater than or equal to 1'],
    [
      'max_tokens beyond the model',
      { max_tokens: 9_999_999 },
      'max_tokens: 9999999 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5-20251001',
    ],
    ['stream', { stream: true }, '"stream=True" is not supported in the Message Batches API'],
    [
      'an unknown member of a tool',
      { tools: [{ name: 't', input_schema: {}, colour: 'red' }] },
      'tools.0.custom.colour: Extra inputs are not permitted',
    ],
    [
      'bytes that are no image',
      image({ type: 'base64', media_type: 'image/png', data: 'AAAA' }),
      'messages.0.content.0.image.source.base64.data: The file format is invalid or unsupported',
    ],
    [
      'data that is no base64',
      image({ type: 'base64', media_type: 'image/png', data: 'iVBORw0KGg=' }),
      'messages.0.content.0.image.source.base64.data: Invalid base64 data',
    ],
    [
      'a PDF in a block for pictures',
      image({ type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' }),
      "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ],
    [
      'a source of a form that nobody knows',
      image({ type: 'path', path: 'a.png' }),
      "messages.0.content.0.image.source: Input tag 'path' found using 'type' does not match any of the expected tags: 'base64', 'url', 'file'",
    ],
    [
      'thinking by budget on Opus 5',
      { model: 'claude-opus-5', thinking: { type: 'enabled', budget_tokens: 1_024 } },
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort"',
    ],
  ])('%s', (_, extra, message) => {
    expect(rowError(extra)).toEqual({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message,
        details: { error_visibility: 'user_facing' },
      },
      request_id: null,
    })
  })

  test.each([
    ['image', 'image/webp', 'RIFF    WEBPVP8 '],
    ['image', 'image/gif', 'GIF89a'],
    ['document', 'application/pdf', '%PDF-1.4'],
  ])('%s blocks with %s are taken', (type, mediaType, text) => {
    const data = Buffer.from(text).toString('base64')
    const source = { type: 'base64', media_type: mediaType, data }
    expect(rowError({ messages: [{ role: 'user', content: [{ type, source }] }] })).toBeNull()
  })

  test('an unknown model is a not_found_error', () => {
    expect(rowError({ model: 'claude-does-not-exist-9' })?.error).toMatchObject({
      type: 'not_found_error',
      message: 'model: claude-does-not-exist-9',
    })
  })

  test('a retired model fails from its last day on, and not before', () => {
    const model = modelWith()
    const create = (now: number): string => {
      const item = { customId: 'a', params: params({ model: 'claude-sonnet-4-5' }) }
      const { id } = batchOf(model.create({ now, items: [item] }))
      return linesOf(model.results({ now: now + HOUR, id }))[0]?.result.type ?? ''
    }
    expect(create(NOW)).toBe('succeeded')
    expect(create(Date.parse('2026-11-30T00:00:00Z'))).toBe('errored')
  })

  test('a failure while it ran bears a worker request id', () => {
    const error = rowError(image({ type: 'url', url: 'https://files.invalid/a.png' }))
    expect(error?.error.message).toBe(
      'Unable to download the file. Please verify the URL and try again.',
    )
    expect(error?.request_id).toMatch(/^workerreq_01/)
  })

  test('sampling settings fail under the newer version only, even at default values', () => {
    expect(rowError({ temperature: 1 })?.error.type).toBe('invalid_request_error')
    expect(rowError({ temperature: 1 }, { ...CALLER, version: '2023-06-01' })).toBeNull()
  })

  test('the beta for long output lifts the limit of models that have it', () => {
    const caller = { ...CALLER, betas: ['output-300k-2026-03-24'] }
    expect(rowError({ model: 'claude-opus-5-5', max_tokens: 300_000 }, caller)).toBeNull()
    expect(rowError({ model: 'claude-opus-5-5', max_tokens: 300_000 })).not.toBeNull()
    expect(rowError({ model: 'claude-haiku-4-5', max_tokens: 300_000 }, caller)).not.toBeNull()
  })

  test('even params that are no object are taken, and fail alone', () => {
    const model = modelWith()
    const list = [
      { customId: 'bad', params: 7 },
      { customId: 'good', params: params() },
    ]
    const { id } = batchOf(model.create({ now: NOW, items: list }))
    const { request_counts } = batchOf(model.retrieve({ now: NOW + HOUR, id }))
    expect(request_counts).toMatchObject({ errored: 1, succeeded: 1 })
  })
})

describe('in real time the same mistakes are answered at once', () => {
  test('with their status', () => {
    const model = modelWith()
    const post = (extra: Record<string, unknown>): object =>
      errorOf(model.createMessage({ now: NOW, body: params(extra) }))
    expect(post({ messages: undefined })).toMatchObject({ status: 400 })
    expect(post({ model: 'claude-does-not-exist-9' })).toMatchObject({ status: 404 })
  })

  test('but max_tokens 0 is fine there: it warms the cache', () => {
    const message = bodyOf(modelWith().createMessage({ now: NOW, body: params({ max_tokens: 0 }) }))
    expect(message).toMatchObject({ content: [], stop_reason: 'max_tokens' })
  })
})
