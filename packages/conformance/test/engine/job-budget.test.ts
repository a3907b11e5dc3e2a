import {
  DEFAULT_PROJECT,
  type Job,
  type JobBudget,
  jobBudgetSetting,
  loadJob,
  type QueueName,
  usedNano,
} from '@halfrate/core'
import { holdOf, PRICE_BOOK } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { anIntakeRow, scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, World } from './arrange.js'

const MODEL = 'claude-haiku-4-5'
const QUEUE = 'q' as QueueName

function row(key: string, model = MODEL): ReturnType<typeof anIntakeRow> {
  return anIntakeRow({ key, row: Number(key), model, maxTokens: 100 })
}

/** What one attempt of a row of these tests can cost at most. */
const HOLD = holdOf({ ...row('1'), at: new World().now(), book: PRICE_BOOK }) as number

/** What a row costs that the scripted provider answers. */
const COST = 10_000

class CappedWorld extends World {
  async job(name: string, keys: readonly string[], model?: string): Promise<Job> {
    return await this.jobOf(
      name,
      keys.map((key) => row(key, model)),
    )
  }

  async jobOf(name: string, rows: readonly ReturnType<typeof anIntakeRow>[]): Promise<Job> {
    const { store } = this
    const read = () => ({ rows, sourceDigest: () => null })
    const queue = QUEUE
    const loaded = await loadJob({ store, queue, jobName: name, onConflict: 'report', read })
    return loaded.job
  }

  async cap(job: Job, capNano: number | null): Promise<void> {
    const setting = jobBudgetSetting(DEFAULT_PROJECT, job.id)
    const ifVersion = (await this.store.getSetting(setting))?.version ?? null
    const value = { job: job.name, capNano }
    await this.store.putSetting({ ...setting, value, ifVersion })
  }

  async budget(job: Job): Promise<JobBudget> {
    const setting = await this.store.getSetting(jobBudgetSetting(DEFAULT_PROJECT, job.id))
    return setting?.value as JobBudget
  }

  async used(job: Job): Promise<number> {
    return usedNano(await this.store.spending({ project: DEFAULT_PROJECT, jobId: job.id }))
  }

  async counts(): Promise<readonly number[]> {
    return (await this.submissions()).map(({ requestCount }) => requestCount)
  }

  async answered(job: Job): Promise<number> {
    const scope = { project: DEFAULT_PROJECT, jobId: job.id }
    return (await this.store.report({ scope })).counts.byStatus.succeeded
  }
}

async function capped(keys: readonly string[], capNano: number): Promise<[CappedWorld, Job]> {
  const world = new CappedWorld()
  await world.policy()
  const job = await world.job('claims', keys)
  await world.cap(job, capNano)
  return [world, job]
}

const TEN = Array.from({ length: 10 }, (_, index) => String(index + 1))

