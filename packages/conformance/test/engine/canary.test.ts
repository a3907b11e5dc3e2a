import {
  DEFAULT_PROJECT,
  type EngineEvent,
  enqueue,
  type Job,
  loadJob,
  type QueuePolicy,
} from '@halfrate/core'
import { type JobCanary, jobCanarySetting } from '@halfrate/core/canary'
import { withDeadline } from '@halfrate/core/intake'
import { describe, expect, test } from 'vitest'
import { anIntakeRow, scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, successLine, World } from './arrange.js'

const TEN = Array.from({ length: 10 }, (_, index) => String(index + 1))
const REFUSED = 'invalid_request_error'

/** A world whose queue sends three requests of each job first, and whose provider may find fault with every request. */
class CanaryWorld extends World {
  /** The `error.type` of every answer of batches that are taken from now on; null for answers. */
  errorType: string | null = null

  constructor() {
    super()
    this.transport.always('createBatch', (_, body) => {
      const { requests } = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array())) as {
        readonly requests: readonly { readonly custom_id: string }[]
      }
      const lines = requests.map(({ custom_id: id }) => this.#line(id))
      return { type: 'accepted', batch: this.put(lines) }
    })
  }

  static async with(policy: Partial<QueuePolicy> = {}): Promise<CanaryWorld> {
    const world = new CanaryWorld()
    await world.policy({ canary: 3, ...policy })
    return world
  }

  async job(
    keys: readonly string[],
    over: { readonly name?: string; readonly max?: number; readonly wantedAt?: number } = {},
  ): Promise<Job> {
    const { name = 'claims', max = 100, wantedAt = null } = over
    const rows = keys.map((key, index) =>
      withDeadline(
        anIntakeRow({ key, row: index + 1, maxTokens: max, bodyText: `"max":${max}` }),
        wantedAt,
      ),
    )
    const read = () => ({ rows, sourceDigest: () => null })
    const { store } = this
    const onConflict = 'supersede'
    return (await loadJob({ store, queue: QUEUE, jobName: name, onConflict, read })).job
  }

  async canary(job: Job): Promise<JobCanary | undefined> {
    const stored = await this.store.getSetting(jobCanarySetting(DEFAULT_PROJECT, job.id))
    return stored?.value as JobCanary | undefined
  }

  /** The requests of each batch, in the order in which they were sent. */
  async counts(): Promise<readonly number[]> {
    const sent = (await this.submissions()).filter(({ sendStartedAt }) => sendStartedAt !== null)
    return sent.map(({ requestCount }) => requestCount)
  }

  /** What runs comes back, good or bad as it was taken. */
  async comeBack(ms = 2 * MINUTE_MS): Promise<void> {
    for (const { batch, lines } of this.shelf) {
      const bad = lines.filter((line) => line.includes('errored')).length
      if (batch.status !== 'ended') this.end({ succeeded: lines.length - bad, errored: bad })
    }
    await this.work(ms)
  }

  tellings(): readonly EngineEvent[] {
    return this.events.filter(({ type }) => type === 'canary_over')
  }

  #line(customId: string): string {
    if (this.errorType === null) return successLine(customId)
    const error = { type: this.errorType, message: 'no', details: null }
    const result = { type: 'errored', error: { type: 'error', error, request_id: null } }
    return JSON.stringify({ custom_id: customId, result })
  }
}

