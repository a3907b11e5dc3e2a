import {
  type AccountId,
  type Attempt,
  type Fence,
  type IntakeRow,
  InvariantError,
  type Lease,
  type NanoUsd,
  type Nonce,
  type ProjectId,
  type PutAnswer,
  type PutParams,
  type QueueName,
  queueResource,
  type RemoteId,
  type Request,
  type RequestId,
  type Store,
  type Submission,
  type SubmissionId,
  submissionResource,
  type WorkerId,
} from '@halfrate/core'
import { aNonce } from '../builders/a-nonce.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { ManualClock } from '../manual-clock.js'

const LEASE_MS = 86_400_000

/** A submission that a case works with. */
export interface Batch {
  readonly id: SubmissionId
  readonly nonce: Nonce
  /** The id that the provider gives it, once it does. */
  readonly remoteId: RemoteId
  readonly requests: readonly RequestId[]
}

/** What a case can say about a submission that it lets be made. */
export interface BatchOptions {
  readonly queue?: QueueName | undefined
  readonly lane?: string | undefined
  readonly batchLimit?: number | null | undefined
  /** What each member can cost at most. Default 1,000,000; null for an unknown price. */
  readonly holdNano?: NanoUsd | null | undefined
}

/** One answer for each thing that was handed in. */
export type EachAs<In extends readonly unknown[], Out> = { readonly [Index in keyof In]: Out }

/** A fresh store, a clock, and one worker that holds whatever lease a step needs. */
export class Scene {
  readonly project: ProjectId = 'acme' as ProjectId
  readonly account: AccountId = 'main' as AccountId
  readonly queue: QueueName = 'nightly' as QueueName
  readonly worker: WorkerId = 'worker-1' as WorkerId
  readonly clock: ManualClock
  /** Opens the store's data again; null when the adapter has nothing to open again. */
  readonly #reopen: ((store: Store, clock: ManualClock) => Promise<Store>) | null
  readonly #fences = new Map<string, Fence>()
  #store: Store
  #batches = 0

  constructor(params: {
    readonly store: Store
    readonly clock: ManualClock
    readonly reopen: ((store: Store, clock: ManualClock) => Promise<Store>) | null
  }) {
    this.#store = params.store
    this.clock = params.clock
    this.#reopen = params.reopen
  }

  get store(): Store {
    return this.#store
  }

  /** Closes the store and opens what it held again, as the next start of a process does. */
  async reopen(): Promise<void> {
    if (this.#reopen === null) throw new InvariantError('This adapter has nothing to open again.')
    this.#store = await this.#reopen(this.#store, this.clock)
  }

  /** Puts rows, loose unless something else is said. */
  async put<const Rows extends readonly IntakeRow[]>(
    rows: Rows,
    overrides: Partial<PutParams> = {},
  ): Promise<EachAs<Rows, PutAnswer>> {
    const answers = await this.store.putRequests({
      project: this.project,
      account: this.account,
      queue: this.queue,
      job: null,
      onConflict: 'report',
      rows,
      ...overrides,
    })
    return answers as EachAs<Rows, PutAnswer>
  }

  /** Puts loose requests with these keys and answers their ids. */
  async enqueue<const Keys extends readonly string[]>(
    ...keys: Keys
  ): Promise<EachAs<Keys, RequestId>> {
    const ids = await this.enqueueRows(keys.map((key) => anIntakeRow({ key })))
    return ids as EachAs<Keys, RequestId>
  }

  /** Puts loose rows and answers their ids. */
  async enqueueRows<const Rows extends readonly IntakeRow[]>(
    rows: Rows,
    overrides: Partial<PutParams> = {},
  ): Promise<EachAs<Rows, RequestId>> {
    const answers: readonly PutAnswer[] = await this.put(rows, overrides)
    return answers.map((answer) => answer.id) as unknown as EachAs<Rows, RequestId>
  }

  /** Puts so many loose requests, page by page. */
  async enqueueMany(count: number): Promise<readonly RequestId[]> {
    const ids: RequestId[] = []
    while (ids.length < count) {
      const size = Math.min(count - ids.length, this.store.traits.pageLimit)
      const keys = Array.from({ length: size }, (_, index) => `many ${ids.length + index}`)
      ids.push(...(await this.enqueue(...keys)))
    }
    return ids
  }

  /** The lease of a queue, claimed when it is not held yet. The queue must have work. */
  async queueFence(queue: QueueName = this.queue): Promise<Fence> {
    return this.#fenceOf(queueResource(this.project, queue), 'queues')
  }

  /** The lease of a submission, claimed when it is not held yet. Its next step must be due. */
  async fence(batch: Pick<Batch, 'id'>): Promise<Fence> {
    return this.#fenceOf(submissionResource(batch.id), 'submissions')
  }

  async #fenceOf(resource: string, type: 'queues' | 'submissions'): Promise<Fence> {
    if (!this.#fences.has(resource)) {
      const { leases } = await this.claim(type)
      for (const { resource: taken, epoch } of leases) {
        this.#fences.set(taken, { resource: taken, epoch })
      }
    }
    const fence = this.#fences.get(resource)
    if (fence === undefined) throw new InvariantError(`There is no work at ${resource}.`)
    return fence
  }

