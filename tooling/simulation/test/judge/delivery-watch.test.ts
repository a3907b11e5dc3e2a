import { DEFAULT_PROJECT, type DeliveredRow, type RequestId } from '@halfrate/core'
import { expect, it } from 'vitest'
import { DeliveryWatch } from '../../src/judge/delivery-watch.js'
import { Violations } from '../../src/judge/violation.js'
import { NEIGHBOUR } from '../../src/scenario/neighbour.js'
import { Q1 } from '../../src/scenario/workload.js'
import { twoProjects } from './two-projects.js'

const OURS = { project: DEFAULT_PROJECT, queue: Q1 }
const THEIRS = { project: NEIGHBOUR, queue: Q1 }

it('a handler gets results of its own project only, though the queue has the same name', () => {
  const violations = new Violations(() => 0)
  const watch = new DeliveryWatch([OURS, THEIRS], violations)
  const request = { id: 1 as RequestId, state: 'done', ...OURS }
  watch.handed(OURS, { request } as DeliveredRow)
  expect(violations.any).toBe(false)
  watch.handed(THEIRS, { request } as DeliveredRow)
  expect(violations.all).toMatchObject([{ invariant: 'I12' }])
})

it('only the results of handled queues, by project, are to be taken', async () => {
  const { store, book, ids } = await twoProjects()
  for (const [project, requestIds] of ids)
    await store.cancel({ project, requestIds, reason: 'canceled' })
  const missing = async (queues: readonly (typeof OURS)[]): Promise<readonly RequestId[]> =>
    await new DeliveryWatch(queues, new Violations(() => 0)).missing(store, book)
  expect(await missing([THEIRS])).toEqual(ids.get(NEIGHBOUR))
  expect(await missing([OURS, THEIRS])).toHaveLength(4)
  expect(await missing([])).toEqual([])
})
