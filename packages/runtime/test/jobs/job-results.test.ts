import type { Job, Request, Store } from '@halfrate/core'
import { expect, test } from 'vitest'
import { Changes } from '../../src/changes.js'
import { jobEnd } from '../../src/jobs/job-results.js'

const HOUR_MS = 3_600_000

test('who waits for a job looks again soon after a look in which the process stood still', async () => {
  const job = { project: 'default', name: 'claims', committedPart: 1 } as Job
  const changes = new Changes()
  let looks = 0
  let ms = 0
  const store = {
    traits: { pageLimit: 100 },
    findJob: async () => job,
    getSetting: async () => null,
    listRequests: async () => {
      looks += 1
      if (looks === 1) ms += HOUR_MS
      // Something was done meanwhile, so that nobody waits for a change.
      changes.note()
      return looks < 3 ? [{ id: 1 } as Request] : []
    },
  } as unknown as Store
  await jobEnd({ store, clock: { monotonicMs: () => ms }, clockFactor: 1, changes, job })
  expect(looks).toBe(3)
})
