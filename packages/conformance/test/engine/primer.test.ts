import {
  DEFAULT_PROJECT,
  type EngineEvent,
  type Job,
  loadJob,
  type QueuePolicy,
} from '@halfrate/core'
import { type JobPrimer, jobPrimerSetting } from '@halfrate/core/caching'
import { withDeadline } from '@halfrate/core/intake'
import { describe, expect, test } from 'vitest'
import { anIntakeRow } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, World } from './arrange.js'

const TEN = Array.from({ length: 10 }, (_, index) => String(index + 1))
const MODEL = 'claude-opus-5'

interface JobOver {
  readonly name?: string
  readonly ttl?: string
  /** What each row shares with others, by its number from 0. */
  readonly text?: (index: number) => string
  readonly wantedAt?: number
}

/** A world whose queue lets jobs wait two hours for a request that writes what the others share. */
class PrimerWorld extends World {
  static async with(policy: Partial<QueuePolicy> = {}): Promise<PrimerWorld> {
    const world = new PrimerWorld()
    await world.policy({ primerWaitMs: 2 * HOUR_MS, ...policy })
    return world
  }

  rows(keys: readonly string[], over: JobOver = {}) {
    const { ttl = '1h', text = () => 'x'.repeat(9_000), wantedAt = null } = over
    return keys.map((key, index) => {
      const block = `{"type":"text","text":"${text(index)}","cache_control":{"type":"ephemeral","ttl":"${ttl}"}}`
      const prefixText = `"model":"${MODEL}","system":[${block}]`
      return withDeadline(anIntakeRow({ key, row: index + 1, model: MODEL, prefixText }), wantedAt)
    })
  }

  async job(keys: readonly string[], over: JobOver = {}): Promise<Job> {
    const rows = this.rows(keys, over)
    const read = () => ({ rows, sourceDigest: () => null })
    const { store } = this
    const { name = 'claims' } = over
    return (await loadJob({ store, queue: QUEUE, jobName: name, onConflict: 'supersede', read }))
      .job
  }

  async primer(job: Job): Promise<JobPrimer | undefined> {
    const stored = await this.store.getSetting(jobPrimerSetting(DEFAULT_PROJECT, job.id))
    return stored?.value as JobPrimer | undefined
  }

  async counts(): Promise<readonly number[]> {
    const sent = (await this.submissions()).filter(({ sendStartedAt }) => sendStartedAt !== null)
    return sent.map(({ requestCount }) => requestCount)
  }

  /** What runs ends, and each of its requests is found to be a bad one. */
  refuse(): void {
    for (const each of this.shelf) {
      const error = { type: 'invalid_request_error', message: 'no', details: null }
      const result = { type: 'errored', error: { type: 'error', error, request_id: null } }
      each.lines = each.lines.map((line) => {
        const { custom_id } = JSON.parse(line) as { readonly custom_id: string }
        return JSON.stringify({ custom_id, result })
      })
      this.end({ errored: each.lines.length })
    }
  }

  tellings(): readonly EngineEvent[] {
    return this.events.filter(({ type }) => type === 'primer_over')
  }
}

