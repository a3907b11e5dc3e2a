import { describe, expect, test } from 'vitest'
import {
  batchOf,
  CALLER,
  errorOf,
  HOUR,
  items,
  linesOf,
  modelWith,
  NOW,
  params,
} from './arrange.js'

/** Creates a batch of the ids and gives the error. */
function refusal(...customIds: unknown[]): { status: number; type: string; message: string } {
  const model = modelWith()
  const list = customIds.map((customId) => ({ customId, params: params() }))
  return errorOf(model.create({ now: NOW, items: list }))
}

const invalid = (message: string): object => ({
  status: 400,
  type: 'invalid_request_error',
  message,
})

describe('what is refused at once', () => {
  test('a batch without requests', () => {
    expect(refusal()).toEqual(
      invalid('requests: List should have at least 1 item after validation, not 0'),
    )
  })

  test('a request without an id', () => {
    expect(refusal(undefined)).toEqual(invalid('requests.0.custom_id: Field required'))
  })

  test('an id of more than 64 characters', () => {
    expect(refusal('ok', 'x'.repeat(65))).toEqual(
      invalid('requests.1.custom_id: String should have at most 64 characters'),
    )
  })

  test('an id with other characters', () => {
    expect(refusal('a b')).toEqual(
      invalid("requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'"),
    )
  })

  test('an id that comes twice', () => {
    expect(refusal('dup', 'other', 'dup')).toEqual(
      invalid(
        "requests: custom_id's must be unique within a batch. Duplicate custom_id found: dup",
      ),
    )
  })

  test('an id with every allowed character is fine', () => {
    const model = modelWith()
    const customId = 'azAZ09_-'.padEnd(64, 'x')
    const batch = batchOf(model.create({ now: NOW, items: [{ customId, params: params() }] }))
    expect(batch.request_counts.processing).toBe(1)
  })

  test('params that are no JSON', () => {
    const model = modelWith()
    const answer = model.create({ now: NOW, items: [{ customId: 'a', paramsJson: '{"model":' }] })
    expect(errorOf(answer).message).toMatch(/^The request body is not valid JSON: /)
  })

  test('more requests than a batch holds', () => {
    const model = modelWith({ maxRequests: 3 })
    expect(errorOf(model.create({ now: NOW, items: items(4) }))).toEqual(
      invalid('requests: List should have at most 3 items after validation, not 4'),
    )
  })

  test('a body that is too large, without the envelope and without a request id', () => {
    const model = modelWith({ maxBytes: 1_000 })
    const answer = model.create({ now: NOW, items: items(1), bytes: 1_001 })
    expect(answer).toMatchObject({
      status: 413,
      body: '{"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}',
    })
    expect(answer).not.toHaveProperty('headers.request-id')
  })

  test('a key that is not known', () => {
    const model = modelWith({ workspaces: { good: 'wrkspc_1' } })
    const caller = { ...CALLER, apiKey: 'bad' }
    expect(errorOf(model.create({ now: NOW, caller, items: items(1) }))).toEqual({
      status: 401,
      type: 'authentication_error',
      message: 'API key is invalid.',
    })
  })

  test('a call without a version', () => {
    const caller = { ...CALLER, version: null }
    const answer = modelWith().create({ now: NOW, caller, items: items(1) })
    expect(errorOf(answer)).toEqual(invalid('anthropic-version: header is required'))
  })

  test('more requests in line than the limit of the organisation', () => {
    const model = modelWith({ maxQueuedRequests: 5 })
    batchOf(model.create({ now: NOW, items: items(3) }))
    const refused = errorOf(model.create({ now: NOW, items: items(3) }))
    expect(refused).toMatchObject({ status: 429, type: 'rate_limit_error' })
    // Once the first batch has ended there is room again.
    batchOf(model.create({ now: NOW + HOUR, items: items(3) }))
  })
})

describe('an upload', () => {
  test('is accepted at its last byte, not before', () => {
    const model = modelWith()
    const upload = model.beginCreate({ now: NOW })
    for (const item of items(2)) upload.add(item)
    expect(model.ledger.accepted()).toEqual([])
    const batch = batchOf(upload.finish({ now: NOW + 5_000 }))
    expect(Date.parse(batch.created_at)).toBe(NOW + 5_000)
  })

  test('that breaks off is booked, and nothing is accepted', () => {
    const model = modelWith()
    const upload = model.beginCreate({ now: NOW })
    for (const item of items(2)) upload.add(item)
    upload.abort({ now: NOW + 1 })
    expect(model.ledger.accepted()).toEqual([])
    expect(model.ledger.posts()).toMatchObject([
      { verdict: 'aborted', count: 2, firstCustomId: 'r0', status: null },
    ])
  })

  test('can be used only once', () => {
    const upload = modelWith().beginCreate({ now: NOW })
    upload.abort({ now: NOW })
    expect(() => upload.finish({ now: NOW })).toThrow('already ended')
  })

  test('takes params as bytes, as text and parsed', () => {
    const model = modelWith()
    const json = JSON.stringify(params())
    const list = [
      { customId: 'a', params: params() },
      { customId: 'b', paramsJson: json },
      { customId: 'c', paramsJson: new TextEncoder().encode(json) },
    ]
    const { id } = batchOf(model.create({ now: NOW, items: list }))
    const types = linesOf(model.results({ now: NOW + HOUR, id })).map((row) => row.result.type)
    expect(types).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })
})
