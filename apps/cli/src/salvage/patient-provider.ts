import { setTimeout as wait } from 'node:timers/promises'
import {
  type CallFailed,
  ConfigError,
  type ListPage,
  type ListResult,
  type NotFound,
  type RemoteId,
  type ResultsResult,
  type RetrieveResult,
} from '@halfrate/core'
import type { ProviderView } from '@halfrate/runtime'
import { InterruptedReading } from '../input/interrupted-reading.js'

type Problem = CallFailed | NotFound

// Real time. A provider that is away for longer than all of them together is asked again by the same command.
const WAITS_MS = [1_000, 2_000, 4_000, 8_000] as const
const LONGEST_ASKED_MS = 60_000
// Users see a 404 for a batch that is there; it heals in seconds.
const NOT_FOUND_TRIES = 3
const MOST_BATCHES = 1_000

/**
 * The provider, asked again after passing problems: every call is tried up to five times, with waits of 1, 2, 4 and 8 s or
 * what the provider asks for.
 *
 * Every call throws `InterruptedReading` once the signal is aborted, and `ConfigError` when the key is refused.
 */
export class PatientProvider {
  readonly #view: ProviderView
  readonly #signal: AbortSignal

  constructor(view: ProviderView, signal: AbortSignal) {
    this.#view = view
    this.#signal = signal
  }

  /**
   * A page of the list, newest first; the one after `afterId`, or the newest for null.
   *
   * @throws {ConfigError} when it can't be had: without the list nothing can be looked for.
   */
  async list(afterId: RemoteId | null): Promise<ListPage> {
    const signal = this.#signal
    const page = await this.#ask<ListResult>(() =>
      this.#view.list({ afterId, limit: MOST_BATCHES, signal }),
    )
    if (page.type === 'page') return page
    throw new ConfigError(
      `the batches of the workspace can't be listed: ${page.error.message}`,
      'Try again later. Nothing was changed, and no file was written.',
    )
  }

  /** Asks for one batch. */
  retrieve(remoteId: RemoteId): Promise<RetrieveResult> {
    return this.#ask(() => this.#view.retrieve(remoteId, this.#signal))
  }

  /** Opens the results of an ended batch. What breaks off inside them is the reader's to ask for again. */
  results(remoteId: RemoteId): Promise<ResultsResult> {
    return this.#ask(() => this.#view.results(remoteId, this.#signal))
  }

  async #ask<Answer extends { readonly type: string }>(
    call: () => Promise<Answer | Problem>,
  ): Promise<Answer | Problem> {
    for (let tries = 1; ; tries += 1) {
      const answer = await call()
      this.#checkOn(answer)
      const waitMs = isProblem(answer) ? waitMsAfter(answer, tries) : null
      if (waitMs === null) return answer
      await this.rest(waitMs)
    }
  }

  /** Waits, in real time. */
  async rest(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#signal }).catch(() => undefined)
    this.checkStop()
  }

  /** Ends what is under way when the user asked to stop. */
  checkStop(): void {
    if (this.#signal.aborted) throw new InterruptedReading('interrupted')
  }

  #checkOn(answer: { readonly type: string } | Problem): void {
    this.checkStop()
    if (!isProblem(answer) || answer.type !== 'failed') return
    const { status, message } = answer.error
    if (status !== 401 && status !== 403) return
    throw new ConfigError(
      `the API key is refused: ${message}`,
      'Set ANTHROPIC_API_KEY to a key of the workspace. Nothing was changed, and no file was written.',
    )
  }
}

function isProblem(answer: { readonly type: string } | Problem): answer is Problem {
  return answer.type === 'failed' || answer.type === 'not_found'
}

/** How long to wait before asking again, in milliseconds; null when that is of no use, or too long. */
function waitMsAfter(problem: Problem, tries: number): number | null {
  const own = WAITS_MS[tries - 1]
  if (own === undefined) return null
  if (problem.type === 'not_found') return tries < NOT_FOUND_TRIES ? own : null
  const { status, retryAfterMs } = problem.error
  const isOurs = status !== null && status >= 400 && status < 500
  const passes = !isOurs || status === 408 || status === 409 || status === 425 || status === 429
  if (!passes || (retryAfterMs ?? 0) > LONGEST_ASKED_MS) return null
  return Math.max(own, retryAfterMs ?? 0)
}
