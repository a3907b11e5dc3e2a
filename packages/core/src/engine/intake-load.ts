import { InvariantError, KeyConflictError } from '../errors.js'
import { type Filling, isOpenIn } from '../model/filling.js'
import {
  type AccountId,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type ProjectId,
  type QueueName,
} from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { CachePrefix } from '../model/queue-policy.js'
import { PrefixTally } from '../policy/caching/prefix-tally.js'
import { repeatedKey } from '../policy/intake/key.js'
import { emptyInput } from '../policy/intake/line-feeder.js'
import { withCachedPrefix } from '../policy/intake/with-cached-prefix.js'
import type { Store } from '../ports/store.js'
import type { IntakeRow, IntakeStore, OnConflict, PutAnswer } from '../ports/store-intake.js'
import { type JobDoor, jobDoor } from './doors.js'
import { IntakePage } from './intake-page.js'
import { offerPrimer } from './offer-primer.js'
import { readPolicy } from './policies.js'

/** How far a load is. */
export interface LoadCounts {
  /** Rows given so far. */
  readonly rows: number
  /** Requests of this input that this part of the job holds, by this load or by one before it that was cut off. */
  readonly new: number
  /** Requests that the job has from an earlier input, with the same params. */
  readonly same: number
  /** Keys that the job has with other params, and that stand as they are. */
  readonly changed: number
}

/** How a load ends. `reload`: what was stored came from another input and is gone; give every row again. */
export type LoadResult =
  | { readonly type: 'committed'; readonly job: Job; readonly counts: LoadCounts }
  | { readonly type: 'reload' }

/** What a row came to in the store, named as in {@link LoadCounts}. */
export type LoadedAs = 'new' | 'same' | 'changed'

/** What to load, and into what. */
export interface OpenLoadParams {
  readonly store: Pick<Store, keyof IntakeStore | 'getSetting' | 'putSetting' | 'now' | 'traits'>
  /** Default: the default one. */
  readonly project?: ProjectId | undefined
  readonly account?: AccountId | undefined
  /** For a job that is new. One that is there stays in its queue. */
  readonly queue?: QueueName | undefined
  readonly jobName: string
  readonly onConflict: OnConflict
  /** Whether the custom ids of its rows end in tails of their keys. Default: as the queue's policy says. */
  readonly keyTails?: boolean | undefined
  /** Name of the input, for errors; its rows are then taken for line numbers. Null when it has none. */
  readonly file?: string | null | undefined
  /** True to discard what an open part holds instead of going on with it: for rows that can't be read a second time. */
  readonly isAnew?: boolean | undefined
  /** Told of each row once the store has it, in their order. A row's bytes are good as long as it is told. */
  readonly onStored?: ((row: IntakeRow, as: LoadedAs) => void) | undefined
  /**
   * Asked when every row is stored, before they are accepted, as long as it takes. When it throws, what it throws comes
   * out and nothing is accepted.
   */
  readonly beforeCommit?: ((counts: LoadCounts) => Promise<void>) | undefined
}

const SHOWN_KEYS = 3

/**
 * Opens a job, or its next part, and the load that fills it. The same call goes on with a part that was left open.
 *
 * Nothing of a load is sent before {@link IntakeLoad.finish}.
 */
export async function openLoad(params: OpenLoadParams): Promise<IntakeLoad> {
  const { store, jobName: name } = params
  const project = params.project ?? DEFAULT_PROJECT
  const queue = params.queue ?? DEFAULT_QUEUE
  const job = await store.openJob({ project, queue, name })
  // The queue of a job that is there is its own.
  const policy = await readPolicy({ store }, project, job.queue)
  const load = new IntakeLoad(params, job, {
    door: jobDoor(params.keyTails ?? policy.keyTails),
    cachePrefix: policy.cachePrefix,
    prefixes: policy.primerWaitMs > 0 ? new PrefixTally() : null,
  })
  // A part also says which older requests its input listed, and a commit can't tell whether this input lists them too. So
  // a later part has one load in each filling: the one that began it. The first part has no older ones, so there the rows
  // that are stored can be kept, and whoever loads the same input fills it together.
  if (job.committedPart > 0 || params.isAnew === true) await load.abandon()
  return load
}

