import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EngineEvent,
  enqueue,
  type NanoUsd,
  type QueueName,
} from '@halfrate/core'
import {
  type Budget,
  type BudgetScope,
  type BudgetUse,
  budgetSetting,
  countedNano,
} from '@halfrate/core/budgets'
import { holdOf, PRICE_BOOK } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { anIntakeRow } from '../../src/index.js'
import { MINUTE_MS, QUEUE, World } from './arrange.js'

const MODEL = 'claude-haiku-4-5'
const OTHER = 'other' as QueueName
const project = DEFAULT_PROJECT
const ACCOUNT: BudgetScope = { type: 'account', account: DEFAULT_ACCOUNT }
const OF_QUEUE: BudgetScope = { type: 'queue', project, queue: QUEUE }
const SCOPES: readonly BudgetScope[] = [OF_QUEUE, { type: 'project', project }, ACCOUNT]

function row(key: string, model = MODEL): ReturnType<typeof anIntakeRow> {
  return anIntakeRow({ key, model, maxTokens: 100 })
}

/** What one attempt of a row of these tests can cost at most. */
const HOLD = holdOf({ ...row('00'), at: new World().now(), book: PRICE_BOOK }) as number
/** What a row costs that the scripted provider answers. */
const COST = 10_000

class BudgetWorld extends World {
  async rows(count: number, over: { queue?: QueueName; model?: string; from?: number } = {}) {
    const { queue = QUEUE, model = MODEL, from = 10 } = over
    const rows = Array.from({ length: count }, (_, index) => row(`${from + index}`, model))
    await enqueue({ store: this.store, project, queue, rows })
  }

  async budget(scope: BudgetScope, capNano: number | null, warnAt: readonly number[] = []) {
    const setting = budgetSetting(scope)
    const ifVersion = (await this.store.getSetting(setting))?.version ?? null
    const cap = { period: 'total', capNano: (capNano ?? 0) as NanoUsd, warnAt } as const
    const value: Budget | null = capNano === null ? null : { timeZone: 'UTC', caps: [cap] }
    await this.store.putSetting({ ...setting, value, ifVersion })
  }

  async use(scope: BudgetScope): Promise<BudgetUse> {
    return await this.store.budgetUse({ scope, since: 0 })
  }

  async counts(): Promise<readonly number[]> {
    const all = await this.submissions()
    return all.filter(({ state }) => state !== 'dissolved').map((each) => each.requestCount)
  }

  told<Type extends EngineEvent['type']>(type: Type): readonly EngineEvent[] {
    return this.events.filter((event) => event.type === type)
  }
}

async function world(): Promise<BudgetWorld> {
  const made = new BudgetWorld()
  await made.policy()
  return made
}