describe('the primer of a job', () => {
  test('goes alone, and the rest at once when it is back', async () => {
    const world = await PrimerWorld.with()
    const job = await world.job(TEN)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1])
    const first = (await world.lives()).find(({ request }) => request.key === '1')
    expect((await world.primer(job))?.requestIds).toEqual([first?.request.id])
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
    expect(await world.primer(job)).toMatchObject({ state: 'written', reason: 'written' })
    expect(world.tellings()).toMatchObject([{ state: 'written', size: 1, jobId: job.id }])
    expect((await world.primer(job))?.savingNano).toBeGreaterThan(0)
  })

  test('is one request for each prefix, together in a batch', async () => {
    const world = await PrimerWorld.with()
    await world.job(TEN, { text: (index) => (index < 5 ? 'x' : 'y').repeat(9_000) })
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([2])
    const sent = (await world.lives()).filter(({ request }) => request.state === 'assigned')
    expect(sent.map(({ request }) => request.key)).toEqual(['1', '6'])
    world.end()
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([2, 8])
  })

  test('is waited for as long as the queue says, and no longer', async () => {
    const world = await PrimerWorld.with()
    const job = await world.job(TEN)
    await world.work(2 * HOUR_MS - MINUTE_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1])
    await world.work(3 * MINUTE_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
    expect(await world.primer(job)).toMatchObject({ state: 'cold', reason: 'late' })
    expect(world.tellings()).toMatchObject([{ state: 'cold', reason: 'late', size: 1 }])
  })

  test('that fails lets the rest go', async () => {
    const world = await PrimerWorld.with()
    const job = await world.job(TEN)
    await world.work(0)
    world.refuse()
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
    expect(await world.primer(job)).toMatchObject({ state: 'cold', reason: 'failed' })
  })

  test('that is canceled lets the rest go', async () => {
    const world = await PrimerWorld.with()
    const job = await world.job(TEN)
    const { store } = world
    const addMembers = store.addMembers.bind(store)
    store.addMembers = () => Promise.reject(new Error('It died.'))
    await world.work(0)
    store.addMembers = addMembers
    const requestIds = (await world.primer(job))?.requestIds ?? []
    await store.cancel({ project: DEFAULT_PROJECT, requestIds, reason: 'canceled' })
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([9])
    expect(await world.primer(job)).toMatchObject({ state: 'cold', reason: 'gone' })
  })

  test('holds back nothing of others', async () => {
    const world = await PrimerWorld.with()
    await world.job(TEN)
    await world.job(['1', '2', '3'], { name: 'others', ttl: '5m' })
    await world.enqueue('loose')
    await world.work(MINUTE_MS)
    expect((await world.counts()).toSorted()).toEqual([1, 4])
  })

  test.each<[string, JobOver, Partial<QueuePolicy>, string]>([
    ['is cached for five minutes', { ttl: '5m' }, {}, 'five_minutes'],
    ['is shorter than the model caches', { text: () => 'short' }, {}, 'too_short'],
    ['goes behind a canary', {}, { canary: 2 }, 'canary'],
    ['may wait five minutes', {}, { primerWaitMs: 5 * MINUTE_MS }, 'slow'],
  ])('is none where what is shared %s', async (_, over, policy, reason) => {
    const world = await PrimerWorld.with(policy)
    const job = await world.job(TEN, over)
    await world.work(MINUTE_MS)
    world.end()
    await world.work(2 * MINUTE_MS)
    const { canary = 0 } = policy
    expect(await world.counts()).toEqual(canary === 0 ? [10] : [2, 8])
    expect(await world.primer(job)).toMatchObject({ state: 'cold', reason, requestIds: [] })
    expect(world.tellings()).toMatchObject([{ state: 'cold', reason, size: 0 }])
  })

  test('is none where the rest would be late then, which is said', async () => {
    const world = await PrimerWorld.with()
    const soon = Math.ceil(world.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS + HOUR_MS
    const job = await world.job(TEN, { wantedAt: soon })
    await world.work(0)
    expect(await world.counts()).toEqual([10])
    expect(await world.primer(job)).toMatchObject({ state: 'cold', reason: 'deadline' })
  })

  test('is waited for no longer than the deadline of the rest allows', async () => {
    const world = await PrimerWorld.with({ primerWaitMs: 20 * HOUR_MS })
    const wantedAt = Math.ceil(world.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS + 10 * HOUR_MS
    const job = await world.job(TEN, { wantedAt })
    await world.work(0)
    expect(await world.counts()).toEqual([1])
    await world.work(wantedAt - world.now() - HOUR_MS, 10 * MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
    expect(await world.primer(job)).toMatchObject({ state: 'cold', reason: 'deadline' })
  })

  test('does not make the rest wait for its flush rule a second time', async () => {
    const flush = { count: 10, bytes: 1_000_000, ageMs: 24 * HOUR_MS }
    const world = await PrimerWorld.with({ flush })
    await world.job(TEN)
    await world.work(0)
    world.end()
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
  })

  test('is nothing that a queue has unless it says so', async () => {
    const world = await PrimerWorld.with({ primerWaitMs: 0 })
    const job = await world.job(TEN)
    await world.work(0)
    expect(await world.counts()).toEqual([10])
    expect(await world.primer(job)).toBeUndefined()
  })

  test('lets the rest go at once where its queue wants none any more', async () => {
    const world = await PrimerWorld.with()
    await world.job(TEN)
    await world.work(0)
    await world.policy({ primerWaitMs: 0 })
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
  })

  test('is the same request for whoever comes after a crash', async () => {
    const world = await PrimerWorld.with()
    const { store } = world
    const seal = store.sealSubmission.bind(store)
    store.sealSubmission = () => Promise.reject(new Error('It died.'))
    const job = await world.job(TEN)
    await world.work(0)
    const before = (await world.primer(job))?.requestIds
    store.sealSubmission = seal
    world.start()
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([1])
    expect(before).toHaveLength(1)
    expect((await world.primer(job))?.requestIds).toEqual(before)
  })

  test('is one for all workers, and told once', async () => {
    const world = await PrimerWorld.with()
    world.start()
    const first = world.engine
    world.start()
    const second = world.engine
    await world.job(TEN)
    const both = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all([first?.tick(), second?.tick()])
        await world.clock.advance(MINUTE_MS)
      }
    }
    await both(4)
    expect(await world.counts()).toEqual([1])
    world.end()
    await both(30)
    expect(await world.counts()).toEqual([1, 9])
    expect(world.tellings()).toHaveLength(1)
  })

  test('is that of a later part too, of what is new in it', async () => {
    const world = await PrimerWorld.with()
    const job = await world.job(TEN)
    await world.work(0)
    world.end()
    await world.work(2 * MINUTE_MS)
    world.end()
    await world.work(2 * MINUTE_MS)
    await world.job([...TEN, '11', '12', '13'])
    await world.work(0)
    expect(await world.counts()).toEqual([1, 9, 1])
    expect(await world.primer(job)).toMatchObject({ state: 'away', prefixes: [{ rows: 3 }] })
    world.end()
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9, 1, 2])
  })

  test('of rows that were not accepted holds nothing back', async () => {
    const world = await PrimerWorld.with()
    await world.job(['1', '2', '3'], { ttl: '5m' })
    const { store } = world
    const commit = store.commitJob.bind(store)
    store.commitJob = () => Promise.reject(new Error('It died.'))
    await expect(world.job(TEN)).rejects.toThrow('It died.')
    store.commitJob = commit
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([3])
  })

  test('lets a worker rest while it is away', async () => {
    const world = await PrimerWorld.with()
    await world.job(TEN)
    await world.work(MINUTE_MS)
    const report = await world.engine?.tick()
    expect(report?.progressed).toBe(false)
    expect(report?.nextDueAt).toBeGreaterThan(world.now())
  })
})

