import { describe, expect, test } from 'vitest'
import { batchOf, HOUR, linesOf, MINUTE, modelWith, NOW, params } from './arrange.js'

describe('the life of a batch', () => {
  test('a new batch is in progress, counts everything as processing and has no results', () => {
    const model = modelWith()
    const batch = batchOf(model.create({ now: NOW, items: [{ customId: 'a', params: params() }] }))
    expect(batch).toMatchObject({
      type: 'message_batch',
      processing_status: 'in_progress',
      request_counts: { processing: 1, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      ended_at: null,
      results_url: null,
    })
    expect(batch.id).toMatch(/^msgbatch_01[A-Za-z0-9]{22}$/)
    expect(batch.created_at).toMatch(/^2026-11-21T10:00:00\.\d{6}Z$/)
    expect(Date.parse(batch.expires_at) - Date.parse(batch.created_at)).toBe(24 * HOUR)
  })

  test('it ends within the turnaround, with counts that add up and an address for its results', () => {
    const model = modelWith({ turnaroundMs: [3 * MINUTE, 40 * MINUTE] })
    const items = Array.from({ length: 9 }, (_, i) => ({ customId: `r${i}`, params: params() }))
    const { id } = batchOf(model.create({ now: NOW, items }))
    const early = batchOf(model.retrieve({ now: NOW + 3 * MINUTE - 1, id }))
    const late = batchOf(model.retrieve({ now: NOW + 40 * MINUTE, id }))
    expect(early.processing_status).toBe('in_progress')
    expect(late.processing_status).toBe('ended')
    expect(late.request_counts).toMatchObject({ processing: 0, succeeded: 9 })
    expect(late.results_url).toBe(`https://api.anthropic.com/v1/messages/batches/${id}/results`)
  })

  test('its results come shuffled, one line for each request, and the same every time', () => {
    const model = modelWith()
    const items = Array.from({ length: 50 }, (_, i) => ({ customId: `r${i}`, params: params() }))
    const { id } = batchOf(model.create({ now: NOW, items }))
    const rows = linesOf(model.results({ now: NOW + HOUR, id }))
    const ids = rows.map((row) => row.custom_id)
    expect([...ids].sort()).toEqual(items.map((item) => item.customId).sort())
    expect(ids).not.toEqual(items.map((item) => item.customId))
    expect(linesOf(model.results({ now: NOW + 2 * HOUR, id }))).toEqual(rows)
  })
})
