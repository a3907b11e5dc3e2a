import { callHealthSetting, FREE_PACE, type Submission } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { EngineBench } from './engine-bench.js'

const HOUR_MS = 3_600_000
// A worker looks again when something is due, and not at whole minutes.
const LOOK_MS = 6_000

async function submissionsOf({ store }: EngineBench): Promise<readonly Submission[]> {
  return await store.listSubmissions({ account: null, states: null, afterId: 0, limit: 100 })
}

async function pass(made: EngineBench, isOver: () => Promise<boolean>): Promise<void> {
  for (let passed = 0; passed < 9 * HOUR_MS; passed += LOOK_MS) {
    if (await isOver()) return
    await made.clock.advance(LOOK_MS)
    await made.work()
  }
}

describe('batches that were deleted by others', () => {
  test('are found to be gone though little may be repeated and the list is asked again each time', async () => {
    const made = new EngineBench()
    await made.setPolicy({ maxBatchRequests: 1 })
    await made.enqueue('a', 'b')
    await made.work()
    made.refuseReads = { status: 503 }
    await pass(made, async () =>
      (await submissionsOf(made)).every(({ collecting }) => collecting.failedFetches > 0),
    )
    made.refuseReads = null
    made.batches.length = 0
    const retries = { tokens: 0, at: made.clock.now() }
    await made.set(callHealthSetting(made.account), { breakers: {}, pace: FREE_PACE, retries })
    const gone = () => made.eventsOf('alarm').filter(({ code }) => code === 'vanished_batch')
    await pass(made, async () => gone().length === 2)
    expect(gone()).toHaveLength(2)
  })
})
