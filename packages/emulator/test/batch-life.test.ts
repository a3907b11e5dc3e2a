import { describe, expect, test } from 'vitest'
import {
  batchOf,
  bodyOf,
  DAY,
  errorOf,
  HOUR,
  items,
  linesOf,
  MINUTE,
  modelWith,
  NOW,
  SECOND,
} from './arrange.js'

describe('the life of a batch', () => {
  test('a new batch is in progress, counts everything as processing and has no results', () => {
    const model = modelWith()
    const batch = batchOf(model.create({ now: NOW, items: items(1) }))
    expect(batch).toMatchObject({
      type: 'message_batch',
      processing_status: 'in_progress',
      request_counts: { processing: 1, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      ended_at: null,
      cancel_initiated_at: null,
      archived_at: null,
      results_url: null,
    })
    expect(batch.id).toMatch(/^msgbatch_01[A-Za-z0-9]{22}$/)
    expect(batch.created_at).toMatch(/^2026-11-21T10:00:00\.\d{6}Z$/)
    expect(Date.parse(batch.expires_at) - Date.parse(batch.created_at)).toBe(24 * HOUR)
  })

  test('it ends within the turnaround, with counts that add up and an address for its results', () => {
    const model = modelWith({ turnaroundMs: [3 * MINUTE, 40 * MINUTE] })
    const { id } = batchOf(model.create({ now: NOW, items: items(9) }))
    const early = batchOf(model.retrieve({ now: NOW + 3 * MINUTE - 1, id }))
    const late = batchOf(model.retrieve({ now: NOW + 40 * MINUTE, id }))
    expect(early).toMatchObject({
      processing_status: 'in_progress',
      request_counts: { processing: 9 },
    })
    expect(late).toMatchObject({
      processing_status: 'ended',
      request_counts: { processing: 0, succeeded: 9 },
      results_url: `https://api.anthropic.com/v1/messages/batches/${id}/results`,
    })
  })

  test('counts move before the end only where that is asked for', () => {
    const model = modelWith({ liveCounts: true })
    const { id } = batchOf(model.create({ now: NOW, items: items(40) }))
    const { request_counts } = batchOf(model.retrieve({ now: NOW + 5 * MINUTE, id }))
    expect(request_counts.succeeded).toBeGreaterThan(0)
    expect(request_counts.processing).toBeGreaterThan(0)
    expect(request_counts.processing + request_counts.succeeded).toBe(40)
  })

  test('a retrieve before the end says when to come back', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(1) }))
    expect(model.retrieve({ now: NOW, id })).toHaveProperty('headers.retry-after', '10')
    expect(model.retrieve({ now: NOW + HOUR, id })).not.toHaveProperty('headers.retry-after')
  })

  test('results before the end and batches that never were are 404s', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(1) }))
    const error = (message: string): object => ({ status: 404, type: 'not_found_error', message })
    expect(errorOf(model.results({ now: NOW, id }))).toEqual(
      error(`Message Batch ${id} has no available results.`),
    )
    expect(errorOf(model.retrieve({ now: NOW, id: 'msgbatch_x' }))).toEqual(
      error('Message Batch msgbatch_x not found.'),
    )
    expect(errorOf(model.results({ now: NOW, id: 'msgbatch_x' }))).toEqual(
      error('Message Batch msgbatch_x not found.'),
    )
  })

  test('its results come shuffled, one line for each request, and the same every time', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(50) }))
    const rows = linesOf(model.results({ now: NOW + HOUR, id }))
    const ids = rows.map((row) => row.custom_id)
    const sent = items(50).map((item) => item.customId)
    expect([...ids].sort()).toEqual(sent.sort())
    expect(ids).not.toEqual(items(50).map((item) => item.customId))
    expect(linesOf(model.results({ now: NOW + 2 * HOUR, id }))).toEqual(rows)
  })

  test('a batch without turnaround is in progress in the answer to its create and has then ended', () => {
    const model = modelWith({ turnaroundMs: [0, 0] })
    const batch = batchOf(model.create({ now: NOW, items: items(2) }))
    expect(batch.processing_status).toBe('in_progress')
    expect(batchOf(model.retrieve({ now: NOW, id: batch.id })).processing_status).toBe('ended')
  })

  test('what is not processed within 24 hours expires', () => {
    const model = modelWith({ turnaroundMs: [36 * HOUR, 36 * HOUR] })
    const { id } = batchOf(model.create({ now: NOW, items: items(60) }))
    expect(batchOf(model.retrieve({ now: NOW + DAY - 1, id })).processing_status).toBe(
      'in_progress',
    )
    const { request_counts, ended_at, expires_at } = batchOf(model.retrieve({ now: NOW + DAY, id }))
    expect(ended_at).toBe(expires_at)
    expect(request_counts.expired).toBeGreaterThan(0)
    expect(request_counts.succeeded).toBeGreaterThan(0)
    const types = linesOf(model.results({ now: NOW + DAY, id })).map((row) => row.result.type)
    expect(types.filter((type) => type === 'expired')).toHaveLength(request_counts.expired)
  })

  test('results go away 29 days after creation; the batch stays', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(1) }))
    expect(linesOf(model.results({ now: NOW + 29 * DAY - 1, id }))).toHaveLength(1)
    expect(errorOf(model.results({ now: NOW + 29 * DAY, id })).status).toBe(404)
    const batch = batchOf(model.retrieve({ now: NOW + 29 * DAY, id }))
    expect(Date.parse(batch.archived_at ?? '')).toBe(NOW + 29 * DAY)
  })
})

