import type {
  AfterAbsence,
  Clock,
  Digest,
  Engine,
  EngineSettings,
  ListResult,
  Observer,
  OperatingStore,
  QueueName,
  QueuePolicy,
  Random,
  RequestLife,
  Store,
  WorkerId,
} from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import type { DrawnStratum, PriceBook } from '@halfrate/core/money'
import type { Budgets } from './budgets/open-budgets.js'
import type { CostsOptions, CostsReport } from './costs/cost-report.js'
import type { FastClock } from './fast-clock.js'
import type { CountedSample } from './jobs/count-sample.js'
import type { CostEstimate } from './jobs/estimate-rows.js'
import type { Job } from './jobs/open-job.js'
import type { HalfrateQueue } from './open-queue.js'
import type { OutputSchema } from './output/output-schema.js'
import type { TickResult } from './process-worker.js'
import type { RepriceOptions, RepriceResult } from './reprice-answers.js'
import type { RouteOptions, RoutesReport } from './routing/route-rows.js'

/** What a process needs to say to get a working Halfrate. */
export interface HalfrateOptions {
  /**
   * Path of the SQLite file, `:memory:` for one that ends with the process, or `postgres://user@host/database` for a
   * store that any number of processes may work on; `?schema=`, `?pooler=transaction`, `?pool_size=`, `?durability=unchecked`,
   * `?statement_timeout=30s` and the other time-outs of PostgreSQL say more.
   */
  readonly store: string
  /** Whether a PostgreSQL store that is not there is made, and an older one brought up to date. Default true. */
  readonly makeStore?: boolean | undefined
  /**
   * The provider's key, or what gives it: that is asked at every call, so a key that was changed is used without a restart.
   * When it throws, the call fails without a byte and is made again later. May be left out where the base URL leads to this
   * machine, and when no engine is asked for.
   */
  readonly apiKey?: string | (() => string | Promise<string>) | null | undefined
  /** Where the provider is. Default `https://api.anthropic.com`. */
  readonly baseUrl?: string | null | undefined
  /** A clock shared with an emulator; no engine is made with it for the provider's own host. Default: real time. */
  readonly clock?: FastClock | null | undefined
  /**
   * An emulator of the provider in this process, as `startEmulator` of `@halfrate/emulator` gives one: address, key and clock
   * are its own. Its clock may stand still until a test puts it forward.
   */
  readonly emulator?: EmulatorHome | undefined
  /** Whose policy {@link HalfrateOptions.queuePolicy} is. Default `default`. */
  readonly queue?: QueueName | undefined
  /** Members of the queue's policy to set; the others stay as they are stored. Default: none. */
  readonly queuePolicy?: Partial<QueuePolicy> | undefined
  /** What engines do after nobody worked for more than 10 minutes. Default `send`. */
  readonly afterAbsence?: AfterAbsence | undefined
  /** Is told what the engine does. Must not throw and must not wait. */
  readonly observer?: Observer | undefined
  /** Prices to reckon with. Default: those that come with this version. */
  readonly prices?: PriceBook | undefined
  /** Default: this host, process and its start. */
  readonly workerId?: WorkerId | undefined
}

/** What a queue is to do and to ask for. Members of its policy that are left out stay as they are stored. */
export interface QueueOptions<Output = unknown> extends Partial<QueuePolicy> {
  /** What each answer is to be. It is part of each request that this process puts into the queue, not of the queue. */
  readonly output?: OutputSchema<Output> | undefined
  /**
   * Whether an answer that is not of the output's form goes back once with what is wrong with it, as a further attempt that is paid
   * like any other. That is the queue's policy then (`outputSchema`), for all of its answers. Default: as it is stored.
   */
  readonly repair?: boolean | undefined
}

/** How a job's results are read. */
export interface JobOptions<Output = unknown> {
  /**
   * What each answer is to be, usually the schema that the rows were taken in with: `result.output` is what it makes of
   * the text. Another one judges the same answers anew. Default: answers are texts.
   */
  readonly output?: OutputSchema<Output> | undefined
}

/** How rows are estimated. */
export interface EstimateRowsOptions extends JobOptions {
  /**
   * The folder of files that the rows name, by `{ type: 'path', path }` as source of an image or a document. Paths are
   * relative to it and don't lead out of it. By default no path is followed; `{ type: 'bytes', data }` needs none.
   */
  readonly filesFrom?: string | undefined
  /**
   * Whether the provider is asked for the tokens of a sample of at most 200 rows: free, ten seconds or so, and apart from all
   * other limits of its own. Where that fails, the estimate is what it is without, and `countProblem` says why. Default false.
   */
  readonly count?: boolean | undefined
  /** The queue whose earlier answers the estimate goes by, when there are enough. Default: the one that `run` uses. */
  readonly queue?: string | undefined
}

