import {
  ConfigError,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  earliest,
  type QueueName,
  RUN_QUEUE,
  StoreClosedError,
  type Job as StoredJob,
} from '@halfrate/core'
import { keyHashOf } from '@halfrate/core/intake'
import type { EstimateOptions } from '@halfrate/core/money'
import type { Changes } from './changes.js'
import {
  checkMs,
  checkObject,
  checkOptions,
  checkRows,
  checkText,
  checkWord,
  type Members,
} from './check-arguments.js'
import { DeclaredPolicies } from './declared-policies.js'
import { ResultHandlers } from './deliveries/result-handlers.js'
import type {
  EstimateRowsOptions,
  Halfrate,
  HalfrateOptions,
  JobOptions,
  RunOptions,
} from './halfrate.js'
import { readAnswerHistories } from './jobs/answer-histories.js'
import { CapAtDoor, capOf } from './jobs/cap-at-door.js'
import { estimateJob, estimateRows } from './jobs/estimate-rows.js'
import { type Job, openJob } from './jobs/open-job.js'
import type { Result } from './jobs/result.js'
import { takeRows } from './jobs/take-rows.js'
import { openQueue } from './open-queue.js'
import type { OpenedStore } from './open-store.js'
import { type OutputFormat, outputFormat } from './output/output-format.js'
import { repairPolicy } from './output/repair-policy.js'
import { GRACE_MS, LAST_PART, ProcessWorker } from './process-worker.js'
import { queueName } from './queue-name.js'
import { type RepriceOptions, repriceAnswers } from './reprice-answers.js'
import { routeRows } from './routing/route-rows.js'

/** What the library is made of. */
export interface LibraryParams {
  readonly half: Pick<
    Halfrate,
    | 'store'
    | 'clock'
    | 'clockFactor'
    | 'digest'
    | 'prices'
    | 'random'
    | 'settings'
    | 'workerId'
    | 'engine'
    | 'holder'
    | 'checkAccess'
    | 'countSample'
  >
  readonly opened: OpenedStore
  /** Throws when there is no key to work with. */
  readonly checkKey: () => Promise<void>
  readonly changes: Changes
  readonly observer: HalfrateOptions['observer']
}

const MOST_NAME_LENGTH = 512

/** What a program does with a store: jobs, queues, and the engine of its process. */
export class Library {
  readonly #params: LibraryParams
  readonly #policies: DeclaredPolicies
  readonly #worker: ProcessWorker
  readonly #handlers: ResultHandlers
  #closing: Promise<void> | null = null