/** Empties a part, and answers in which filling that leaves it and how much it held; null when another was faster. */
async function emptied(
  store: OpenLoadParams['store'],
  filling: Filling,
): Promise<{ readonly fill: number; readonly stored: number } | null> {
  const first = await store.discardPart(filling)
  let last = first
  while (last.type === 'discarded' && last.left > 0) {
    last = await store.discardPart({ ...filling, fill: last.fill })
  }
  if (first.type === 'outdated' || last.type === 'outdated') return null
  return { fill: last.fill, stored: first.stored }
}

/**
 * Fills one part of a job with the rows of one input and commits it, or leaves nothing of it behind.
 *
 * Memory is that of two pages. When a call fails because the store can't be reached, what was stored stays in the open part:
 * the same input goes on there next time. After any other error, and when the input itself can't be read to its end,
 * call {@link abandon}.
 */
export class IntakeLoad {
  readonly #params: OpenLoadParams
  readonly #job: Job
  readonly #door: JobDoor
  readonly #cachePrefix: CachePrefix
  /** What its rows share; null where the queue wants no primers. */
  readonly #prefixes: PrefixTally | null
  readonly #page: IntakePage
  readonly #changedKeys: string[] = []
  #filling: Filling
  #rows = 0
  #new = 0
  #same = 0
  #changed = 0
  #isStale = false
  // The page that is on its way to the store while the next one is filled; null for none.
  #onItsWay: Promise<void> | null = null

  /** Use {@link openLoad}. */
  constructor(
    params: OpenLoadParams,
    job: Job,
    of: {
      readonly door: JobDoor
      readonly cachePrefix: CachePrefix
      readonly prefixes: PrefixTally | null
    },
  ) {
    this.#params = params
    this.#job = job
    this.#door = of.door
    this.#cachePrefix = of.cachePrefix
    this.#prefixes = of.prefixes
    this.#filling = { id: job.id, part: job.openPart, fill: job.fill }
    this.#page = new IntakePage(params.store.traits.pageLimit)
  }

