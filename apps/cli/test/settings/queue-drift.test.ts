import { DEFAULT_QUEUE_POLICY, type QueueName, type QueuePolicy } from '@halfrate/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { driftOf, isDrift } from '../../src/settings/queue-drift.js'
import { readQueues } from '../../src/settings/read-queues.js'
import { spanText } from '../../src/settings/span-text.js'

const FILE = 'halfrate.config.json'

function drift(queues: object, stored: Readonly<Record<string, Partial<QueuePolicy>>>) {
  const policies = Object.entries(stored).map(
    ([name, policy]) => [name as QueueName, { ...DEFAULT_QUEUE_POLICY, ...policy }] as const,
  )
  return driftOf(readQueues(FILE, queues), new Map(policies))
}

describe('what a file and a store differ in', () => {
  test('nothing, when the store has what the file says and the defaults of what it does not say', () => {
    const same = drift({ triage: { maxFailures: 5 } }, { run: {}, triage: { maxFailures: 5 } })
    expect(same).toEqual({ queues: [{ queue: 'triage', state: 'same', fields: [] }], unnamed: [] })
    expect(isDrift(same)).toBe(false)
  })

  test('is told member by member, also of what the file leaves to its default', () => {
    const { queues } = drift(
      { triage: { flushAge: '30m', giveUpAfter: '72h' } },
      { triage: { maxFailures: 9, accept: ['refused', 'cut_off'], keyTails: true } },
    )
    expect(queues[0]).toEqual({
      queue: 'triage',
      state: 'changed',
      fields: [
        { field: 'flushAge', file: '30m', store: '1h' },
        { field: 'maxFailures', file: 3, store: 9 },
        { field: 'accept', file: [], store: ['cut_off', 'refused'] },
        { field: 'keyTails', file: false, store: true },
      ],
    })
  })

  test('a schedule takes the place of counts and ages, and the other way round', () => {
    const schedule = { flushSchedule: '0 2 * * *', flushTimeZone: 'UTC' }
    const flush = { schedule: '0 2 * * *', timeZone: 'UTC' }
    expect(isDrift(drift({ night: schedule }, { night: { flush } }))).toBe(false)
    const fields = drift({ night: schedule }, { night: {} }).queues[0]?.fields
    expect(fields?.map(({ field, file }) => [field, file])).toEqual([
      ['flushCount', null],
      ['flushBytes', null],
      ['flushAge', null],
      ['flushSchedule', '0 2 * * *'],
      ['flushTimeZone', 'UTC'],
    ])
    expect(drift({ night: {} }, { night: { flush } }).queues[0]?.fields).toHaveLength(5)
  })

  test('a queue that the store does not have is new, and one that the file does not name is told', () => {
    const { queues, unnamed } = drift({ night: {} }, { run: {}, old: {} })
    expect(queues).toEqual([{ queue: 'night', state: 'new', fields: [] }])
    expect(unnamed).toEqual(['old'])
    expect(isDrift({ queues: [], unnamed })).toBe(true)
  })

  test('of the queue of halfrate run only what none of its flags says is compared', () => {
    const flush = { count: 7, bytes: 7, ageMs: 0 }
    const own = { flush, accept: ['refused'] as const, onLostAnswer: 'ask' as const }
    const stored = { run: { ...own, maxBatchRequests: 7, maxFailures: 4 } }
    expect(drift({ run: {} }, stored).queues[0]?.fields).toEqual([
      { field: 'maxFailures', file: 3, store: 4 },
    ])
    expect(isDrift(drift({ run: { maxFailures: 4 } }, stored))).toBe(false)
  })

  test('spans are told without two of them being alike', () => {
    expect([0, 90_000, 1_800_000, 3_600_000, 259_200_000, 1_500].map(spanText)).toEqual([
      ...['0', '90s', '30m', '1h', '3d', '1500ms'],
    ])
    const span = fc.nat({ max: 10_000_000_000 })
    fc.assert(
      fc.property(span, span, (one, other) => {
        fc.pre(one !== other)
        expect(spanText(one)).not.toBe(spanText(other))
      }),
    )
  })
})
