import { StoreUnavailableError } from '@halfrate/core'
import { expect, test } from 'vitest'
import type { Presenter } from '../../src/run/presenter.js'
import { watchUntil } from '../../src/run/watch-until.js'
import type { ProgressFacts } from '../../src/screen/progress-screen.js'
import { NOW, report } from '../screen/facts.js'

const HOUR_MS = 3_600_000

function factsOf(succeeded: number): ProgressFacts {
  const facts = {
    now: NOW,
    batches: [],
    heldBack: null,
    otherWorker: null,
    storeFlag: '',
    budget: null,
  }
  return { ...facts, report: report({ total: 2, succeeded, waiting: 2 - succeeded }) }
}

/** Watches a job of two rows by such looks, each of which moves the clock as it likes, and answers how many rows were seen done. */
async function seenIn(
  looks: readonly ((pass: (ms: number) => void) => number)[],
): Promise<readonly number[]> {
  const seen: number[] = []
  const left = [...looks]
  let ms = 0
  const pass = (by: number): void => {
    ms += by
  }
  const presenter: Pick<Presenter, 'progress' | 'say'> = {
    progress: ({ report: { counts } }) => void seen.push(counts.byState.done),
    say: () => undefined,
  }
  const { type } = await watchUntil('done', {
    half: {
      clock: { now: () => NOW, monotonicMs: () => ms, sleep: async () => {} },
      clockFactor: 1,
    },
    watch: { look: async () => factsOf(left.shift()?.(pass) ?? 2) },
    host: { finished: new Promise(() => undefined) },
    presenter: presenter as Presenter,
    signal: new AbortController().signal,
  })
  expect(type).toBe('done')
  return seen
}

test('a job is looked at again soon although the process stood still in the middle of a look', async () => {
  const stoodStill = (pass: (ms: number) => void): number => {
    pass(HOUR_MS)
    return 1
  }
  expect(await seenIn([() => 0, stoodStill, () => 2])).toEqual([0, 1, 2])
})

test('a job is looked at again soon after its store was away for an hour', async () => {
  const away = (pass: (ms: number) => void): number => {
    pass(HOUR_MS)
    throw new StoreUnavailableError('the server restarts')
  }
  expect(await seenIn([() => 0, away, () => 1, () => 2])).toEqual([0, 1, 2])
})