  get counts(): LoadCounts {
    return { rows: this.#rows, new: this.#new, same: this.#same, changed: this.#changed }
  }

  /**
   * The part holds rows of another input, or somebody else discarded or committed it: what is added is ignored, and
   * {@link finish} answers `reload`.
   */
  get isStale(): boolean {
    return this.#isStale
  }

  /**
   * Takes the next row. Rows go to the store a page at a time, and while a page is on its way the next one can be filled:
   * what its rows come to is known, counted and thrown one page later, at the latest by {@link finish}.
   *
   * @throws {InvalidInputError} when the input has a key twice (rule `repeated_key`); the part is discarded.
   */
  async add(row: IntakeRow): Promise<void> {
    if (this.#isStale) return
    this.#rows += 1
    if (!this.#page.add(withCachedPrefix(row, this.#cachePrefix))) return
    await this.#arrived()
    this.#send()
  }

  /**
   * Commits what was added: from here on it is accepted and never lost.
   *
   * @param sourceDigest digest of the input, in hex, by which the same input is known the next time; null for none.
   * @throws {InvalidInputError} when there was no row at all; rule `empty_input`. Nothing was stored.
   * @throws {KeyConflictError} when keys were there with other params and nobody said what to do. Nothing was stored.
   */
  async finish(params: Readonly<{ sourceDigest: string | null }>): Promise<LoadResult> {
    await this.#arrived()
    if (!this.#isStale && !this.#page.isEmpty) await this.#flush()
    if (this.#isStale) return this.#reload()
    if (this.#rows === 0) {
      await this.abandon()
      throw emptyInput(this.#params.file ?? null)
    }
    if (this.#changed > 0 && this.#params.onConflict === 'report') throw await this.#conflict()
    await this.#params.beforeCommit?.(this.counts)
    // Before they are accepted: else what goes first could go with the rest.
    await offerPrimer(this.#params.store, this.#job, this.#prefixes)
    const committed = await this.#params.store.commitJob({
      ...{ ...this.#filling, newRows: this.#new, rowCount: this.#rows },
      sourceDigest: params.sourceDigest,
    })
    if (committed.type === 'mismatch') return this.#reload()
    return { type: 'committed', job: committed.job, counts: this.counts }
  }

  /**
   * Takes everything out of the part again, page by page, and what it superseded back in. Leaves the part alone when
   * somebody else has discarded or committed it meanwhile.
   */
  async abandon(): Promise<void> {
    this.#page.take()
    // A page that comes later than the emptying would be refused, and its error would be nobody's.
    await this.#arrived().catch(() => undefined)
    await this.#empty()
  }

  // Answers how many requests the part held in the filling of this load; null when that is over.
  async #empty(): Promise<number | null> {
    const empty = await emptied(this.#params.store, this.#filling)
    if (empty === null) this.#isStale = true
    else this.#filling = { ...this.#filling, fill: empty.fill }
    return empty?.stored ?? null
  }

  // One page at a time: a second one would wait for the first in the store, and both would be held in memory.
  #send(): void {
    if (this.#isStale) return
    this.#onItsWay = this.#flush()
    // It is heard by whoever waits for it next.
    this.#onItsWay.catch(() => undefined)
  }

  async #arrived(): Promise<void> {
    const page = this.#onItsWay
    this.#onItsWay = null
    await page
  }

  async #flush(): Promise<void> {
    const rows = this.#page.take()
    const answers = await this.#put(rows)
    let repeat: { readonly row: IntakeRow; readonly otherRow: number } | null = null
    for (const [index, answer] of answers.entries()) {
      const row = rows[index]
      if (row === undefined) continue
      if (answer.repeatsRow === null) this.#count(row, answer)
      else repeat ??= { row, otherRow: answer.repeatsRow }
    }
    if (repeat !== null) await this.#repeated(repeat.row, repeat.otherRow)
  }

  async #put(rows: readonly IntakeRow[]): Promise<readonly PutAnswer[]> {
    const { store, project, account, onConflict } = this.#params
    try {
      return await store.putRequests({
        project: project ?? DEFAULT_PROJECT,
        account: account ?? DEFAULT_ACCOUNT,
        // A job is of the queue that it was opened in: one queue is planned by one worker, who holds its cap.
        queue: this.#job.queue,
        job: this.#filling,
        onConflict,
        rows: this.#door(rows),
      })
    } catch (error) {
      // Somebody who fills the part at the same time has committed or discarded it.
      if (!(error instanceof InvariantError) || (await this.#isOpen())) throw error
      this.#isStale = true
      return []
    }
  }

  #count(row: IntakeRow, answer: PutAnswer): void {
    const isHere = answer.part === this.#job.openPart
    if (answer.type === 'new' || (answer.type === 'same' && isHere)) {
      this.#new += 1
      this.#prefixes?.note(row, answer.id)
      this.#params.onStored?.(row, 'new')
    } else if (answer.type === 'same') {
      this.#same += 1
      this.#params.onStored?.(row, 'same')
    } else if (isHere) {
      // Other params under the same key in the same row of this part: a line that was edited since it was cut off.
      this.#isStale = true
    } else {
      this.#changed += 1
      if (this.#changedKeys.length < SHOWN_KEYS) this.#changedKeys.push(row.key)
      this.#params.onStored?.(row, 'changed')
    }
  }

  // The other row may be of another input that has the keys in other rows: one that was cut off, or one that is loaded
  // now. It is this input's when the part holds nothing but what this load found and put, by the argument of `Filling`.
  async #repeated(row: IntakeRow, otherRow: number): Promise<void> {
    const stored = await this.#empty()
    if (stored === this.#new && !this.#isStale) {
      throw repeatedKey(row, otherRow, this.#params.file ?? null)
    }
    this.#isStale = true
  }

  async #conflict(): Promise<KeyConflictError> {
    await this.abandon()
    return new KeyConflictError({
      job: this.#job.name,
      changedRows: this.#changed,
      firstKeys: this.#changedKeys,
    })
  }

  async #reload(): Promise<LoadResult> {
    await this.abandon()
    return { type: 'reload' }
  }

  async #isOpen(): Promise<boolean> {
    const { id, project, name } = this.#job
    const job = await this.#params.store.findJob({ project, name })
    return job?.id === id && isOpenIn(job, this.#filling)
  }
}