describe('a queue that has what rows share cached', () => {
  const plain = (keys: readonly string[]) =>
    keys.map((key, index) => {
      const prefixText = `"model":"${MODEL}","system":"${'x'.repeat(9_000)}"`
      return anIntakeRow({ key, row: index + 1, model: MODEL, prefixText })
    })
  const systems = (world: World): readonly unknown[] =>
    world.transport.callsOf('createBatch').flatMap(({ body }) => {
      const { requests } = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array())) as {
        readonly requests: readonly { readonly params: { readonly system: unknown } }[]
      }
      return requests.map(({ params }) => params.system)
    })

  test('has one row of a job write it, which asked for nothing', async () => {
    const world = await PrimerWorld.with({ cachePrefix: '1h' })
    const read = () => ({ rows: plain(TEN), sourceDigest: () => null })
    const { store } = world
    const { job } = await loadJob({
      store,
      queue: QUEUE,
      jobName: 'claims',
      onConflict: 'report',
      read,
    })
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1])
    expect(await world.primer(job)).toMatchObject({ state: 'away', prefixes: [{ ttl: '1h' }] })
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([1, 9])
    const block = { type: 'text', text: 'x'.repeat(9_000) }
    const cached = { ...block, cache_control: { type: 'ephemeral', ttl: '1h' } }
    expect(systems(world)).toEqual(TEN.map(() => [cached]))
  })

  test('takes the same rows for the same requests when it says so only later', async () => {
    const world = await PrimerWorld.with()
    const read = () => ({ rows: plain(TEN), sourceDigest: () => null })
    const { store } = world
    await loadJob({ store, queue: QUEUE, jobName: 'claims', onConflict: 'report', read })
    await world.policy({ primerWaitMs: 2 * HOUR_MS, cachePrefix: '1h' })
    const again = await loadJob({
      store,
      queue: QUEUE,
      jobName: 'claims',
      onConflict: 'report',
      read,
    })
    expect(again.counts).toMatchObject({ new: 0, same: 10, changed: 0 })
  })
})
