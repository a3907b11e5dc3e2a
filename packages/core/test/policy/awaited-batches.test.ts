import { describe, expect, test } from 'vitest'
import type { RemoteId } from '../../src/model/ids.js'
import type { RemoteBatch } from '../../src/model/remote-batch.js'
import type { AbsenceWait, AwaitedBatch } from '../../src/model/setting-documents.js'
import { HOUR_MS, MINUTE_MS } from '../../src/model/time.js'
import {
  type AwaitedFacts,
  absenceEndsBy,
  awaitedAfter,
  isAbsenceOver,
} from '../../src/policy/awaited-batches.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'

const NOW = 1_000 * HOUR_MS
const id = (name: string): RemoteId => name as RemoteId

function batch(name: string, createdAt = NOW - HOUR_MS): RemoteBatch {
  return {
    id: id(name),
    status: 'in_progress',
    counts: { processing: 3, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    createdAt,
    expiresAt: createdAt + 24 * HOUR_MS,
    endedAt: null,
    cancelInitiatedAt: null,
    archivedAt: null,
  }
}

function facts(change: Partial<AwaitedFacts> & { readonly at?: number } = {}): AwaitedFacts {
  const { at = NOW, ...rest } = change
  const unidentified = rest.unidentified ?? []
  return {
    before: [],
    survey: { startedAt: at, batches: unidentified },
    unidentified,
    unreadable: [],
    upTo: NOW,
    ...rest,
  }
}

function wait(change: Partial<AbsenceWait> = {}): AbsenceWait {
  return { since: 0, upTo: NOW, notBefore: NOW, lookedAt: NOW, batches: [], ...change }
}

describe('batches that are waited for', () => {
  test('are those that are not identified and were made in time', () => {
    const unidentified = [batch('a'), batch('later', NOW + 1)]
    const awaited = awaitedAfter(facts({ unidentified }), settings)
    expect(awaited.map(({ remoteId }) => remoteId)).toEqual(['a'])
    expect(absenceEndsBy(wait({ batches: awaited }))).toBe(NOW + 23 * HOUR_MS)
  })

  test('are no longer when they were identified', () => {
    const before = awaitedAfter(facts({ unidentified: [batch('a')] }), settings)
    const survey = { startedAt: NOW, batches: [batch('a')] }
    expect(awaitedAfter(facts({ before, survey }), settings)).toEqual([])
  })

  test('are no longer waited for when three fetches over an hour showed no line of them', () => {
    let before: readonly AwaitedBatch[] = []
    const states = [0, 30, 60].map((minutes) => {
      before = awaitedAfter(
        facts({
          before,
          at: NOW + minutes * MINUTE_MS,
          unidentified: [batch('a')],
          unreadable: [{ remoteId: id('a'), gone: false }],
        }),
        settings,
      )
      return before[0]?.vanished
    })
    expect(states).toEqual([false, false, true])
    expect(isAbsenceOver(wait({ batches: before }))).toBe(true)
  })

  test('are waited for while a list lacks them, until they count as deleted', () => {
    let before = awaitedAfter(facts({ unidentified: [batch('a')] }), settings)
    const states = [1, 2, 3, 4, 5, 6, 7].map((hours) => {
      before = awaitedAfter(facts({ before, at: NOW + hours * HOUR_MS }), settings)
      return before[0]?.vanished
    })
    expect(states).toEqual([false, false, false, false, false, false, true])
  })
})

describe('sending after an absence', () => {
  test('waits for every batch, and in any case until the list can hide none', () => {
    expect(isAbsenceOver(wait())).toBe(true)
    expect(isAbsenceOver(wait({ lookedAt: NOW - 1 }))).toBe(false)
    const batches = awaitedAfter(facts({ unidentified: [batch('a')] }), settings)
    expect(isAbsenceOver(wait({ batches }))).toBe(false)
    expect(absenceEndsBy(wait())).toBe(NOW)
  })
})
