import {
  type AccountId,
  ConfigError,
  type Digest,
  doorOfQueue,
  type EnqueueAnswer,
  type EpochMs,
  enqueue,
  type IntakeRow,
  laneOf,
  type ProjectId,
  type QueueName,
  type RequestId,
  type Route,
} from '@halfrate/core'
import { IntakeRowMaker, type NewRequest, withDeadline } from '@halfrate/core/intake'
import type { PriceBook } from '@halfrate/core/money'
import type { TransactionClient } from '@halfrate/store-postgres'
import {
  type QueueResults,
  type QueueResultsOptions,
  queueResults,
} from './answers/queue-results.js'
import { refuseUnpriced } from './budgets/refuse-unpriced.js'
import { checkFunction, checkObject, checkOptions, type Members } from './check-arguments.js'
import { wantedBy } from './deadlines/deadline-by.js'
import type {
  OnResultOptions,
  ResultHandler,
  ResultSubscription,
} from './deliveries/result-handler.js'
import { attachedFiles } from './files/attached-files.js'
import { FilesFolder } from './files/files-folder.js'
import type { Result } from './jobs/result.js'
import { KeyTakenError } from './key-taken-error.js'
import type { OpenedStore } from './open-store.js'
import { type OutputFormat, outputFormat } from './output/output-format.js'
import type { OutputSchema } from './output/output-schema.js'
import { queueName } from './queue-name.js'

/** How requests are enqueued. */
export interface EnqueueOptions {
  /**
   * A transaction of the caller's on the store's own PostgreSQL: the requests are there with its commit and never were
   * with its rollback. Default: they are accepted at once.
   */
  readonly tx?: TransactionClient | undefined
  /**
   * The folder of files that the requests name, by `{ type: 'path', path }` as source of an image or a document. Paths are
   * relative to it and don't lead out of it. By default no path is followed, so that a request which came from elsewhere can't
   * name files of this machine.
   */
  readonly filesFrom?: string | undefined
  /**
   * When the answers are wanted, for requests without a deadline of their own: a time of the day such as `06:00`, the next one in
   * `timeZone`; or an RFC 3339 instant. Such requests go in batches of their own, in time for answers to be there then as far as
   * batches of the account tell. Default: no instant.
   */
  readonly by?: string | undefined
  /** The place whose time `by` is, such as `Australia/Sydney`. A local time that occurs twice is the first of the two. */
  readonly timeZone?: string | undefined
}

/** A request that is in the queue. */
export interface Enqueued {
  readonly key: string
  readonly id: RequestId
  /** False when the same request was there before. */
  readonly isNew: boolean
  /** By which route it goes, as it asked or as its queue says; null when it was there before, and has its own. */
  readonly route: Route | null
  /**
   * Whether its answer is likely there when it is wanted, by that route and by how long batches of the account took; null where it
   * is wanted by no instant.
   */
  readonly isInTime: boolean | null
}

/** A queue to put requests into. */
export interface HalfrateQueue<Output = unknown> {
  readonly name: QueueName
  /** What each answer to a request of this process is to be; null where answers are texts. */
  readonly output: OutputSchema<Output> | null
  /**
   * Enqueues a request. Enqueueing it again, with the same params, answers with the request that is there.
   *
   * With `tx`, an error of ours means that nothing was written and the transaction can go on; one of the database means
   * that the transaction has failed, and is the one that the caller's library throws.
   *
   * @throws {InvalidInputError} when the request can't be taken.
   * @throws {KeyTakenError} when the key is there with other params.
   * @throws {ConfigError} when there is a `tx` and the store is no PostgreSQL.
   * @throws {StoreUnavailableError} when the store did not answer; enqueue the same again, nothing is stored twice.
   */
  enqueue(request: NewRequest, options?: EnqueueOptions): Promise<Enqueued>
  /**
   * Enqueues several, and answers in their order. All are checked before the first is stored.
   *
   * With `tx` all or none, at most 5,000 with 100,000,000 bytes in all. Without one each stands for itself: a key that is
   * taken is no obstacle to the others.
   */
  enqueueAll(requests: Iterable<NewRequest>, options?: EnqueueOptions): Promise<readonly Enqueued[]>
  /**
   * Has each result of the queue handed to a handler at least once: while this process works or ticks, and after its end
   * by the next one that says so. A result is taken when the handler resolves. One that it does not take comes again after a
   * second, then after twice as long each time, 5 minutes at most, and holds up no other.
   *
   * Handed over is what ends from the first call on any process; what was done before is not.
   *
   * @throws {ConfigError} when the queue has a handler in this process, or an option can't be used.
   */
  onResult(handler: ResultHandler<Output>, options?: OnResultOptions): ResultSubscription
  /**
   * One reading of the answers that are there now of requests that were enqueued, not of jobs in this queue: of each key the
   * newest, in the order of intake. It ends with the last one that is done, and waits for none. With an output, answers are read
   * as those of {@link Job.results} are. Memory is that of a hundred answers.
   *
   * @throws {ConfigError} when the options can't be used, or the cursor is not this queue's.
   */
  results(options?: QueueResultsOptions): QueueResults<Output>
}