/** What is asked of an emulator in the same process. */
export interface EmulatorHome {
  readonly connection: {
    readonly baseUrl: string
    readonly apiKey: string
    readonly clock: FastClock & Clock
  }
}

/** How rows become a job. */
export interface RunOptions<Output = unknown> {
  /**
   * What each answer is to be: sent with every row as the provider's structured output, and judged when results are read.
   * It is part of the rows' params: with another schema they are other requests. Default: that of the queue, when `queue`
   * is an opened one; else answers are texts.
   */
  readonly output?: OutputSchema<Output> | undefined
  /**
   * What to do with keys that the job has already with other params. `throw`: nothing is stored, and the error says which.
   * `supersede`: they are sent anew, and the older ones are canceled where they are not done. `keep`: what is there stands.
   * Default `throw`.
   */
  readonly onConflict?: 'throw' | 'supersede' | 'keep' | undefined
  /**
   * The cap of the job, as decimal text in dollars: what was paid, may have been paid and can still be paid for what is under
   * way never comes to more, retries and crashes included. Rows that don't fit wait; where the next one does not fit and
   * nothing is under way, `results()` and `wait()` throw {@link BudgetReachedError}. It stands until another is given; null
   * takes it away.
   */
  readonly maxCostUsd?: string | null | undefined
  /** Whose policy the rows follow. Default: the queue `run`, which sends at once unless its policy says otherwise. */
  readonly queue?: string | HalfrateQueue<Output> | undefined
  /**
   * The folder of files that the rows name, by `{ type: 'path', path }` as source of an image or a document. Paths are
   * relative to it and don't lead out of it. By default no path is followed; `{ type: 'bytes', data }` needs none.
   */
  readonly filesFrom?: string | undefined
  /** False leaves the work to others, as to a `halfrate work` process or to ticks. Default true. */
  readonly start?: boolean | undefined
}

/** What stands in the table that others insert requests into. */
export interface InboxCounts {
  /** Rows that a worker is going to take. */
  readonly waiting: number
  /** Rows with an error, which stay until somebody corrects or removes them. */
  readonly refused: number
  /** The statement that shows the refused rows, with what is wrong with each. */
  readonly look: string
}

