import { describe, expect, test } from 'vitest'
import { laneKey, laneOf, lanesAlike } from '../../src/model/lane.js'
import { type HedgeFacts, hedgeLane, isHedge, mayHedge } from '../../src/policy/hedging.js'

const OPEN: HedgeFacts = {
  batch: { state: 'in_progress' },
  attempt: { outcome: null, released: false },
  request: { state: 'assigned', verdict: null, cancelRequested: false },
  others: [],
}
const VERDICT = { status: 'failed', reason: 'errored', detail: null } as const
const other = (
  submissionState: HedgeFacts['others'][number]['submissionState'],
  rest: Partial<HedgeFacts['others'][number]> = {},
): HedgeFacts => ({
  ...OPEN,
  others: [{ isLive: false, isLater: true, submissionState, ...rest }],
})

describe('a member of a batch may be called as well', () => {
  test.each<[string, HedgeFacts]>([
    ['while its batch runs', OPEN],
    ['while its batch is canceled', { ...OPEN, batch: { state: 'canceling' } }],
    ['while the answer to its send is looked for', { ...OPEN, batch: { state: 'ambiguous' } }],
    ['while its results are fetched', { ...OPEN, batch: { state: 'ended' } }],
    ['after a call that was refused', other('rejected')],
    ['after a call that was never sent', other('dissolved')],
    ['after an earlier batch that failed it', other('collected', { isLater: false })],
  ])('%s', (_, facts) => {
    expect(mayHedge(facts)).toBe(true)
  })

  test.each<[string, HedgeFacts]>([
    ['before its batch is sent', { ...OPEN, batch: { state: 'sealed' } }],
    ['while its send is under way', { ...OPEN, batch: { state: 'sending' } }],
    ['once its batch was given up', { ...OPEN, batch: { state: 'lost' } }],
    ['once it has an outcome', { ...OPEN, attempt: { outcome: 'errored', released: false } }],
    ['once it was let go', { ...OPEN, attempt: { outcome: null, released: true } }],
    ['once its request ended', { ...OPEN, request: { ...OPEN.request, state: 'done' } }],
    ['while its request waits', { ...OPEN, request: { ...OPEN.request, state: 'waiting' } }],
    [
      'when its request is canceled',
      { ...OPEN, request: { ...OPEN.request, cancelRequested: true } },
    ],
    ['when a verdict waits for it', { ...OPEN, request: { ...OPEN.request, verdict: VERDICT } }],
    ['while another attempt is live', other('rejected', { isLive: true })],
    ['after a call that may have been paid', other('lost')],
    ['after a call that was answered', other('collected')],
  ])('but not %s', (_, facts) => {
    expect(mayHedge(facts)).toBe(false)
  })
})

test('the lane of hedges says why and until when, and is the same lane to the provider', () => {
  const batch = laneKey({ betas: ['b'], deadlineAt: 1_800_000_000_000 })
  const call = hedgeLane(batch)
  const { route, why, deadlineAt, betas } = laneOf(call)
  expect([route, why, deadlineAt, betas]).toEqual(['realtime', 'hedge', 1_800_000_000_000, ['b']])
  expect(lanesAlike(call, laneKey({ betas: ['b'], route: 'realtime' }))).toBe(true)
  expect([isHedge({ lane: call }), isHedge({ lane: batch })]).toEqual([true, false])
  // Stores know it by these last characters.
  expect(call.endsWith(',"hedge"]')).toBe(true)
})