describe('cancel', () => {
  test('right after the create leaves every request canceled, some seconds later', () => {
    const model = modelWith({ turnaroundMs: [3 * HOUR, 3 * HOUR] })
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    const canceling = batchOf(model.cancel({ now: NOW + 200, id }))
    expect(canceling).toMatchObject({
      processing_status: 'canceling',
      request_counts: { processing: 3 },
    })
    expect(Date.parse(canceling.cancel_initiated_at ?? '')).toBe(NOW + 200)
    const ended = batchOf(model.retrieve({ now: NOW + 31 * SECOND, id }))
    expect(ended).toMatchObject({ processing_status: 'ended', request_counts: { canceled: 3 } })
    expect(linesOf(model.results({ now: NOW + MINUTE, id }))).toHaveLength(3)
  })

  test('in the middle keeps what is done, and bills it', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(60) }))
    model.cancel({ now: NOW + 5 * MINUTE, id })
    const { request_counts } = batchOf(model.retrieve({ now: NOW + 6 * MINUTE, id }))
    expect(request_counts.succeeded).toBeGreaterThan(0)
    expect(request_counts.canceled).toBeGreaterThan(0)
    expect(request_counts.succeeded + request_counts.canceled).toBe(60)
    expect(model.ledger.billed(NOW + 6 * MINUTE)).toHaveLength(request_counts.succeeded)
  })

  test('again while canceling changes nothing', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    const first = batchOf(model.cancel({ now: NOW + SECOND, id }))
    expect(batchOf(model.cancel({ now: NOW + 2 * SECOND, id }))).toEqual(first)
  })

  test('after the end is refused', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    expect(errorOf(model.cancel({ now: NOW + HOUR, id }))).toMatchObject({
      status: 400,
      message: expect.stringContaining(
        'cannot be canceled because it has already finished processing',
      ),
    })
  })
})

describe('delete', () => {
  test('takes an ended batch out of sight', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    const deleted = bodyOf(model.delete({ now: NOW + HOUR, id }))
    expect(deleted).toEqual({ id, type: 'message_batch_deleted' })
    for (const call of ['retrieve', 'results', 'cancel', 'delete'] as const) {
      expect(errorOf(model[call]({ now: NOW + HOUR, id })).status).toBe(404)
    }
    expect(bodyOf(model.list({ now: NOW + HOUR })).data).toEqual([])
    // What was paid stays paid.
    expect(model.ledger.billed(NOW + HOUR)).toHaveLength(3)
  })

  test('of an unfinished batch is refused', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    expect(errorOf(model.delete({ now: NOW, id }))).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message: 'In progress batches cannot be deleted. Consider canceling the batch instead.',
    })
  })
})