/** A store and all that works on it, wired for one process. */
export interface Halfrate extends AsyncDisposable {
  readonly store: Store & OperatingStore
  readonly clock: Clock
  readonly digest: Digest
  readonly random: Random
  readonly prices: PriceBook
  readonly settings: EngineSettings
  readonly workerId: WorkerId
  /** Where the provider is. */
  readonly baseUrl: URL
  /** Milliseconds of the clock in a real one; 1 for real time. */
  readonly clockFactor: number
  /** What queues and the account may cost by day, by month and in all. */
  readonly budgets: Budgets
  /**
   * A queue to put requests into.
   *
   * @param options members of its policy to set are written before the first enqueue, run, start or tick. `flush` is one
   * member, taken whole: sizes and age, or `{ schedule, timeZone }` for batches at times of the day.
   * @throws {ConfigError} when no queue can have that name, or an option can't be used.
   */
  queue<Output = undefined>(name: string, options?: QueueOptions<Output>): HalfrateQueue<Output>
  /**
   * Takes rows in as a job, all or none, and works on it.
   *
   * The same name is the same job: after a crash the same call goes on where it stopped, rows that are there with the same
   * params are not sent again, and new ones are added. Rows are read once, in memory of constant size; a generator or
   * a stream will do. Where another process has the only worker's place of a store, that one does the work, and this
   * process takes over when it ends.
   *
   * @throws {InvalidInputError} when a row can't be taken, or there is none. Nothing was stored.
   * @throws {RowsChangedError} when keys are there with other params and `onConflict` does not say what to do.
   * @throws {ConfigError} when the key is missing or refused, an option can't be used, or another process fills the
   * same job with other rows.
   * @throws {StoreUnavailableError} when the store did not answer; the same call goes on.
   */
  run<Output = undefined>(
    name: string,
    rows: Iterable<NewRequest> | AsyncIterable<NewRequest>,
    options?: RunOptions<Output>,
  ): Promise<Job<Output>>
  /**
   * What rows likely cost, before they are sent, or what those rows of a job likely still cost that are not done. It
   * is reckoned here, from the prices, the sizes of the prompts, `max_tokens` and earlier answers; nobody is asked, unless by
   * `count`, and nothing is stored. `grounds` says what it rests on.
   *
   * Each row counts once, answered at the first try. Of a job only sizes are known, so images and documents in its
   * rows are taken for text and come out far too dear.
   *
   * @throws {InvalidInputError} when a row could not be taken.
   */
  estimate(
    rows: Iterable<NewRequest> | AsyncIterable<NewRequest> | Job,
    options?: EstimateRowsOptions,
  ): Promise<CostEstimate>
  /**
   * Which route rows are best sent by, why, and what they likely cost by either. Nothing is stored or sent, and nobody is asked:
   * what is wanted by an instant is held against how long batches of the account took.
   *
   * @throws {InvalidInputError} when a row could not be taken.
   * @throws {ConfigError} when an option can't be used.
   */
  route(
    rows: Iterable<NewRequest> | AsyncIterable<NewRequest>,
    options?: RouteOptions,
  ): Promise<RoutesReport>
  /**
   * A job that was taken in before, by this process or another. Looks only; see {@link Halfrate.start}.
   *
   * @throws {ConfigError} when there is none of that name.
   */
  job<Output = undefined>(name: string, options?: JobOptions<Output>): Promise<Job<Output>>
  /**
   * What was paid, and what that saved, told apart by model, day, queue, job, label and more. A cost belongs to the
   * instant at which the provider ended its batch.
   *
   * @throws {ConfigError} when an option can't be used.
   */
  costs(options?: CostsOptions): Promise<CostsReport>
  /** The life of one request, by its key in a job or in a queue: its attempts, what each cost, what is next. */
  why(
    key: string,
    where: { readonly job: string } | { readonly queue: string },
  ): Promise<RequestLife | null>
  /**
   * Fills in the costs of answers whose price was not known when they came, from {@link HalfrateOptions.prices}, at the prices of
   * the day on which their batch was made. A cost that is known is never changed. It may be cut off and repeated, and run
   * beside workers; nobody is asked.
   */
  reprice(options?: RepriceOptions): Promise<RepriceResult>
  /**
   * Works on this store until {@link Halfrate.stop}, as soon as no other process has the only worker's place of a store
   * that takes one. Calling it again changes nothing.
   *
   * @throws {ConfigError} when the key is missing, refused, or of another workspace than the store's batches.
   */
  start(): Promise<void>
  /**
   * Ends the work of this process: nothing new is begun, and what is under way may end within the grace. What is cut off is
   * found again by whoever works next.
   *
   * @param options - `graceMs`: milliseconds of real time, default 60,000.
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<void>
  /** Resolves when this process works no more; rejects with what ended its engine, if that was an error. */
  finished(): Promise<void>
  /**
   * Does what is due and returns when nothing is, for cron and for functions that live for a request. At Claude the batches
   * go on between two ticks.
   *
   * @param options - `maxMs`: it returns after so long at the latest, milliseconds of real time; in the last fifth
   * nothing new is begun.
   * @throws {ConfigError} when this process was started, or the key is missing or refused.
   */
  tick(options: { readonly maxMs: number }): Promise<TickResult>
  /** What stands in the inbox of a PostgreSQL store; null for a store that has none. */
  inbox(): Promise<InboxCounts | null>
  /** Who holds the one worker's place of the store; null when it is free, or when the store takes many. */
  holder(): Promise<WorkerId | null>
  /**
   * Makes an engine for this process, to be started or ticked. One that works on a store that another worker of this
   * host has died on takes that worker's place at once.
   *
   * @throws {ConfigError} when the key is missing, or the clock is a fast one and the provider the real one.
   */
  engine(): Promise<Engine>
  /**
   * Asks the provider once whether it takes the key. One that can't be reached or is busy passes.
   *
   * @throws {ConfigError} when the key is missing, refused, or of another workspace than the store's batches, or there is
   * no Batches API at the base URL.
   */
  checkAccess(signal?: AbortSignal): Promise<void>
  /**
   * Asks the provider for the tokens of rows that a `CountSampler` drew, 20 a second at most. Nothing runs and nothing is billed;
   * what the provider says is a value.
   *
   * @throws {ConfigError} when the key is missing, or the clock is a fast one and the provider the real one.
   */
  countSample(drawn: readonly DrawnStratum[], signal?: AbortSignal): Promise<CountedSample>
  /**
   * The newest batches of the workspace, whoever made them, with the provider's clock; for looking after things.
   *
   * @throws {ConfigError} when the key is missing, or the clock is a fast one and the provider the real one.
   */
  newestBatches(limit: number): Promise<ListResult>
  /**
   * Stops what {@link Halfrate.start} has started, with its usual grace, ends the waiting for results, and closes the
   * store. Engines that were made by {@link Halfrate.engine} are the caller's to stop, before. May be
   * called again.
   */
  close(): Promise<void>
}
