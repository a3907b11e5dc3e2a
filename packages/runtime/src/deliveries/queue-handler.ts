import {
  ConfigError,
  DEFAULT_PROJECT,
  type DeliveredRow,
  Deliverer,
  type Delivery,
  type DeliveryRound,
  type QueueName,
  type RoundSignals,
  type WorkerId,
} from '@halfrate/core'
import type { Halfrate, HalfrateOptions } from '../halfrate.js'
import { type Result, resultOf } from '../jobs/result.js'
import type { KeptQueue } from './kept-queue.js'
import type { OnResultOptions, ResultHandler, ResultSubscription } from './result-handler.js'

/** What handing results over needs of its process. */
export interface DeliveryHome
  extends Pick<Halfrate, 'store' | 'clock' | 'random' | 'settings' | 'workerId' | 'clockFactor'> {
  readonly observer: HalfrateOptions['observer']
}

const MOST_AT_A_TIME = 1_000

/** The handler of one queue in this process. */
export class QueueHandler implements ResultSubscription {
  readonly queue: QueueName
  readonly #handler: ResultHandler
  readonly #onError: NonNullable<OnResultOptions['onError']>
  readonly #kept: KeptQueue
  readonly #onEnd: () => void
  readonly #deliverer: Deliverer
  #signal: AbortSignal = new AbortController().signal
  readonly #ended = new AbortController()

  constructor(
    home: DeliveryHome,
    params: {
      readonly queue: QueueName
      readonly handler: ResultHandler
      readonly options: OnResultOptions
      readonly kept: KeptQueue
      /** Nothing is to be handed over any more. */
      readonly onEnd: () => void
    },
  ) {
    const { concurrency = 1, onError = () => undefined } = params.options
    checkConcurrency(concurrency)
    this.queue = params.queue
    this.#handler = params.handler
    this.#onError = onError
    this.#kept = params.kept
    this.#onEnd = params.onEnd
    // Another one than the engine's: a claim counts one's own leases as free.
    const mark = Buffer.from(home.random.bytes(4)).toString('hex')
    this.#deliverer = new Deliverer({
      ...home,
      workerId: `results-${mark}@${home.workerId}` as WorkerId,
      project: DEFAULT_PROJECT,
      queue: params.queue,
      concurrency,
      handle: (row, delivery) => this.#handle(row, delivery),
    })
  }

  /** See {@link ResultSubscription.ready}. */
  async ready(): Promise<void> {
    this.#checkGoesOn()
    await this.#kept.write()
    this.#checkGoesOn()
  }

  /** See {@link ResultSubscription.end}. */
  async end(): Promise<void> {
    this.#onEnd()
    this.#ended.abort()
    await this.#kept.write()
  }

  /** Hands over one delivery that is due, if there is one. */
  async round(signals: RoundSignals): Promise<DeliveryRound> {
    this.#signal = signals.cut
    // An end may come in the middle of a delivery of thousands.
    const stopping = AbortSignal.any([signals.stopping, this.#ended.signal])
    return await this.#deliverer.round({ ...signals, stopping })
  }

  #checkGoesOn(): void {
    if (!this.#ended.signal.aborted) return
    throw new ConfigError(
      `ready: the handler of queue ${JSON.stringify(this.queue)} was ended.`,
      'Nothing is kept for it any more. Call onResult for a new one.',
    )
  }

  async #handle(row: DeliveredRow, { tries }: Delivery): Promise<void> {
    let result: Result | null = null
    try {
      result = resultOf(row)
      await this.#handler(result, { tries, signal: this.#signal })
    } catch (error) {
      this.#onError(error, { result, tries: tries + 1 })
      throw error
    }
  }
}

function checkConcurrency(concurrency: number): void {
  const isFine = Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MOST_AT_A_TIME
  if (isFine) return
  throw new ConfigError(
    `concurrency: expected a whole number from 1 to ${MOST_AT_A_TIME}, got ${concurrency}.`,
    'Correct the option. Nothing is handed over.',
  )
}