describe('the canary of a job', () => {
  test('goes alone, and the rest once it came back good', async () => {
    const world = await CanaryWorld.with()
    const job = await world.job(TEN)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([3])
    await world.comeBack(HOUR_MS)
    expect(await world.counts()).toEqual([3, 7])
    expect((await world.canary(job))?.state).toBe('passed')
    expect(world.tellings()).toMatchObject([{ state: 'passed', size: 3, finding: null }])
  })

  test('is followed by the rest in the very round after its batch was closed', async () => {
    const world = await CanaryWorld.with()
    await world.job(TEN)
    await world.work(MINUTE_MS)
    world.end()
    const isClosed = (event: EngineEvent): boolean =>
      event.type === 'submission_changed' && event.state === 'collected'
    while (!world.events.some(isClosed)) await world.work(0).then(() => world.clock.advance(1_000))
    const at = world.now()
    await world.work(0)
    expect([await world.counts(), world.now()]).toEqual([[3, 7], at])
  })

  test('stops the rest when its requests fail for good, and says by what', async () => {
    const world = await CanaryWorld.with()
    world.errorType = REFUSED
    const job = await world.job(TEN)
    await world.work(0)
    await world.comeBack()
    await world.work(3 * HOUR_MS, MINUTE_MS)
    expect(await world.counts()).toEqual([3])
    const finding = { failed: 3, of: 3, alike: 3, reason: 'errored', detail: REFUSED }
    expect(await world.canary(job)).toMatchObject({ state: 'stopped', finding })
    expect(world.tellings()).toMatchObject([{ state: 'stopped', jobId: job.id, finding }])
  })

  test('stops the rest where a queue is rescued too: what is called beside it is not of its job', async () => {
    const world = await CanaryWorld.with({ rescue: 'reroute' })
    world.errorType = REFUSED
    const wantedAt = world.now() + 20 * HOUR_MS
    await world.job(TEN, { wantedAt })
    await world.work(0)
    await world.comeBack()
    await world.work(19 * HOUR_MS, 10 * MINUTE_MS)
    expect(await world.ends()).toEqual({ errored: 3 })
    world.transport.always('createMessage', () => ({
      type: 'ambiguous',
      error: scriptedError('the connection was reset'),
    }))
    const { store } = world
    const late = withDeadline(anIntakeRow({ key: 'late' }), wantedAt)
    await enqueue({ store, project: DEFAULT_PROJECT, queue: QUEUE, rows: [late] })
    await world.work(MINUTE_MS)
    expect(world.events.filter(({ type }) => type === 'rescued')).toMatchObject([{ count: 1 }])
    expect(world.transport.callsOf('createMessage')).toHaveLength(1)
  })

  test('goes on when somebody says so', async () => {
    const world = await CanaryWorld.with()
    world.errorType = REFUSED
    const job = await world.job(TEN)
    await world.work(0)
    await world.comeBack()
    const name = jobCanarySetting(DEFAULT_PROJECT, job.id)
    const stored = await world.store.getSetting(name)
    const value = { ...(stored?.value as JobCanary), state: 'resumed' }
    await world.store.putSetting({ ...name, value, ifVersion: stored?.version ?? null })
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([3, 7])
  })

  test('is sent anew of what takes its place, and lets the rest go if that is good', async () => {
    const world = await CanaryWorld.with()
    world.errorType = REFUSED
    await world.job(TEN)
    await world.work(0)
    await world.comeBack()
    world.errorType = null
    await world.job(TEN, { max: 200 })
    await world.work(2 * MINUTE_MS)
    expect(await world.counts()).toEqual([3, 3])
    await world.comeBack()
    expect(await world.counts()).toEqual([3, 3, 7])
  })

  test('holds back nothing of others, and each job has its own', async () => {
    const world = await CanaryWorld.with()
    world.errorType = REFUSED
    await world.job(TEN)
    await world.work(0)
    world.errorType = null
    await world.job(TEN, { name: 'others' })
    await world.enqueue('loose')
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([3, 3, 1])
    await world.comeBack()
    expect(await world.counts()).toEqual([3, 3, 1, 7])
  })

  test('is the same requests for whoever comes after a crash', async () => {
    const world = await CanaryWorld.with()
    const { store } = world
    const seal = store.sealSubmission.bind(store)
    store.sealSubmission = () => Promise.reject(new Error('It died.'))
    // Older than the canary, so that it could join a batch that was begun for it.
    await world.enqueue('loose')
    await world.job(TEN)
    await world.work(0)
    store.sealSubmission = seal
    world.start()
    await world.work(2 * MINUTE_MS)
    expect((await world.counts()).toSorted()).toEqual([1, 3])
    expect(world.tellings()).toEqual([])
  })

  test('is one for all workers, and told once', async () => {
    const world = await CanaryWorld.with()
    world.start()
    const first = world.engine
    world.start()
    const second = world.engine
    const job = await world.job(TEN)
    const both = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all([first?.tick(), second?.tick()])
        await world.clock.advance(MINUTE_MS)
      }
    }
    await both(4)
    expect(await world.counts()).toEqual([3])
    world.end()
    await both(30)
    expect(await world.counts()).toEqual([3, 7])
    expect((await world.canary(job))?.state).toBe('passed')
    expect(world.tellings()).toHaveLength(1)
  })

  test('waits with the rest while one that may come back better is tried again', async () => {
    const world = await CanaryWorld.with()
    world.errorType = 'overloaded_error'
    const job = await world.job(TEN)
    await world.work(0)
    world.errorType = null
    await world.comeBack(HOUR_MS)
    expect(await world.counts()).toEqual([3, 3])
    expect((await world.canary(job))?.state).toBe('away')
    await world.comeBack(HOUR_MS)
    expect(await world.counts()).toEqual([3, 3, 7])
  })

  test('is left out where nobody would be in time then, which is said', async () => {
    const world = await CanaryWorld.with()
    const soon = Math.ceil(world.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS + HOUR_MS
    const job = await world.job(TEN, { wantedAt: soon })
    await world.work(0)
    expect(await world.counts()).toEqual([10])
    expect((await world.canary(job))?.state).toBe('skipped')
    expect(world.tellings()).toMatchObject([{ state: 'skipped', size: 0 }])
  })

  test('is waited for no longer than the deadline of the rest allows', async () => {
    const world = await CanaryWorld.with()
    const wantedAt = Math.ceil(world.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS + 30 * HOUR_MS
    const job = await world.job(TEN, { wantedAt })
    await world.work(0)
    expect(await world.counts()).toEqual([3])
    await world.work(wantedAt - world.now() - HOUR_MS, 10 * MINUTE_MS)
    expect(await world.counts()).toEqual([3, 7])
    expect((await world.canary(job))?.state).toBe('skipped')
  })

  test('does not make the rest wait for its flush rule a second time', async () => {
    const flush = { count: 10, bytes: 1_000_000, ageMs: 24 * HOUR_MS }
    const world = await CanaryWorld.with({ flush })
    await world.job(TEN)
    await world.work(0)
    await world.comeBack()
    expect(await world.counts()).toEqual([3, 7])
  })

  test('is the whole of a job that is no larger', async () => {
    const world = await CanaryWorld.with()
    await world.job(['1', '2'])
    await world.work(0)
    await world.comeBack()
    expect(await world.counts()).toEqual([2])
    expect(await world.ends()).toEqual({ succeeded: 2 })
  })

  test('is nothing that a queue has unless it says so', async () => {
    const world = await CanaryWorld.with({ canary: 0 })
    const job = await world.job(TEN)
    await world.work(0)
    expect(await world.counts()).toEqual([10])
    expect(await world.canary(job)).toBeUndefined()
  })

  test('lets the rest go at once where its queue wants none any more', async () => {
    const world = await CanaryWorld.with()
    await world.job(TEN)
    await world.work(0)
    await world.policy({ canary: 0 })
    await world.work(MINUTE_MS)
    expect(await world.counts()).toEqual([3, 7])
  })

  test('lets a worker rest while it is away', async () => {
    const world = await CanaryWorld.with()
    await world.job(TEN)
    await world.work(MINUTE_MS)
    const report = await world.engine?.tick()
    expect(report?.progressed).toBe(false)
    expect(report?.nextDueAt).toBeGreaterThan(world.now())
  })

  // Asked of its job, which lists what its newest input has, such a canary was empty, and held the job for ever.
  test('is of rows too that the newest input leaves out, where no other waits', async () => {
    const world = await CanaryWorld.with({
      canary: 0,
      flush: { count: 9, bytes: 1e6, ageMs: HOUR_MS },
    })
    const job = await world.job(['1', '2', '3'])
    await world.job(['1'])
    const first = (await world.lives()).find(({ request }) => request.key === '1')
    const requestIds = first === undefined ? [] : [first.request.id]
    await world.store.cancel({ project: DEFAULT_PROJECT, requestIds, reason: 'canceled' })
    await world.policy({ canary: 1 })
    await world.work(0)
    expect((await world.canary(job))?.requestIds).toHaveLength(1)
    await world.comeBack()
    expect(await world.counts()).toEqual([1, 1])
    expect((await world.canary(job))?.state).toBe('passed')
  })
})
