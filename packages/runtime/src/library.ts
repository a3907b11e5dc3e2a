import {
  ConfigError,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  keyHashOf,
  type QueueName,
  StoreClosedError,
  type Job as StoredJob,
} from '@halfrate/core'
import type { Changes } from './changes.js'
import { DeclaredPolicies, RUN_QUEUE } from './declared-policies.js'
import type { Halfrate, RunOptions } from './halfrate.js'
import { type Job, openJob } from './jobs/open-job.js'
import { takeRows } from './jobs/take-rows.js'
import { openQueue } from './open-queue.js'
import type { OpenedStore } from './open-store.js'
import { GRACE_MS, ProcessWorker } from './process-worker.js'
import { queueName } from './queue-name.js'

/** What the library is made of. */
export interface LibraryParams {
  readonly half: Pick<
    Halfrate,
    'store' | 'clock' | 'clockFactor' | 'digest' | 'engine' | 'holder' | 'checkAccess'
  >
  readonly opened: OpenedStore
  /** Throws when there is no key to work with. */
  readonly checkKey: () => Promise<void>
  readonly changes: Changes
}

const MOST_NAME_LENGTH = 512

/** What a program does with a store: jobs, queues, and the engine of its process. */
export class Library {
  readonly #params: LibraryParams
  readonly #policies: DeclaredPolicies
  readonly #worker: ProcessWorker
  #closing: Promise<void> | null = null

  constructor(params: LibraryParams) {
    this.#params = params
    this.#policies = new DeclaredPolicies(params.half.store)
    this.#worker = new ProcessWorker(params.half, params.changes)
  }

  /** See {@link Halfrate.queue}. */
  readonly queue: Halfrate['queue'] = (name, policy) => {
    const checked = queueName(name)
    if (policy !== undefined) this.#policies.declare(checked, policy)
    const { opened, half } = this.#params
    return openQueue({
      ...{ opened, name, digest: half.digest, project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT },
      ready: () => this.#policies.write(),
    })
  }

  /** See {@link Halfrate.run}. */
  readonly run: Halfrate['run'] = async (name, rows, options = {}) => {
    const { store, digest } = this.#params.half
    const isToStart = options.start !== false
    const jobName = checkJobName(name)
    const queue = await this.#queueOf(jobName, options)
    // A key that is missing is told before anything is stored.
    if (isToStart) await this.#params.checkKey()
    await this.#policies.write()
    await this.#policies.writeRunPolicy(queue)
    const onConflict = ON_CONFLICT[options.onConflict ?? 'throw']
    const target = { project: DEFAULT_PROJECT, queue, jobName, onConflict }
    const job = await takeRows({ ...target, store, digest, rows })
    if (isToStart) await this.#worker.start()
    this.#worker.wake()
    return this.#jobOf(job)
  }

  /** See {@link Halfrate.job}. */
  readonly job: Halfrate['job'] = async (name) => {
    const job = await this.#params.half.store.findJob({ project: DEFAULT_PROJECT, name })
    if (job !== null && job.committedPart > 0) return this.#jobOf(job)
    throw new ConfigError(
      `there is no job ${JSON.stringify(name)} in this store.`,
      'Correct the name, or make it by run.',
    )
  }

  /** See {@link Halfrate.why}. */
  readonly why: Halfrate['why'] = async (key, where) => {
    if ('job' in where) return await (await this.job(where.job)).why(key)
    const { store, digest } = this.#params.half
    const scope = { queue: queueName(where.queue) }
    const keyHash = keyHashOf(key, digest.hash128)
    return await store.getRequest({ project: DEFAULT_PROJECT, scope, key, keyHash })
  }

  /** See {@link Halfrate.start}. */
  readonly start: Halfrate['start'] = async () => {
    await this.#policies.write()
    await this.#worker.start()
  }

  /** See {@link Halfrate.stop}. */
  readonly stop: Halfrate['stop'] = async (options = {}) => {
    await this.#worker.stop(options.graceMs ?? GRACE_MS)
  }

  /** See {@link Halfrate.finished}. */
  readonly finished: Halfrate['finished'] = () => this.#worker.finished()

  /** See {@link Halfrate.tick}. */
  readonly tick: Halfrate['tick'] = async ({ maxMs }) => {
    await this.#policies.write()
    return await this.#worker.tick(maxMs)
  }

  /** See {@link Halfrate.close}. */
  readonly close: Halfrate['close'] = () => {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.stop()
    } finally {
      this.#params.changes.fail({ error: new StoreClosedError() })
      await this.#params.half.store.shutdown()
    }
  }

  #jobOf(job: StoredJob): Job {
    const { half, changes } = this.#params
    const { store, clock, clockFactor, digest } = half
    const wakeEngine = (): void => this.#worker.wake()
    return openJob({ store, clock, clockFactor, digest, changes, job, wakeEngine })
  }

  async #queueOf(jobName: string, { queue }: RunOptions): Promise<QueueName> {
    const asked = queue === undefined ? null : queueName(queue)
    const { store } = this.#params.half
    const there = await store.findJob({ project: DEFAULT_PROJECT, name: jobName })
    if (there === null || asked === null || asked === there.queue) {
      return there?.queue ?? asked ?? RUN_QUEUE
    }
    throw new ConfigError(
      `queue: expected ${JSON.stringify(there.queue)}, which job ${JSON.stringify(jobName)} is in, got ${JSON.stringify(asked)}.`,
      'Leave the queue out, or give the job another name. Nothing was stored.',
    )
  }
}

const ON_CONFLICT = { throw: 'report', supersede: 'supersede', keep: 'keep' } as const

function checkJobName(name: string): string {
  if (name.trim() !== '' && name.length <= MOST_NAME_LENGTH) return name
  throw new ConfigError(
    `job: expected a name of 1 to ${MOST_NAME_LENGTH} characters, got ${name.length}.`,
    'Name the job after what it is and when, such as claims-2026-11-21. Nothing was stored.',
  )
}
