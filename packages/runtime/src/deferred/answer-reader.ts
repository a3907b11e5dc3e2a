import {
  DEFAULT_PROJECT,
  type EpochMs,
  InvariantError,
  type QueueName,
  type RequestId,
  type ResultRow,
} from '@halfrate/core'
import { nextPageSize } from '../answers/page-size.js'
import { patiently } from '../jobs/patiently.js'
import { type EndedResult, type Result, resultOf } from '../jobs/result.js'
import { LookPace } from '../look-pace.js'
import type { DeferredHome } from './deferred-home.js'
import type { PendingCall } from './pending-call.js'
import type { PendingCalls } from './pending-calls.js'
import { RequestEndedError } from './request-ended-error.js'

const LEAST_REST_MS = 50
// Other processes that work on the same store tell nothing here.
const POLL_MS = 1_000
// Most rows in memory at a time: those that are not done are small, and a page of those says nothing of the next one.
const MOST_ROWS = 500
const GROWTH = 2
// What was done this long before the last look began need not be read again; what a slow step of the store brings later all
// the same is found missing, and looked for by itself.
const SLOWEST_STEP_MS = 300_000
// A request that is replaced again and again while it is looked for has the next round.
const MOST_TRIES = 3

/** Reads the answers of a queue for all calls that wait for one, by pages: the one reader of many promises. */
export class AnswerReader {
  readonly #home: DeferredHome
  readonly #queue: QueueName
  readonly #calls: PendingCalls
  readonly #pace: LookPace
  #doneFrom: EpochMs = 0
  #isRunning = false

  constructor(home: DeferredHome, queue: QueueName, calls: PendingCalls) {
    this.#home = home
    this.#queue = queue
    this.#calls = calls
    const { clock, clockFactor } = home.half
    // On a clock that stands still nothing takes any time.
    const nowMs = (): number => (clockFactor > 0 ? clock.monotonicMs() / clockFactor : 0)
    this.#pace = new LookPace({ nowMs, leastRestMs: LEAST_REST_MS })
  }

  /** Reads on until no call waits any more. */
  wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#run()
  }

  /** Looks for requests that were there before they were asked for. A failure that they ended with may be tried anew. */
  async lookAtOld(ids: readonly RequestId[]): Promise<void> {
    await this.#look(ids.toSorted(ascending), 0, true)
  }

  async #run(): Promise<void> {
    const { store } = this.#home.half
    const { changes } = this.#home
    try {
      while (this.#calls.storedCount > 0) {
        const seen = changes.count
        await this.#pace.time(async () => {
          const now = await patiently(() => store.now())
          await this.#look(this.#calls.ids(), this.#doneFrom, false)
          this.#doneFrom = Math.max(0, now - SLOWEST_STEP_MS)
        })
        const leastMs = this.#pace.rest()
        if (this.#calls.storedCount === 0) break
        await changes.rest({ seen, leastMs, mostMs: Math.max(POLL_MS, leastMs) })
      }
    } catch (error) {
      this.#calls.rejectStored(error)
    } finally {
      this.#isRunning = false
    }
  }

  // What lies between two that are waited for is read only where a page holds both.
  async #look(
    ids: readonly RequestId[],
    doneFrom: EpochMs,
    isOld: boolean,
    tries = 1,
  ): Promise<void> {
    const { store } = this.#home.half
    const missing: RequestId[] = []
    const ended: EndedResult[] = []
    let most = nextPageSize([], store.traits.pageLimit)
    for (let at = 0; at < ids.length; ) {
      const limit = Math.min(most, ids.length - at)
      const afterId = (ids[at] as RequestId) - 1
      const page = { project: DEFAULT_PROJECT, queue: this.#queue, afterId, doneFrom, limit }
      const rows = await patiently(() => store.readResults(page))
      const byId = new Map(rows.map((row) => [row.request.id, row]))
      const lastId = rows.at(-1)?.request.id ?? Number.POSITIVE_INFINITY
      for (; at < ids.length && (ids[at] as RequestId) <= lastId; at += 1) {
        const id = ids[at] as RequestId
        const row = byId.get(id)
        if (row === undefined) missing.push(id)
        else this.#take(row, isOld, ended)
      }
      most = Math.min(nextPageSize(rows, MOST_ROWS), limit * GROWTH, store.traits.pageLimit)
    }
    await this.#sendAnew(ended)
    await this.#find(missing, isOld, tries)
  }

  #take(row: ResultRow, isOld: boolean, ended: EndedResult[]): void {
    const { request } = row
    const call = this.#calls.ofId(request.id)
    if (call === undefined) return
    if (request.doneAt === null) {
      if (isOld && request.cancelRequestedAt !== null) call.isDying = true
      return
    }
    const result = this.#resultOf(row, call)
    if (result === null) return
    if (result.status === 'succeeded') this.#calls.resolve(call, result.message)
    else if (isToSendAnew(call, result, isOld)) ended.push(result)
    else this.#calls.reject(call, new RequestEndedError(this.#queue, result))
  }

  #resultOf(row: ResultRow, call: PendingCall): Result | null {
    try {
      return resultOf(row)
    } catch (error) {
      this.#calls.reject(call, error)
      return null
    }
  }

  // Each is a new request under the key, unless somebody else was sooner; then it is found by the next look.
  async #sendAnew(ended: readonly EndedResult[]): Promise<void> {
    if (ended.length === 0) return
    const { store } = this.#home.half
    const { pageLimit } = store.traits
    for (let at = 0; at < ended.length; at += pageLimit) {
      const page = ended.slice(at, at + pageLimit)
      const rows = page.map(({ id }) => ({ requestId: id, changed: null }))
      const answers = await patiently(() => store.retry({ project: DEFAULT_PROJECT, rows }))
      for (const [index, answer] of answers.entries()) {
        const result = page[index] as EndedResult
        const call = this.#calls.ofId(result.id)
        if (call === undefined) continue
        call.isDying = false
        if (answer.type === 'retried') {
          this.#calls.bind(call, answer.id)
          call.isMadeHere = true
        } else if (answer.because === 'no_params' || answer.because === 'unknown') {
          this.#calls.reject(call, new RequestEndedError(this.#queue, result))
        }
      }
    }
    this.#home.wake()
  }

  // It was done earlier than the last look could know, or a newer request has its key.
  async #find(missing: readonly RequestId[], isOld: boolean, tries: number): Promise<void> {
    const found: RequestId[] = []
    for (const id of missing) {
      const call = this.#calls.ofId(id)
      if (call === undefined) continue
      const newest = await this.#newestOf(id)
      if (newest === null) {
        const problem = `Request ${id} of queue ${this.#queue} is not in the store any more.`
        this.#calls.reject(call, new InvariantError(problem))
        continue
      }
      if (newest !== id) this.#calls.bind(call, newest)
      found.push(newest)
    }
    if (found.length === 0 || tries === MOST_TRIES) return
    await this.#look(found.toSorted(ascending), 0, isOld, tries + 1)
  }

  async #newestOf(id: RequestId): Promise<RequestId | null> {
    const { store } = this.#home.half
    for (let newest = id; ; ) {
      const life = await patiently(() => store.getRequest({ project: DEFAULT_PROJECT, id: newest }))
      if (life === null) return null
      const { supersededBy } = life.request
      if (supersededBy === null) return newest
      newest = supersededBy
    }
  }
}

function isToSendAnew(call: PendingCall, result: EndedResult, isOld: boolean): boolean {
  if (result.status === 'canceled') return isOld || call.isDying
  return isOld && call.isRetried
}

function ascending(one: number, other: number): number {
  return one - other
}