  constructor(params: LibraryParams) {
    this.#params = params
    this.#policies = new DeclaredPolicies(
      params.half.store,
      () => params.half.clock.now(),
      params.half.prices,
    )
    this.#worker = new ProcessWorker(params.half, params.changes)
    const { half, observer, changes } = params
    this.#handlers = new ResultHandlers({ ...half, observer }, changes)
  }

  /** See {@link Halfrate.queue}. */
  readonly queue: Halfrate['queue'] = (name, options = {}) => {
    checkText('queue', 'its name', name)
    checkObject('queue', 'an object with its policy', options)
    const { output, repair, ...given } = options
    const policy = { ...given, ...repairPolicy({ repair, output }) }
    const checked = queueName(name)
    const { opened, half } = this.#params
    const queue = openQueue({
      ...{ opened, name, digest: half.digest, project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT },
      output: output ?? null,
      pricing: () => ({ book: half.prices, at: half.clock.now() }),
      ready: () => this.#prepare(),
      onResult: (name, handler, options) => this.#handlers.add(name, handler, options),
    })
    if (Object.keys(policy).length > 0) this.#policies.declare(checked, policy)
    return queue
  }

  /** See {@link Halfrate.run}. */
  readonly run: Halfrate['run'] = async (name, rows, options = {}) => {
    checkText('run', "the job's name", name)
    checkRows('run', rows)
    checkOptions('run', options, RUN_OPTIONS)
    const { onConflict = 'throw' } = options
    checkWord('run', 'onConflict', onConflict, ON_CONFLICT)
    const given = capOf(options.maxCostUsd)
    const { store, digest } = this.#params.half
    const isToStart = options.start !== false
    const format = formatOf(options)
    const jobName = checkJobName(name)
    const queue = await this.#queueOf(jobName, options)
    // A key that is missing is told before anything is stored.
    if (isToStart) await this.#params.checkKey()
    await this.#prepare()
    await this.#policies.writeFirstPolicy(queue)
    const target = { project: DEFAULT_PROJECT, queue, jobName, onConflict: ON_CONFLICT[onConflict] }
    const { filesFrom } = options
    const cap = new CapAtDoor({ store, queue, given, options: await this.#estimateBy(queue) })
    const ask = format?.ask
    const job = await takeRows({ ...target, store, digest, rows, filesFrom, cap, ask })
    if (isToStart) await this.#start()
    this.#worker.wake()
    return this.#jobOf(job, format)
  }

  /** See {@link Halfrate.estimate}. */
  readonly estimate: Halfrate['estimate'] = async (rows, options = {}) => {
    checkOptions('estimate', options, ESTIMATE_OPTIONS)
    if (!isJob(rows)) checkRows('estimate', rows)
    const { output, filesFrom, queue } = options
    const { store, digest, random, countSample } = this.#params.half
    if (isJob(rows)) {
      const job = await this.#find(rows.name)
      return await estimateJob({ store, job, options: await this.#estimateBy(job.queue) })
    }
    const inQueue = queue === undefined ? RUN_QUEUE : queueName(queue)
    const by = await this.#estimateBy(inQueue)
    const { cachePrefix } = await this.#policies.policyOf(inQueue)
    const ask = output === undefined ? undefined : outputFormat(output).ask
    const count = options.count === true ? { random: () => random.next(), countSample } : null
    return await estimateRows({ rows, digest, options: by, cachePrefix, ask, filesFrom, count })
  }

  /** See {@link Halfrate.route}. */
  readonly route: Halfrate['route'] = async (rows, options = {}) => {
    checkRows('route', rows)
    const policyOf = (queue: QueueName) => this.#policies.policyOf(queue)
    return await routeRows({ ...this.#params.half, policyOf }, rows, options)
  }

  async #estimateBy(queue: QueueName): Promise<EstimateOptions> {
    const { store, prices, clock } = this.#params.half
    const histories = await readAnswerHistories(store, { project: DEFAULT_PROJECT, queue })
    return { book: prices, at: clock.now(), histories }
  }

  /** See {@link Halfrate.job}. */
  readonly job: Halfrate['job'] = async (name, options = {}) => {
    checkText('job', 'its name', name)
    checkOptions('job', options, JOB_OPTIONS)
    const format = formatOf(options)
    return this.#jobOf(await this.#find(name), format)
  }

  async #find(name: string): Promise<StoredJob> {
    const job = await this.#params.half.store.findJob({ project: DEFAULT_PROJECT, name })
    if (job !== null && job.committedPart > 0) return job
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

  /** See {@link Halfrate.reprice}. */
  readonly reprice: Halfrate['reprice'] = async (options = {}) => {
    checkOptions('reprice', options, REPRICE_OPTIONS)
    return await repriceAnswers(this.#params.half, options)
  }

  /** See {@link Halfrate.start}. */
  readonly start: Halfrate['start'] = async () => {
    await this.#prepare()
    await this.#start()
  }

  /** See {@link Halfrate.stop}. */
  readonly stop: Halfrate['stop'] = async (options = {}) => {
    const graceMs = options.graceMs ?? GRACE_MS
    await Promise.all([this.#worker.stop(graceMs), this.#handlers.stop(graceMs)])
  }

  /** See {@link Halfrate.finished}. */
  readonly finished: Halfrate['finished'] = () => this.#worker.finished()

  /** See {@link Halfrate.tick}. */
  readonly tick: Halfrate['tick'] = async (options) => {
    checkOptions('tick', options, TICK_OPTIONS)
    const { maxMs } = options
    checkMs('tick', 'maxMs', maxMs)
    await this.#prepare()
    const engine = this.#worker.tick(maxMs)
    const lastMs = maxMs * LAST_PART
    const [report, handed] = await Promise.all([
      engine,
      this.#handlers.tick({ maxMs, lastMs, other: engine }),
    ])
    const nextDueAt = earliest(report.nextDueAt, handed.nextDueAt)
    return { ...report, nextDueAt, ...(handed.isMore ? { outcome: 'time_used' } : {}) }
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

  /** Resolves when what is to be known of a queue before something is put into it stands in the store. */
  readonly prepareQueue = async (queue: QueueName): Promise<void> => {
    await this.#prepare()
    await this.#policies.writeFirstPolicy(queue)
  }

  // What the program said of its queues stands in the store before anything is done on it.
  async #prepare(): Promise<void> {
    await this.#policies.write()
    await this.#handlers.ready()
  }

  /** Has the engine of this process, if it works, look for work now. */
  readonly wake = (): void => this.#worker.wake()

  async #start(): Promise<void> {
    await this.#worker.start()
    this.#handlers.start()
  }

  #jobOf<Output>(job: StoredJob, format: OutputFormat<Output> | null): Job<Output> {
    const { half, changes } = this.#params
    const { store, clock, clockFactor, digest } = half
    const wakeEngine = (): void => this.#worker.wake()
    const read = format?.read ?? asTexts<Output>
    return openJob({ store, clock, clockFactor, digest, changes, job, wakeEngine, read })
  }

  async #queueOf(jobName: string, { queue }: RunOptions): Promise<QueueName> {
    const name = typeof queue === 'object' ? queue.name : queue
    const asked = name === undefined ? null : queueName(name)
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

function formatOf<Output>({ output, queue }: RunOptions<Output>): OutputFormat<Output> | null {
  const schema = output ?? (typeof queue === 'object' ? queue.output : null)
  return schema === null ? null : outputFormat(schema)
}

// Without an output the type of results has none, and they are what they are.
function asTexts<Output>(result: Result): Promise<Result<Output>> {
  return Promise.resolve(result as Result<Output>)
}

function isJob(rows: Parameters<Halfrate['estimate']>[0]): rows is Job {
  return typeof rows === 'object' && rows !== null && 'results' in rows && 'name' in rows
}

const RUN_OPTIONS: Members<RunOptions> = {
  output: true,
  onConflict: true,
  maxCostUsd: true,
  queue: true,
  filesFrom: true,
  start: true,
}
const JOB_OPTIONS: Members<JobOptions> = { output: true }
const ESTIMATE_OPTIONS: Members<EstimateRowsOptions> = {
  output: true,
  filesFrom: true,
  count: true,
  queue: true,
}
const REPRICE_OPTIONS: Members<RepriceOptions> = { dryRun: true }
const TICK_OPTIONS: Members<Parameters<Halfrate['tick']>[0]> = { maxMs: true }

const ON_CONFLICT = { throw: 'report', supersede: 'supersede', keep: 'keep' } as const

function checkJobName(name: string): string {
  if (name.trim() !== '' && name.length <= MOST_NAME_LENGTH) return name
  throw new ConfigError(
    `job: expected a name of 1 to ${MOST_NAME_LENGTH} characters, got ${name.length}.`,
    'Name the job after what it is and when, such as claims-2026-11-21. Nothing was stored.',
  )
}
