import type { CreateFault, ProviderModel } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import { batchOf, bodyOf, errorOf, HOUR, items, MINUTE, modelWith, NOW } from './arrange.js'

function create(model: ProviderModel, now = NOW): ReturnType<ProviderModel['create']> {
  return model.create({ now, items: items(2) })
}

/** A create under a fault: what is seen of it, and what there is. */
function under(fault: CreateFault): {
  model: ProviderModel
  answer: ReturnType<ProviderModel['create']>
  verdict: string | undefined
  batches: number
} {
  const model = modelWith()
  model.fault('create', { times: 1, ...fault })
  const answer = create(model)
  const verdict = model.ledger.posts()[0]?.verdict
  return { model, answer, verdict, batches: model.ledger.accepted().length }
}

describe('faults of create', () => {
  test('an answer that is lost leaves a batch behind', () => {
    const { answer, verdict, batches } = under({ loseResponse: true })
    expect(answer).toEqual({ type: 'reset' })
    expect({ verdict, batches }).toEqual({ verdict: 'accepted', batches: 1 })
  })

  test('an answer that is lost has been accepted, whatever error was to be its answer', () => {
    const { answer, batches } = under({ loseResponse: true, error: 'overloaded' })
    expect(answer).toEqual({ type: 'reset' })
    expect(batches).toBe(1)
  })

  test('a request that is lost leaves none', () => {
    const { answer, verdict, batches } = under({ loseRequest: true })
    expect(answer).toEqual({ type: 'reset' })
    expect({ verdict, batches }).toEqual({ verdict: 'lost', batches: 0 })
  })

  test('an answer that never comes leaves a batch behind', () => {
    const { answer, batches } = under({ hang: true })
    expect(answer).toEqual({ type: 'hang' })
    expect(batches).toBe(1)
  })

  test.each([
    ['overloaded', 529, 'overloaded_error'],
    ['api_error', 500, 'api_error'],
    ['timeout', 504, 'timeout_error'],
    ['unavailable', 503, 'api_error'],
    ['rate_limit', 429, 'rate_limit_error'],
    ['authentication', 401, 'authentication_error'],
    ['billing', 402, 'billing_error'],
    ['permission', 403, 'permission_error'],
    ['conflict', 409, 'conflict_error'],
  ] as const)('%s is a %i, before or after acceptance', (error, status, type) => {
    const before = under({ error })
    expect(errorOf(before.answer)).toMatchObject({ status, type })
    expect([before.verdict, before.batches]).toEqual(['refused', 0])
    const after = under({ error, accepted: true })
    expect(errorOf(after.answer)).toMatchObject({ status, type })
    expect([after.verdict, after.batches]).toEqual(['accepted', 1])
  })

  test('overloaded says to try again; a rate limit says when, if asked to', () => {
    expect(under({ error: 'overloaded' }).answer).toHaveProperty('headers.x-should-retry', 'true')
    expect(under({ error: 'rate_limit' }).answer).not.toHaveProperty('headers.retry-after')
    const told = under({ error: 'rate_limit', retryAfterSeconds: 7 })
    expect(told.answer).toHaveProperty('headers.retry-after', '7')
  })

  test('the spend cap has its code and no time to come back; the own limit is a 400', () => {
    const cap = under({ error: 'spend_cap' }).answer
    expect(cap).toMatchObject({
      status: 429,
      body: { error: { details: { error_code: 'enforced_spend_limit_reached' } } },
    })
    expect(cap).not.toHaveProperty('headers.retry-after')
    expect(errorOf(under({ error: 'own_limit' }).answer)).toMatchObject({
      status: 400,
      message: expect.stringMatching(/^You have reached your specified API usage limits/),
    })
  })

  test('a page of HTML, with 200 or 502, and a 413 without envelope', () => {
    expect(under({ error: 'html' }).answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: expect.stringMatching(/^<!doctype html>/),
    })
    expect(under({ error: 'bad_gateway' }).answer).toMatchObject({ status: 502 })
    expect(under({ error: 'too_large' }).answer).toMatchObject({
      status: 413,
      body: '{"error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}',
    })
  })

  test('a 200 that breaks off is half of the proper answer, and the batch is there', () => {
    const { answer, batches } = under({ error: 'truncated' })
    expect(answer).toMatchObject({
      status: 200,
      end: 'reset',
      body: expect.stringMatching(/^\{"id":/),
    })
    expect(batches).toBe(1)
  })

  test('a late acceptance is nowhere to be seen until it happens', () => {
    const { model, answer } = under({ lateMs: 20 * MINUTE })
    expect(answer).toEqual({ type: 'reset' })
    const seen = (now: number): number => bodyOf(model.list({ now })).data.length
    expect(seen(NOW + 20 * MINUTE - 1)).toBe(0)
    expect(seen(NOW + 20 * MINUTE)).toBe(1)
    const [batch] = bodyOf(model.list({ now: NOW + HOUR })).data
    expect(Date.parse(batch?.created_at ?? '')).toBe(NOW + 20 * MINUTE)
    expect(model.ledger.accepted(NOW)).toEqual([])
  })

  test('a batch may be missing from lists, and from retrieve, for a while', () => {
    const { model, answer } = under({ listLagMs: MINUTE, retrieveLagMs: 2 * MINUTE })
    const { id } = batchOf(answer)
    expect(bodyOf(model.list({ now: NOW + MINUTE - 1 })).data).toEqual([])
    expect(bodyOf(model.list({ now: NOW + MINUTE })).data).toHaveLength(1)
    expect(errorOf(model.retrieve({ now: NOW + MINUTE, id })).status).toBe(404)
    expect(batchOf(model.retrieve({ now: NOW + 2 * MINUTE, id })).id).toBe(id)
  })

  test.each(['first', 'second', 'refusal'] as const)(
    'a proxy that sends twice makes two batches and gives the %s answer',
    (twin) => {
      const { model, answer } = under({ twin, twinDelayMs: 1_500 })
      const [first, second] = model.ledger.accepted()
      expect(second?.twinOf).toBe(first?.batchId)
      expect((second?.createdAt ?? 0) - (first?.createdAt ?? 0)).toBe(1_500)
      expect(second?.customIds()).toEqual(first?.customIds())
      expect(model.ledger.posts()[0]?.batchIds).toHaveLength(2)
      if (twin === 'refusal') expect(errorOf(answer).status).toBe(429)
      else expect(batchOf(answer).id).toBe((twin === 'first' ? first : second)?.batchId)
      expect(model.ledger.billed(NOW + HOUR)).toHaveLength(4)
    },
  )

  test('others may cancel or delete a batch', () => {
    const { model, answer } = under({ canceledAfterMs: 1_000, deletedAfterMs: MINUTE })
    const { id } = batchOf(answer)
    const canceling = batchOf(model.retrieve({ now: NOW + 1_000, id }))
    expect(canceling.processing_status).toBe('canceling')
    const endedAt = model.ledger.accepted()[0]?.endsAt ?? 0
    expect(batchOf(model.retrieve({ now: endedAt, id })).processing_status).toBe('ended')
    expect(errorOf(model.retrieve({ now: endedAt + MINUTE, id })).status).toBe(404)

    const other = batchOf(create(model)).id
    expect(model.deleteByOthers({ now: NOW, id: other })).toBe(false)
    expect(model.cancelByOthers({ now: NOW, id: other })).toBe(true)
    expect(model.deleteByOthers({ now: NOW + HOUR, id: other })).toBe(true)
    expect(errorOf(model.retrieve({ now: NOW + HOUR, id: other })).status).toBe(404)
  })

  test('one batch may take longer than all others', () => {
    const { model, answer } = under({ turnaroundMs: 5 * HOUR })
    const { id } = batchOf(answer)
    expect(batchOf(model.retrieve({ now: NOW + 4 * HOUR, id })).processing_status).toBe(
      'in_progress',
    )
  })

  test('what the API refuses is refused under any fault that lets it in', () => {
    const model = modelWith()
    model.fault('create', { error: 'overloaded', accepted: true })
    model.create({ now: NOW, items: [] })
    expect(model.ledger.posts()).toMatchObject([{ verdict: 'refused', status: 400, batchIds: [] }])
  })
})
