import type { RemoteId, Submission } from '@halfrate/core'
import { expect, test } from 'vitest'
import { columnsOfChanges } from '../src/index.js'

test('changes become columns, documents become JSON, and what is not said stays as it is', () => {
  const counts = { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 }
  const changes: Partial<Submission> = {
    state: 'ended',
    orphan: true,
    remoteId: 'msgbatch_\ud800' as RemoteId,
    counts,
    error: null,
    nextStepAt: 7,
  }
  expect(columnsOfChanges(changes)).toEqual([
    { column: 'state', value: 9 },
    { column: 'orphan', value: 1 },
    { column: 'remote_id', value: expect.any(Uint8Array) },
    { column: 'counts', value: JSON.stringify(counts) },
    { column: 'error', value: null },
    { column: 'next_step_at', value: 7 },
  ])
})
