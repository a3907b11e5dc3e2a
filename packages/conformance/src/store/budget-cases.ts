import type { NanoUsd, QueueName, Submission } from '@halfrate/core'
import {
  type BudgetScope,
  budgetSetting,
  countedNano,
  type SealBudget,
} from '@halfrate/core/budgets'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Batch, Scene } from './scene.js'
import { lost } from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** The hold of each member of a batch in a scene. */
const HOLD = 1_000_000
const OTHER = 'daily' as QueueName

function scopesOf({ project, queue, account }: Scene): readonly BudgetScope[] {
  return [
    { type: 'queue', project, queue },
    { type: 'project', project },
    { type: 'account', account },
  ]
}

/** Writes the document of a budget and answers what a seal under it names. */
async function budget(
  scene: Scene,
  scope: BudgetScope,
  capNano: number,
  since = 0,
): Promise<SealBudget> {
  const setting = budgetSetting(scope)
  const before = await scene.store.getSetting(setting)
  const value = { timeZone: 'UTC', caps: [{ period: 'total', capNano, warnAt: [] }] }
  const ifVersion = before?.version ?? null
  const written = await scene.store.putSetting({ ...setting, value, ifVersion })
  return { scope, version: written?.version ?? 0, caps: [{ since, capNano: capNano as NanoUsd }] }
}

async function seal(
  scene: Scene,
  batch: Batch,
  budgets: readonly SealBudget[],
  queue: QueueName = scene.queue,
): Promise<Submission> {
  const fence = await scene.queueFence(queue)
  return await scene.store.sealSubmission({ fence, submissionId: batch.id, budgets })
}

/** Two batches that are being filled, each in a queue of its own, of two requests each. */
async function twoFilling(scene: Scene): Promise<readonly [Batch, Batch]> {
  const ids = await scene.enqueue('a', 'b')
  const rows = [anIntakeRow({ key: 'c' }), anIntakeRow({ key: 'd' })]
  const others = await scene.enqueueRows(rows, { queue: OTHER })
  return [await scene.filling(ids), await scene.filling(others, { queue: OTHER })]
}

/** Sealing under the caps of queues, projects and accounts (I11). */
export const budgetCases: readonly StoreCase[] = [
  {
    name: 'a batch is sealed at each cap, and over it stays as it is',
    run: async (scene) => {
      for (const scope of scopesOf(scene)) {
        const under = await budget(scene, scope, 0)
        const { spentNano, heldNano } = await scene.store.budgetUse({ scope, since: 0 })
        const before = spentNano + heldNano
        const [id] = await scene.enqueue(`at ${scope.type}`)
        const batch = await scene.filling([id])
        const over = { ...under, caps: [{ since: 0, capNano: (before + HOLD - 1) as NanoUsd }] }
        expect(await seal(scene, batch, [over])).toEqual(batch.submission)
        expect(await scene.submission(batch)).toEqual(batch.submission)
        const at = { ...under, caps: [{ since: 0, capNano: (before + HOLD) as NanoUsd }] }
        expect(await seal(scene, batch, [at])).toMatchObject({
          state: 'sealed',
          sealedAt: scene.clock.now(),
        })
      }
    },
  },
  {
    name: 'every cap must have room, in whichever order they are named',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.filling([id])
      const wide = await Promise.all(scopesOf(scene).map((scope) => budget(scene, scope, HOLD)))
      const narrow = wide.map((each) => ({ ...each, caps: [{ since: 0, capNano: 1 as NanoUsd }] }))
      for (const index of wide.keys()) {
        const mixed = wide.with(index, narrow[index] as SealBudget)
        expect((await seal(scene, batch, mixed)).state).toBe('filling')
        expect((await seal(scene, batch, mixed.toReversed())).state).toBe('filling')
      }
      expect((await seal(scene, batch, wide)).state).toBe('sealed')
    },
  },
  {
    name: 'of two caps of one budget each counts from its own instant',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const [scope] = scopesOf(scene) as [BudgetScope]
      const { version } = await budget(scene, scope, 0)
      await scene.sealed([a])
      await scene.clock.advance(60_000)
      const now = scene.clock.now()
      const batch = await scene.filling([b])
      const day = { since: now, capNano: HOLD as NanoUsd }
      const month = { since: 0, capNano: (2 * HOLD - 1) as NanoUsd }
      expect((await seal(scene, batch, [{ scope, version, caps: [day, month] }])).state).toBe(
        'filling',
      )
      expect((await seal(scene, batch, [{ scope, version, caps: [day] }])).state).toBe('sealed')
    },
  },
  {
    name: 'nothing is sealed under a budget that was changed, or is not there',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.filling([id])
      const [scope, absent] = scopesOf(scene) as [BudgetScope, BudgetScope]
      const old = await budget(scene, scope, 9 * HOLD)
      const known = await budget(scene, scope, 8 * HOLD)
      expect((await seal(scene, batch, [old])).state).toBe('filling')
      expect((await seal(scene, batch, [{ ...known, scope: absent }])).state).toBe('filling')
      expect((await seal(scene, batch, [known])).state).toBe('sealed')
    },
  },
  {
    name: 'what was read before there was a budget is not sealed once there is one',
    run: async (scene) => {
      const [id] = await scene.enqueue('a')
      const batch = await scene.filling([id])
      const scopes = scopesOf(scene)
      const absent = scopes.map((scope) => ({ scope, version: null, caps: [] }))
      for (const [index, scope] of scopes.entries()) {
        const known = await budget(scene, scope, 0)
        const mixed = absent.with(index, { ...known, version: null, caps: [] })
        expect((await seal(scene, batch, mixed)).state, scope.type).toBe('filling')
        const setting = budgetSetting(scope)
        await scene.store.putSetting({ ...setting, value: null, ifVersion: known.version })
        Object.assign(absent, { [index]: { scope, version: 2, caps: [] } })
      }
      expect((await seal(scene, batch, absent)).state).toBe('sealed')
    },
  },
  {
    name: 'two queues that share a cap and are sealed at once never pass it together',
    run: async (scene) => {
      const scopes = scopesOf(scene).slice(1)
      const [one, other] = await twoFilling(scene)
      const budgets = await Promise.all(scopes.map((scope) => budget(scene, scope, 3 * HOLD)))
      // Both leases, before either seals.
      await scene.queueFence()
      await scene.queueFence(OTHER)
      const answers = await Promise.all([
        seal(scene, one, budgets),
        seal(scene, other, budgets.toReversed(), OTHER),
      ])
      expect(answers.map(({ state }) => state).toSorted()).toEqual(['filling', 'sealed'])
      const use = await scene.store.budgetUse({ scope: scopes[0] as BudgetScope, since: 0 })
      expect(countedNano(use)).toBe(2 * HOLD)
    },
  },
  {
    name: 'what a lost batch frees is there for the next one',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const [scope] = scopesOf(scene) as [BudgetScope]
      await lost(scene, [a])
      const under = await budget(scene, scope, HOLD)
      const batch = await scene.filling([b])
      expect((await seal(scene, batch, [under])).state).toBe('sealed')
    },
  },
  {
    name: 'an empty one is dissolved whatever its budgets say',
    run: async (scene) => {
      await scene.enqueue('a')
      const [scope] = scopesOf(scene) as [BudgetScope]
      const under = await budget(scene, scope, 0)
      const batch = await scene.filling([])
      expect((await seal(scene, batch, [under])).state).toBe('dissolved')
    },
  },
]
