import type { ProviderModel, ResultsAnswer, ResultsFault, RowFault } from '@halfrate/emulator/model'
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
  rawLinesOf,
} from './arrange.js'

/** A model with an ended batch of ten rows. */
function ended(): { model: ProviderModel; id: string; results: () => ResultsAnswer } {
  const model = modelWith()
  const { id } = batchOf(model.create({ now: NOW, items: items(10) }))
  return { model, id, results: () => model.results({ now: NOW + HOUR, id }) }
}

/** The result file of that batch under a fault, as lines. */
function damaged(fault: ResultsFault): string[] {
  const { model, results } = ended()
  model.fault('results', fault)
  return rawLinesOf(results())
}

const isWhole = (line: string): boolean => {
  try {
    return line.endsWith('\n') && typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

describe('faults of retrieve and list', () => {
  test('a 404 that heals, on retrieve and on results', () => {
    const { model, id, results } = ended()
    model.fault('retrieve', { error: 'not_found', times: 1 })
    model.fault('results', { error: 'no_results', times: 1 })
    expect(errorOf(model.retrieve({ now: NOW, id })).message).toBe(`Message Batch ${id} not found.`)
    expect(errorOf(results()).message).toBe(`Message Batch ${id} has no available results.`)
    expect(batchOf(model.retrieve({ now: NOW, id })).id).toBe(id)
    expect(linesOf(results())).toHaveLength(10)
  })

  test('a stale retrieve shows how the batch stood, but never before its time', () => {
    const { model, id } = ended()
    model.fault('retrieve', { staleMs: 55 * MINUTE, times: 1 })
    model.fault('retrieve', { staleMs: 40 * DAY })
    expect(batchOf(model.retrieve({ now: NOW + HOUR, id })).processing_status).toBe('in_progress')
    expect(batchOf(model.retrieve({ now: NOW + HOUR, id })).processing_status).toBe('in_progress')
  })

  test('a stale list misses what is newer, and shows the rest as it stood', () => {
    const { model, id } = ended()
    model.create({ now: NOW + 6 * MINUTE, items: items(1) })
    model.fault('list', { staleMs: 5 * MINUTE })
    const { data } = bodyOf(model.list({ now: NOW + 10 * MINUTE }))
    expect(data.map((batch) => [batch.id, batch.processing_status])).toEqual([[id, 'in_progress']])
  })

  test('a cancel that can interrupt nothing lets everything run to its end', () => {
    const model = modelWith()
    model.fault('cancel', { ignored: true })
    const { id } = batchOf(model.create({ now: NOW, items: items(10) }))
    expect(batchOf(model.cancel({ now: NOW, id })).processing_status).toBe('canceling')
    expect(batchOf(model.retrieve({ now: NOW + 9 * MINUTE, id })).processing_status).toBe(
      'canceling',
    )
    const { request_counts } = batchOf(model.retrieve({ now: NOW + HOUR, id }))
    expect(request_counts.succeeded).toBe(10)
  })

  test('a cancel whose answer is lost has still been heard', () => {
    const model = modelWith()
    model.fault('cancel', { loseResponse: true })
    const { id } = batchOf(model.create({ now: NOW, items: items(10) }))
    expect(model.cancel({ now: NOW, id })).toEqual({ type: 'reset' })
    expect(batchOf(model.retrieve({ now: NOW + 1, id })).processing_status).toBe('canceling')
  })
})

describe('faults of results', () => {
  test('a file cut at the end of a line looks whole but is short', () => {
    const lines = damaged({ cut: 'line_end', cutAfterLines: 4 })
    expect(lines).toHaveLength(4)
    expect(lines.every(isWhole)).toBe(true)
  })

  test('a file cut in the middle of a line', () => {
    const lines = damaged({ cut: 'mid_line' })
    expect(lines.slice(0, 5).every(isWhole)).toBe(true)
    expect(lines).toHaveLength(6)
    expect(isWhole(lines[5] ?? '')).toBe(false)
  })

  test('a cut may end clean, dead or silent', () => {
    const { model, results } = ended()
    for (const cutEnd of ['clean', 'reset', 'stall'] as const) {
      model.clearFaults()
      model.fault('results', { cut: 'mid_line', cutEnd })
      expect(results()).toMatchObject({ end: cutEnd === 'clean' ? 'complete' : cutEnd })
    }
  })

  test('lines that come twice, that contradict, that are missing', () => {
    expect(damaged({ duplicateLines: 2 })).toHaveLength(12)
    expect(new Set(damaged({ duplicateLines: 2 })).size).toBe(10)
    expect(damaged({ omitLines: 3 })).toHaveLength(7)
    const conflicting = damaged({ conflictingLines: 1 })
    expect(new Set(conflicting).size).toBe(11)
    const ids = conflicting.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id)
    expect(new Set(ids).size).toBe(10)
  })

  test('lines that are no JSON, and lines of strangers', () => {
    const lines = damaged({ malformedLines: 1, foreignLines: 1 })
    expect(lines.filter((line) => !isWhole(line))).toHaveLength(1)
    const ids = lines.filter(isWhole).map((line) => JSON.parse(line).custom_id as string)
    expect(ids.filter((id) => !/^r\d$/.test(id))).toEqual(['stranger-0'])
    expect(ids).toHaveLength(11)
  })

  test('the content type may be missing', () => {
    const { model, results } = ended()
    expect(results()).toHaveProperty('headers.content-type', 'application/x-jsonl')
    model.fault('results', { dropContentType: true })
    expect(results()).not.toHaveProperty('headers.content-type')
  })
})

describe('faults of rows', () => {
  /** Outcomes of the rows of a batch of ten under a fault, and the model. */
  function under(fault: RowFault): { model: ProviderModel; rows: ReturnType<typeof linesOf> } {
    const model = modelWith()
    model.fault('row', fault)
    const { id } = batchOf(model.create({ now: NOW, items: items(10) }))
    return { model, rows: linesOf(model.results({ now: NOW + DAY, id })) }
  }

  test.each(['api_error', 'overloaded_error', 'invalid_request_error'] as const)(
    'errored by %s, free of charge',
    (error) => {
      const { model, rows } = under({ outcome: 'errored', error, everyNth: 5 })
      const errors = rows.flatMap(({ result }) => (result.type === 'errored' ? [result.error] : []))
      expect(errors).toHaveLength(2)
      expect(errors[0]).toMatchObject({ error: { type: error } })
      expect(errors[0]?.request_id).toMatch(/^workerreq_/)
      expect(model.ledger.billed(NOW + DAY)).toHaveLength(8)
    },
  )

  test('expired rows hold their batch to the 24 hours, or, if early, end with it', () => {
    const held = under({ outcome: 'expired', times: 1 }).model.ledger.accepted()[0]
    expect(held?.endsAt).toBe(NOW + DAY)
    const early = under({ outcome: 'expired', early: true, times: 1 })
    expect(early.model.ledger.accepted()[0]?.endsAt).toBe(NOW + 10 * MINUTE)
    expect(early.rows.filter((row) => row.result.type === 'expired')).toHaveLength(1)
    expect(early.model.ledger.billed(NOW + DAY)).toHaveLength(9)
  })

  test('a canceled batch does not wait for rows that would expire', () => {
    const model = modelWith()
    model.fault('row', { outcome: 'expired', times: 1 })
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    model.cancel({ now: NOW + HOUR, id })
    const { request_counts } = batchOf(model.retrieve({ now: NOW + 2 * HOUR, id }))
    expect(request_counts).toMatchObject({ succeeded: 2, canceled: 1, expired: 0 })
  })

  test('refused, unfinished, empty or only thought about: they succeed and are billed', () => {
    for (const [fault, expected] of [
      [{ stopReason: 'refusal' }, { stop_reason: 'refusal', stop_details: { type: 'refusal' } }],
      [{ stopReason: 'pause_turn' }, { stop_reason: 'pause_turn' }],
      [{ content: 'empty' }, { content: [], stop_reason: 'end_turn' }],
      [{ content: 'thinking' }, { content: [{ type: 'thinking' }], stop_reason: 'max_tokens' }],
    ] as const) {
      const { model, rows } = under({ ...fault })
      expect(rows[0]?.result).toMatchObject({ type: 'succeeded', message: expected })
      expect(model.ledger.billed(NOW + DAY)).toHaveLength(10)
    }
  })
})