describe('a job with a cap', () => {
  test('sends at once all that fits, in as many batches as its bytes take', async () => {
    const world = new CappedWorld()
    await world.policy({ maxBatchBytes: Math.floor(2.5 * row('1').itemBytes) })
    const job = await world.job('claims', [...TEN, '11', '12'])
    await world.cap(job, Math.floor(9.5 * HOLD))
    await world.work(MINUTE_MS / 2)
    expect(await world.counts()).toEqual([2, 2, 2, 2, 1])
    expect(await world.used(job)).toBe(9 * HOLD)
  })

  test('is a store’s to leave out when it is asked to; else planning would ask without end', async () => {
    const [world] = await capped(TEN, 4 * HOLD)
    const { store } = world
    const [readWaiting, queueFacts] = [store.readWaiting.bind(store), store.queueFacts.bind(store)]
    store.readWaiting = ({ except: _, ...params }) => readWaiting(params)
    store.queueFacts = ({ except: _, ...params }) => queueFacts(params)
    await expect(world.work(MINUTE_MS)).rejects.toThrow('which `except` names')
  })

  test('has no more under way than the cap allows, and goes on as costs take the place of holds', async () => {
    const [world, job] = await capped(TEN, 4 * HOLD)
    const seen: number[] = []
    for (let round = 0; round < 6; round += 1) {
      await world.work(30_000)
      expect(await world.used(job)).toBeLessThanOrEqual(4 * HOLD)
      seen.push(world.shelf.length)
      world.end()
    }
    await world.work(10 * MINUTE_MS)
    expect((await world.counts())[0]).toBe(4)
    expect(seen[0]).toBe(1)
    expect(await world.answered(job)).toBe(10)
    expect(await world.used(job)).toBe(10 * COST)
    expect(world.events.filter(({ type }) => type === 'budget_reached')).toEqual([])
  })

  test('stands still when nothing is under way and the next request does not fit; it is noted, and told once', async () => {
    const [world, job] = await capped(['1', '2', '3'], 2 * HOLD)
    await world.cap(job, HOLD + COST - 1)
    await world.work(MINUTE_MS)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1])
    const neededNano = HOLD + COST
    expect((await world.budget(job)).stopped).toMatchObject({ neededNano })
    const told = world.events.filter(({ type }) => type === 'budget_reached')
    const facts = { jobId: job.id, job: 'claims', capNano: HOLD + COST - 1, neededNano }
    expect(told).toEqual([expect.objectContaining(facts)])
  })

  test('leaves no empty submission behind while it waits, and lets the worker rest', async () => {
    const [world] = await capped(['1'], HOLD - 1)
    world.start()
    await world.engine?.tick()
    const report = await world.engine?.tick()
    expect(report).toMatchObject({ progressed: false, nextDueAt: world.now() + 10 * MINUTE_MS })
    expect(await world.submissions()).toEqual([])
  })

  test('is not added up again in each round while nothing has changed', async () => {
    const [world, job] = await capped(TEN, 2 * HOLD)
    await world.work(MINUTE_MS)
    let sums = 0
    const { spending } = world.store
    world.store.spending = async (params) => {
      sums += 1
      return await spending.call(world.store, params)
    }
    for (let round = 0; round < 20; round += 1) await world.engine?.tick()
    expect(sums).toBeLessThanOrEqual(1)
    await world.cap(job, 3 * HOLD)
    await world.engine?.tick()
    expect(await world.counts()).toEqual([2, 1])
  })

  test('goes on when the cap is raised, and is not stopped any more', async () => {
    const [world, job] = await capped(['1', '2'], HOLD - 1)
    await world.work(MINUTE_MS)
    expect((await world.budget(job)).stopped).toMatchObject({ neededNano: HOLD })
    await world.cap(job, 2 * HOLD)
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([2])
    expect((await world.budget(job)).stopped).toBeUndefined()
  })

  test('goes on by itself when what did not fit is canceled, and the note that it stopped is gone', async () => {
    const world = new CappedWorld()
    await world.policy()
    const large = { ...row('1'), maxTokens: 100_000 }
    const job = await world.jobOf('claims', [large, row('2')])
    await world.cap(job, HOLD)
    await world.work(MINUTE_MS)
    expect((await world.budget(job)).stopped).toBeDefined()
    const scope = { project: DEFAULT_PROJECT, jobId: job.id }
    const [first] = await world.store.listRequests({ scope, states: null, afterId: 0, limit: 1 })
    const requestIds = first === undefined ? [] : [first.id]
    await world.store.cancel({ project: DEFAULT_PROJECT, requestIds, reason: 'canceled' })
    await world.work(11 * MINUTE_MS, MINUTE_MS)
    expect(await world.budget(job)).toEqual({ job: 'claims', capNano: HOLD })
    expect(await world.counts()).toEqual([1])
  })

  test('sends nothing more once the cap is lower than what was paid', async () => {
    const [world, job] = await capped(['1', '2'], HOLD)
    await world.work(MINUTE_MS)
    await world.cap(job, COST - 1)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1])
    expect((await world.budget(job)).stopped).toMatchObject({ neededNano: COST + HOLD })
  })

  test('does not hold up other jobs and requests of its queue, nor hides them', async () => {
    const [world, job] = await capped(TEN, HOLD - 1)
    await world.policy({ maxBatchRequests: 2 })
    const other = await world.job('other', ['1', '2'])
    await world.enqueue('loose')
    await world.work(MINUTE_MS)
    world.end()
    await world.work(10 * MINUTE_MS)
    expect(await world.answered(other)).toBe(2)
    expect(await world.ends()).toEqual({ succeeded: 3 })
    expect((await world.budget(job)).stopped).toBeDefined()
  })

  test('needs room for a retry too, since that can cost as much again', async () => {
    const [world, job] = await capped(['1'], HOLD + COST - 1)
    world.stopReason = 'max_tokens'
    await world.work(MINUTE_MS)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(1)
    expect(await world.used(job)).toBe(COST)
  })

  test('keeps to its cap when the worker dies between any two calls', async () => {
    const [world, job] = await capped(TEN, 3 * HOLD)
    for (let round = 0; round < 30; round += 1) {
      world.start()
      await world.engine?.tick()
      world.restore(world.store.snapshot())
      if (round % 3 === 0) world.end()
      await world.clock.advance(2 * MINUTE_MS)
      expect(await world.used(job)).toBeLessThanOrEqual(3 * HOLD)
    }
    expect(await world.answered(job)).toBe(10)
  })

  test('waits with a request of an unknown price, as nobody can tell whether it fits', async () => {
    const world = new CappedWorld()
    await world.policy()
    const job = await world.job('claims', ['1'], 'claude-unheard-of')
    await world.cap(job, 1_000 * HOLD)
    await world.work(10 * MINUTE_MS)
    expect(await world.submissions()).toEqual([])
    expect((await world.budget(job)).stopped).toMatchObject({ neededNano: null })
  })

  test('waits for the flush rule with what fits: rows that wait for the cap make no batch due by their number', async () => {
    const [world, job] = await capped(TEN, 3 * HOLD)
    await world.policy({ flush: { count: 8, bytes: 1_000_000, ageMs: HOUR_MS } })
    await world.enqueue('loose')
    await world.work(30 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    expect((await world.budget(job)).stopped).toBeUndefined()
    await world.enqueue('loose 2', 'loose 3', 'loose 4', 'loose 5')
    await world.work(5 * MINUTE_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([8])
  })

  test('has what fits sent at the age that the flush rule says', async () => {
    const [world] = await capped(TEN, 3 * HOLD)
    await world.policy({ flush: { count: 8, bytes: 1_000_000, ageMs: HOUR_MS } })
    await world.work(59 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.work(2 * MINUTE_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([3])
  })

  test('makes nothing due by the age or the bytes of rows of which none fits', async () => {
    const [world] = await capped(TEN, HOLD - 1)
    await world.policy({ flush: { count: 100, bytes: 500, ageMs: HOUR_MS } })
    await world.work(50 * MINUTE_MS, MINUTE_MS)
    await world.enqueue('loose')
    await world.work(30 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.work(31 * MINUTE_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1])
  })

  test('does not stand still while an attempt without a hold is under way', async () => {
    const world = new CappedWorld()
    await world.policy()
    const job = await world.job('claims', ['1'], 'claude-unheard-of')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(1)
    await world.job('claims', ['1', '2'], 'claude-unheard-of')
    await world.cap(job, 1_000 * HOLD)
    await world.work(2 * HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(1)
    expect((await world.budget(job)).stopped).toBeUndefined()
    world.end()
    await world.work(20 * MINUTE_MS)
    expect((await world.budget(job)).stopped).toMatchObject({ neededNano: null })
  })

  test('is booked above its cap for a batch that was given up and turns up, and sends nothing more', async () => {
    const [world, job] = await capped(['1', '2'], HOLD)
    let lost: Uint8Array | null = null
    world.transport.script('createBatch', (_, body) => {
      lost = body
      return { type: 'ambiguous', error: scriptedError('the connection was reset') }
    })
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    world.end()
    await world.work(10 * MINUTE_MS)
    expect(await world.answered(job)).toBe(1)
    expect(await world.used(job)).toBe(COST)
    world.accept(lost)
    world.end()
    await world.cap(job, 2 * COST - 1)
    await world.work(26 * HOUR_MS, 10 * MINUTE_MS)
    expect(await world.used(job)).toBe(2 * COST)
    expect(world.sent).toBe(2)
    expect((await world.budget(job)).stopped).toMatchObject({ neededNano: 2 * COST + HOLD })
  })

  test('whose cap was taken away sends everything', async () => {
    const [world, job] = await capped(TEN, HOLD)
    await world.cap(job, null)
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([10])
  })
})