/** What a queue is opened on. */
export interface OpenQueueParams<Output> {
  readonly opened: OpenedStore
  readonly digest: Digest
  readonly project: ProjectId
  readonly account: AccountId
  readonly name: string
  readonly output: OutputSchema<Output> | null
  /** What prices are told by, and when. */
  readonly pricing: () => { readonly book: PriceBook; readonly at: EpochMs }
  /** Awaited before anything is enqueued: what was declared of the queue stands in the store then. */
  readonly ready?: (() => Promise<void>) | undefined
  /** Adds the handler of the queue's results. */
  readonly onResult: (
    queue: QueueName,
    handler: ResultHandler,
    options: OnResultOptions,
  ) => ResultSubscription
}

const ENQUEUE_OPTIONS: Members<EnqueueOptions> = {
  tx: true,
  filesFrom: true,
  by: true,
  timeZone: true,
}
const ON_RESULT_OPTIONS: Members<OnResultOptions> = { concurrency: true, onError: true }

/**
 * Opens a queue for intake.
 *
 * @throws {ConfigError} when no queue can have that name.
 */
export function openQueue<Output>(params: OpenQueueParams<Output>): HalfrateQueue<Output> {
  const { digest, output } = params
  const name = queueName(params.name)
  const maker = new IntakeRowMaker({ hash128: digest.hash128 })
  const format = output === null ? null : outputFormat(output)
  const enqueueAll: HalfrateQueue['enqueueAll'] = async (requests, options = {}) => {
    checkOptions('enqueue', options, ENQUEUE_OPTIONS)
    const { tx, filesFrom } = options
    const deadlineAt = wantedBy('enqueue', options, params.pricing().at)
    const folder = filesFrom === undefined ? null : new FilesFolder(filesFrom)
    // A transaction of the caller's is one statement of ours, which takes bodies and no files beside them.
    const isInline = tx !== undefined
    const rows: IntakeRow[] = []
    for (const given of requests) {
      checkObject('enqueue', 'a request, an object with key and params', given)
      const asked = format === null ? given : format.ask(given)
      const { request, files: byPath } = await attachedFiles(asked, folder)
      const row = maker.intakeRowOf(request, null, undefined, { byPath, isInline })
      rows.push(withDeadline(row, deadlineAt))
    }
    await params.ready?.()
    const models = rows.map(({ model }) => model)
    await refuseUnpriced(params.opened.store, { queue: name, models, ...params.pricing() })
    return tx === undefined ? putLoose(params, name, rows) : putIn(params, name, rows, tx)
  }
  return {
    ...{ name, output },
    enqueueAll,
    onResult: (handler, options = {}) => {
      checkFunction('onResult', 'a function that takes a result', handler)
      checkOptions('onResult', options, ON_RESULT_OPTIONS)
      return params.onResult(name, reading(handler, format), options)
    },
    results: (options = {}) =>
      queueResults({
        ...{ store: params.opened.store, digest, project: params.project, queue: name, options },
        read: readerOf(format),
      }),
    enqueue: async (request, options) => {
      const [one] = await enqueueAll([request], options)
      return one as Enqueued
    },
  }
}

function reading<Output>(
  handler: ResultHandler<Output>,
  format: OutputFormat<Output> | null,
): ResultHandler {
  const read = readerOf(format)
  return async (result, delivery) => {
    await handler(await read(result), delivery)
  }
}

// Without an output the type of results has none, and they are what they are.
function readerOf<Output>(
  format: OutputFormat<Output> | null,
): (result: Result) => Promise<Result<Output>> {
  return format?.read ?? ((result) => Promise.resolve(result as Result<Output>))
}

type Intake = Pick<OpenQueueParams<unknown>, 'opened' | 'project' | 'account'>

async function putLoose(
  { opened, project, account }: Intake,
  queue: QueueName,
  rows: readonly IntakeRow[],
): Promise<readonly Enqueued[]> {
  const answers = await enqueue({ store: opened.store, project, account, queue, rows })
  const keys = rows.flatMap((row, index) => (answers[index]?.type === 'conflict' ? [row.key] : []))
  if (keys.length > 0)
    throw new KeyTakenError({ queue, keys, othersStand: rows.length > keys.length })
  return enqueued(rows, answers)
}

async function putIn(
  { opened, project, account }: Intake,
  queue: QueueName,
  given: readonly IntakeRow[],
  tx: TransactionClient,
): Promise<readonly Enqueued[]> {
  if (opened.enqueueIn === null) {
    throw new ConfigError(
      'tx: expected a store on PostgreSQL, which alone has a transaction to join; got a file.',
      'Leave tx out, or keep the work in the PostgreSQL of your own data. Nothing was enqueued.',
    )
  }
  const door = await doorOfQueue(opened.store, { project, queue, account })
  const rows = await door(given)
  const put = await opened.enqueueIn({ tx, project, account, queue, rows })
  if (put.type === 'enqueued') {
    return enqueued(
      rows,
      put.answers.map((answer, index) => {
        const { lane, isInTime } = rows[index] as (typeof rows)[number]
        return { ...answer, route: laneOf(lane).route, isInTime }
      }),
    )
  }
  const keys = put.conflicts.map(({ index }) => rows[index]?.key ?? '')
  throw new KeyTakenError({ queue, keys, othersStand: false })
}

function enqueued(
  rows: readonly IntakeRow[],
  answers: readonly EnqueueAnswer[],
): readonly Enqueued[] {
  return answers.map(({ id, type, route, isInTime }, index) => {
    const isNew = type === 'new'
    return { key: rows[index]?.key ?? '', id, isNew, route: isNew ? route : null, isInTime }
  })
}