describe('a budget', () => {
  test.each(SCOPES)('of $type lets no more be under way than its cap allows', async (scope) => {
    const made = await world()
    await made.budget(scope, 4 * HOLD)
    await made.rows(10)
    for (let round = 0; round < 8; round += 1) {
      await made.work(30_000)
      expect(countedNano(await made.use(scope))).toBeLessThanOrEqual(4 * HOLD)
      made.end()
    }
    await made.work(10 * MINUTE_MS)
    expect((await made.counts())[0]).toBe(4)
    expect(await made.ends()).toEqual({ succeeded: 10 })
    expect(await made.use(scope)).toEqual({ spentNano: 10 * COST, heldNano: 0 })
    expect(made.told('budget_used_up')).toEqual([])
  })

  test('that is used up stops the queue, and says so once; a higher one lets it go on', async () => {
    const made = await world()
    await made.budget(OF_QUEUE, HOLD + COST)
    await made.rows(4)
    await made.work(MINUTE_MS)
    for (let round = 0; round < 4; round += 1) {
      made.end()
      await made.work(2 * MINUTE_MS)
    }
    expect(await made.use(OF_QUEUE)).toEqual({ spentNano: 2 * COST, heldNano: 0 })
    expect(await made.ends()).toEqual({ succeeded: 2 })
    await made.work(60 * MINUTE_MS)
    made.start()
    await made.work(60 * MINUTE_MS)
    expect(made.told('budget_used_up')).toMatchObject([
      { scope: OF_QUEUE, period: 'total', capNano: HOLD + COST, neededNano: HOLD, until: null },
    ])
    expect(await made.counts()).toEqual([1, 1])
    await made.budget(OF_QUEUE, 3 * HOLD)
    await made.work(MINUTE_MS)
    expect(await made.counts()).toEqual([1, 1, 2])
  })

  test('that is taken away holds nothing up', async () => {
    const made = await world()
    await made.budget(ACCOUNT, 0)
    await made.rows(3)
    await made.work(MINUTE_MS)
    expect(made.sent).toBe(0)
    await made.budget(ACCOUNT, null)
    await made.work(MINUTE_MS)
    expect(await made.counts()).toEqual([3])
  })

  test('of one queue does not hold up another', async () => {
    const made = await world()
    await made.budget(OF_QUEUE, 0)
    await made.rows(3)
    await made.rows(2, { queue: OTHER })
    await made.work(2 * MINUTE_MS)
    expect(await made.counts()).toEqual([])
    await made.work(3_600_000 + MINUTE_MS)
    expect(await made.counts()).toEqual([2])
  })

  test.each([
    ['allows a few', 3 * HOLD],
    ['allows one at a time', HOLD + 9 * COST],
  ])('is kept when the worker dies between any two calls (it %s)', async (_, capNano) => {
    const made = await world()
    await made.budget(ACCOUNT, capNano)
    await made.rows(5)
    await made.rows(5, { queue: OTHER })
    for (let round = 0; round < 60; round += 1) {
      made.start()
      await made.engine?.tick()
      made.restore(made.store.snapshot())
      if (round % 3 === 0) made.end()
      await made.clock.advance(2 * MINUTE_MS)
      expect(countedNano(await made.use(ACCOUNT))).toBeLessThanOrEqual(capNano)
    }
    expect(await made.ends()).toEqual({ succeeded: 10 })
  })

  test('is passed by no request whose price is not known', async () => {
    const made = await world()
    await made.budget(ACCOUNT, 100 * HOLD)
    await made.rows(1, { model: 'claude-nobody-knows' })
    await made.work(10 * MINUTE_MS)
    expect(made.sent).toBe(0)
    expect(made.told('budget_used_up')).toMatchObject([{ neededNano: null }])
  })

  test('warns once when a share of it is paid, whatever is held', async () => {
    const made = await world()
    await made.budget(ACCOUNT, 20 * HOLD, [0.1, 50])
    await made.rows(10)
    await made.work(MINUTE_MS)
    expect(made.told('budget_warning')).toEqual([])
    made.end()
    await made.work(10 * MINUTE_MS)
    await made.rows(2, { from: 50 })
    await made.work(MINUTE_MS)
    await made.rows(2, { from: 60 })
    await made.work(MINUTE_MS)
    const paid = { spentNano: 10 * COST, share: 0.1, scope: ACCOUNT }
    expect(made.told('budget_warning')).toMatchObject([paid])
  })

  test.each(
    SCOPES.flatMap((scope) => [
      { how: 'is lowered', scope, before: 10 * HOLD },
      { how: 'is the first', scope, before: null },
    ]),
  )('(of $scope.type) that $how while a batch is planned is kept by it', async (of) => {
    const { scope, before } = of
    const made = await world()
    if (before !== null) await made.budget(scope, before)
    await made.rows(5)
    const { store } = made
    const seal = store.sealSubmission.bind(store)
    let isLowered = false
    // Somebody lowers it between the last request that joins and the seal.
    store.sealSubmission = async (params) => {
      if (!isLowered) await made.budget(scope, 2 * HOLD)
      isLowered = true
      return await seal(params)
    }
    await made.work(MINUTE_MS)
    expect(await made.counts()).toEqual([2])
    expect(await made.use(scope)).toEqual({ spentNano: 0, heldNano: 2 * HOLD })
  })

  test('does not cut batches in small pieces while what is under way makes room', async () => {
    const made = await world()
    await made.policy({ flush: { count: 5, bytes: 1_000_000, ageMs: 3 * 3_600_000 } })
    await made.budget(ACCOUNT, 7 * HOLD)
    await made.rows(20)
    await made.work(10 * MINUTE_MS)
    expect(await made.counts()).toEqual([7])
    made.end()
    await made.work(10 * MINUTE_MS)
    expect(await made.counts()).toEqual([7, 6])
  })

  test('that is smaller than what the flush rule waits for still lets through what fits', async () => {
    const made = await world()
    await made.policy({ flush: { count: 5, bytes: 1_000_000, ageMs: 3 * 3_600_000 } })
    await made.budget(ACCOUNT, 3 * HOLD)
    await made.rows(10)
    await made.work(10 * MINUTE_MS)
    expect(await made.counts()).toEqual([3])
  })
})