  /** Claims all that is free, for this scene's worker or another one. */
  async claim(
    type: 'queues' | 'submissions',
    workerId: WorkerId = this.worker,
  ): Promise<{ readonly leases: readonly Lease[] }> {
    return this.store.claim({ work: { type }, workerId, leaseMs: LEASE_MS, limit: 1_000 })
  }

  /** Opens a submission and fills requests into it. */
  async filling(
    requests: readonly RequestId[],
    options: BatchOptions = {},
  ): Promise<Batch & { readonly submission: Submission }> {
    const { queue = this.queue, batchLimit = null, holdNano = 1_000_000 as NanoUsd } = options
    const fence = await this.queueFence(queue)
    this.#batches += 1
    const opened = await this.store.openSubmission({
      fence,
      project: this.project,
      account: this.account,
      queue,
      lane: options.lane ?? anIntakeRow({ key: '' }).lane,
      batchLimit,
      nonce: aNonce(this.#batches),
      upToId: Math.max(0, ...requests),
    })
    let submission = opened
    const { pageLimit } = this.store.traits
    for (let at = 0; at < requests.length; at += pageLimit) {
      const members = requests
        .slice(at, at + pageLimit)
        .map((requestId) => ({ requestId, holdNano }))
      submission = await this.store.addMembers({ fence, submissionId: opened.id, members })
    }
    const remoteId = `msgbatch_${this.#batches}` as RemoteId
    return { id: opened.id, nonce: opened.nonce, remoteId, requests, submission }
  }

  /** Fills a submission, seals it and takes its lease. */
  async sealed(requests: readonly RequestId[], options: BatchOptions = {}): Promise<Batch> {
    const batch = await this.filling(requests, options)
    const fence = await this.queueFence(options.queue)
    await this.store.sealSubmission({ fence, submissionId: batch.id })
    await this.fence(batch)
    return batch
  }

  /** What is known of a request. */
  async request(id: RequestId): Promise<Request> {
    return (await this.life(id)).request
  }

  /** A request's attempts, oldest first. */
  async attempts(id: RequestId): Promise<readonly Attempt[]> {
    return (await this.life(id)).attempts.map((each) => each.attempt)
  }

  /** All that is known of a request. */
  async life(id: RequestId): Promise<NonNullable<Awaited<ReturnType<Store['getRequest']>>>> {
    const { project } = this
    const life = await this.store.getRequest({ project, id })
    if (life === null) throw new InvariantError(`There is no request ${id}.`)
    return life
  }

  /** A submission as it is now. */
  async submission(batch: Pick<Batch, 'id'>): Promise<Submission> {
    const submission = await this.store.getSubmission({ submissionId: batch.id })
    if (submission === null) throw new InvariantError(`There is no submission ${batch.id}.`)
    return submission
  }
}
