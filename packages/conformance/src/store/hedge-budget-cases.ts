import type { NanoUsd } from '@halfrate/core'
import { budgetSetting, type SealBudget } from '@halfrate/core/budgets'
import { expect } from 'vitest'
import { HOLD, hedge } from './hedge-steps.js'
import type { Scene } from './scene.js'
import { running } from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

async function hedgeBudget(scene: Scene, capNano: number): Promise<SealBudget> {
  const scope = { type: 'hedges', project: scene.project, queue: scene.queue } as const
  const setting = budgetSetting(scope)
  const before = await scene.store.getSetting(setting)
  const value = { timeZone: 'UTC', caps: [{ period: 'total', capNano, warnAt: [] }] }
  const ifVersion = before?.version ?? null
  const written = await scene.store.putSetting({ ...setting, value, ifVersion })
  const caps = [{ since: 0, capNano: capNano as NanoUsd }]
  return { scope, version: written?.version ?? 0, caps }
}

/** Calls beside batches under the budget of their queue (I11). */
export const hedgeBudgetCases: readonly StoreCase[] = [
  {
    name: 'a budget of hedges bounds what all calls beside the batches of a queue hold and cost, and nothing else',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c')
      const batch = await running(scene, ids)
      const budgets = [await hedgeBudget(scene, 2 * HOLD)]
      const { scope } = budgets[0] as SealBudget
      expect(await scene.store.budgetUse({ scope, since: 0 })).toEqual({
        spentNano: 0,
        heldNano: 0,
      })
      for (const ordinal of [0, 1]) {
        expect(await hedge(scene, batch, { ordinal, budgets })).toMatchObject({ type: 'opened' })
      }
      expect(await hedge(scene, batch, { ordinal: 2, budgets })).toEqual({ type: 'no_room' })
      expect(await scene.attempts(ids[2])).toHaveLength(1)
      const held = { spentNano: 0, heldNano: 2 * HOLD }
      expect(await scene.store.budgetUse({ scope, since: 0 })).toEqual(held)
      const { project, queue } = scene
      const ofQueue = { type: 'queue', project, queue } as const
      const all = await scene.store.budgetUse({ scope: ofQueue, since: 0 })
      expect(all.heldNano).toBe(2 * HOLD + 3_000_000)
      const raised = await hedgeBudget(scene, 3 * HOLD)
      expect(await hedge(scene, batch, { ordinal: 2, budgets })).toEqual({ type: 'no_room' })
      const result = await hedge(scene, batch, { ordinal: 2, budgets: [raised] })
      expect(result.type).toBe('opened')
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'of several hedges at once under one budget only those that fit are opened',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd')
      const batch = await running(scene, ids)
      const budgets = [await hedgeBudget(scene, HOLD)]
      const results = await Promise.all(
        ids.map((_, ordinal) => hedge(scene, batch, { ordinal, budgets })),
      )
      expect(results.filter(({ type }) => type === 'opened')).toHaveLength(1)
      expect(results.filter(({ type }) => type === 'no_room')).toHaveLength(3)
    },
  },
]
