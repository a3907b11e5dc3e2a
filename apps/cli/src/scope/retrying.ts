import {
  type Request,
  type RequestLife,
  type RetryRefusal,
  type RetryRow,
  refusalToRetry,
} from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import { type Halfrate, rowWithMaxTokens, sameRow } from '@halfrate/runtime'
import { failureCodesOf } from './failure-codes.js'
import { livesOf, type NamedScope } from './named-scope.js'

/** What was sent again, or would be. */
export interface RetriedCounts {
  readonly retried: number
  /** Those that were not, by why. */
  readonly refused: Readonly<Partial<Record<RetryRefusal, number>>>
  /** The most that they can cost in batch, nano-dollars, without those whose price is unknown. */
  readonly atMostNano: number
  readonly unpriced: number
  /** Those whose earlier attempt may have been paid without an answer to show for it. */
  readonly possiblyPaid: number
}

const PAGE_BYTES = 16_777_216

/** Sends requests again: one page at a time, so that memory stays flat. */
export class Retrying {
  readonly #half: Halfrate
  readonly #where: NamedScope
  readonly #maxTokens: number | null
  readonly #isDryRun: boolean
  readonly #refused: Partial<Record<RetryRefusal, number>> = {}
  #retried = 0
  #atMostNano = 0
  #unpriced = 0
  #possiblyPaid = 0
  #page: { readonly request: Request; readonly row: RetryRow }[] = []
  #bytes = 0

  /** `maxTokens` null leaves params as they were; `isDryRun` changes nothing and counts all the same. */
  constructor(params: {
    readonly half: Halfrate
    readonly where: NamedScope
    readonly maxTokens: number | null
    readonly isDryRun: boolean
  }) {
    this.#half = params.half
    this.#where = params.where
    this.#maxTokens = params.maxTokens
    this.#isDryRun = params.isDryRun
  }

  get counts(): RetriedCounts {
    return {
      retried: this.#retried,
      refused: this.#refused,
      atMostNano: this.#atMostNano,
      unpriced: this.#unpriced,
      possiblyPaid: this.#possiblyPaid,
    }
  }

  /**
   * Sends the requests of some keys again.
   *
   * @throws {ConfigError} when one is not there; then nothing was changed.
   */
  async byKey(keys: readonly string[]): Promise<void> {
    for (const life of await livesOf(this.#half, this.#where, keys)) await this.#add(life.request)
    await this.#flush()
  }

  /** Sends all again that failed with one of these codes: our reason, or the provider's type of error. */
  async byCode(codes: ReadonlySet<string>): Promise<void> {
    const { store } = this.#half
    for (let afterId = 0; ; ) {
      const page = await store.listRequests({
        ...{ scope: this.#where.scope, states: ['done'], afterId },
        limit: store.traits.pageLimit,
      })
      for (const request of page) {
        if (failureCodesOf(request).some((code) => codes.has(code))) await this.#add(request)
      }
      const last = page.at(-1)
      if (last === undefined) break
      afterId = last.id
    }
    await this.#flush()
  }

  async #add(request: Request): Promise<void> {
    const because = refusalToRetry(request)
    if (because !== null) return this.#refuse(because)
    const row = await this.#rowOf(request)
    if (row === null) return this.#refuse('no_params')
    this.#page.push({ request, row })
    this.#bytes += row.changed?.body.length ?? 0
    const isFull = this.#page.length >= this.#half.store.traits.pageLimit
    if (isFull || this.#bytes >= PAGE_BYTES) await this.#flush()
  }

  async #rowOf(request: Request): Promise<RetryRow | null> {
    if (this.#maxTokens === null) return sameRow(request)
    const { project, id } = request
    const life: RequestLife | null = await this.#half.store.getRequest({ project, id })
    return life === null ? null : await rowWithMaxTokens(this.#half.store, life, this.#maxTokens)
  }

  async #flush(): Promise<void> {
    const page = this.#page
    this.#page = []
    this.#bytes = 0
    if (page.length === 0) return
    const { project } = this.#where.scope
    const rows = page.map(({ row }) => row)
    const answers = this.#isDryRun ? [] : await this.#half.store.retry({ project, rows })
    for (const [index, { request, row }] of page.entries()) {
      const answer = answers[index]
      if (answer?.type === 'refused') this.#refuse(answer.because)
      else this.#count(request, row)
    }
  }

  #refuse(because: RetryRefusal): void {
    this.#refused[because] = (this.#refused[because] ?? 0) + 1
  }

  #count({ model, itemBytes, maxTokens, verdict }: Request, { changed }: RetryRow): void {
    const { prices: book, clock } = this.#half
    const sizes = changed ?? { itemBytes, maxTokens }
    const hold = holdOf({ ...sizes, model, at: clock.now(), book })
    this.#retried += 1
    this.#atMostNano += hold ?? 0
    if (hold === null) this.#unpriced += 1
    const reason = verdict?.reason
    if (reason === 'possibly_paid' || reason === 'result_lost') this.#possiblyPaid += 1
  }
}
