import type { NanoUsd, ProjectId, QueueName, RequestId } from '@halfrate/core'
import type { BudgetScope, BudgetUse } from '@halfrate/core/budgets'
import { expect } from 'vitest'
import { aProviderError } from '../builders/a-provider-error.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Batch, Scene } from './scene.js'
import { ended, learn, lost, move, release, runningBatch, sending, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** The hold of each member of a batch in a scene. */
const HOLD = 1_000_000
/** What a success of a scene costs. */
const COST = 150_000

/** What counts against the budget of the queue of a scene, or of another scope. */
function use(scene: Scene, over: { scope?: BudgetScope; since?: number } = {}): Promise<BudgetUse> {
  const { project, queue } = scene
  return scene.store.budgetUse({ scope: { type: 'queue', project, queue }, since: 0, ...over })
}

function used(heldNano: number, spentNano = 0): object {
  return { heldNano, spentNano }
}

async function close(scene: Scene, batch: Batch): Promise<void> {
  const fence = await scene.fence(batch)
  await scene.store.closeSubmission({ fence, submissionId: batch.id })
}

/** A batch of two of which one was answered and one failed, released but not collected. */
async function halfAnswered(scene: Scene): Promise<Batch> {
  const [a, b] = await scene.enqueue('a', 'b')
  const batch = await ended(scene, [a, b], { succeeded: 1, errored: 1 })
  await settle(scene, batch, aSuccess(a), anError(b))
  const to = { type: 'waiting', notBefore: 0, countAs: 'failure', batchLimit: null } as const
  await release(
    scene,
    batch,
    move(0, { outcome: 'succeeded' }),
    move(1, { outcome: 'errored', to }),
  )
  return batch
}

/** What counts against a budget, and for how long. */
export const budgetUseCases: readonly StoreCase[] = [
  {
    name: 'nothing counts before it is sealed',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      expect(await use(scene)).toEqual(used(0))
      await scene.filling([id])
      expect(await use(scene)).toEqual(used(0))
    },
  },
  {
    name: 'a sealed batch counts at its hold, which falls with what is withdrawn from it',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      await scene.sealed([a, b])
      expect(await use(scene)).toEqual(used(2 * HOLD))
      const { project } = scene
      await scene.store.cancel({ project, requestIds: [a], reason: 'canceled' })
      expect(await use(scene)).toEqual(used(HOLD))
    },
  },
  {
    name: 'one that is taken apart counts no more',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.sealed([id])
      const fence = await scene.fence(batch)
      await scene.store.dissolve({ fence, submissionId: batch.id })
      expect(await use(scene)).toEqual(used(0))
    },
  },
  {
    name: 'a hold stands until the batch is collected, and then what was paid does in its place',
    run: async (scene) => {
      const batch = await halfAnswered(scene)
      expect(await use(scene)).toEqual(used(2 * HOLD))
      await close(scene, batch)
      expect(await use(scene)).toEqual(used(0, COST))
      expect((await scene.submission(batch)).spentNano).toBe(COST)
    },
  },
  {
    name: 'an answer without a price counts at its hold after the end',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await ended(scene, [id])
      await settle(scene, batch, aSuccess(id, { costNano: null, realtimeNano: null }))
      await release(scene, batch, move(0, { outcome: 'succeeded' }))
      await close(scene, batch)
      expect(await use(scene)).toEqual(used(0, HOLD))
    },
  },
  {
    name: 'a line that comes after the end is counted too',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 2 })
      await settle(scene, batch, aSuccess(a))
      const verdict = { status: 'failed', reason: 'result_lost', detail: null } as const
      const to = { type: 'done', verdict } as const
      await release(
        scene,
        batch,
        move(0, { outcome: 'succeeded' }),
        move(1, { to, possiblyPaid: true }),
      )
      await close(scene, batch)
      expect(await use(scene)).toEqual(used(0, COST + HOLD))
      await settle(scene, batch, aSuccess(b))
      expect(await use(scene)).toEqual(used(0, 2 * COST))
    },
  },
  {
    name: 'a lost batch counts no more, and as soon as it is found it counts anew',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await lost(scene, [a, b])
      expect(await use(scene)).toEqual(used(0))
      await release(scene, batch, move(0), move(1))
      expect(await use(scene)).toEqual(used(0))
      await learn(scene, batch, { type: 'found', batch: runningBatch(batch) })
      expect(await use(scene)).toEqual(used(2 * HOLD))
    },
  },
  {
    name: 'of a refused batch nothing counts',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await sending(scene, [id])
      expect(await use(scene)).toEqual(used(HOLD))
      await learn(scene, batch, { type: 'refused', error: aProviderError() })
      expect(await use(scene)).toEqual(used(0))
    },
  },
  {
    name: 'a batch counts from the instant at which it was sealed, and not before',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const first = await scene.filling([a])
      await scene.clock.advance(60_000)
      const fence = await scene.queueFence()
      await scene.store.sealSubmission({ fence, submissionId: first.id })
      const since = scene.clock.now()
      expect(await use(scene, { since })).toEqual(used(HOLD))
      expect(await use(scene, { since: since + 1 })).toEqual(used(0))
      await scene.clock.advance(60_000)
      await scene.sealed([b])
      expect(await use(scene, { since: since + 1 })).toEqual(used(HOLD))
      expect(await use(scene)).toEqual(used(2 * HOLD))
    },
  },
  {
    name: 'a queue, its project and its account each have their own sum',
    run: async (scene) => {
      const { project, account } = scene
      const queue = 'daily' as QueueName
      const ids: RequestId[] = []
      ids.push(...(await scene.enqueue('a')))
      const others = await scene.enqueueRows([anIntakeRow({ key: 'b' })], { queue })
      await scene.sealed(ids)
      await scene.sealed(others, { queue, holdNano: 7 as NanoUsd })
      const sums = await Promise.all(
        (
          [
            { type: 'queue', project, queue: scene.queue },
            { type: 'queue', project, queue },
            { type: 'project', project },
            { type: 'account', account },
            { type: 'project', project: 'elsewhere' as ProjectId },
            { type: 'queue', project: 'elsewhere' as ProjectId, queue },
          ] as const
        ).map((scope) => use(scene, { scope })),
      )
      expect(sums.map(({ heldNano }) => heldNano)).toEqual([HOLD, 7, HOLD + 7, HOLD + 7, 0, 0])
    },
  },
]
