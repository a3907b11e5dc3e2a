import type { PriceBook } from '@halfrate/core/money'
import { callFailure } from './call-failure.js'
import type { CallMarks } from './call-marks.js'
import type { CallOutcome, CallRecord, RecordedUsage } from './call-record.js'
import { costOfCall } from './cost-of-call.js'
import { recordedUsage } from './recorded-usage.js'
import type { Recorder } from './recorder.js'
import { monotonicMs, systemNow } from './system.js'

/** What is known of a call when it is made. */
export interface OpenCallParams {
  readonly recorder: Recorder
  readonly marks: CallMarks
  readonly book: PriceBook | undefined
  /** The body that is sent; only its model is kept, and whether it is streamed. */
  readonly body: unknown
}

/**
 * A call that was made and has not ended. It is recorded once, by the first ending that it is told of; whatever comes after
 * that says nothing. Nothing here throws.
 */
export class OpenCall {
  readonly isStreamed: boolean
  readonly #params: OpenCallParams
  readonly #at = systemNow()
  readonly #startedMs = monotonicMs()
  #hasEnded = false
  #model: string | null
  #status: number | null = null
  #usage: RecordedUsage | null = null
  #stopReason: string | null = null

  constructor(params: OpenCallParams) {
    this.#params = params
    this.#model = wordOf(fieldOf(params.body, 'model'))
    this.isStreamed = fieldOf(params.body, 'stream') === true
  }

  /** The head of a response is there. */
  answered(response: unknown): void {
    const status = fieldOf(response, 'status')
    if (typeof status === 'number') this.#status = status
  }

  /** The whole message is there. */
  succeeded(message: unknown): void {
    this.#params.recorder.guard(() => {
      this.#learn(message)
      this.#end('succeeded', null)
    })
  }

  /** An event of a stream passes. */
  heard(event: unknown): void {
    if (this.#hasEnded) return
    this.#params.recorder.guard(() => {
      const type = fieldOf(event, 'type')
      if (type === 'message_start') this.#learn(fieldOf(event, 'message'))
      if (type === 'message_delta') {
        this.#learn({ usage: fieldOf(event, 'usage') })
        this.#learn({ stop_reason: fieldOf(fieldOf(event, 'delta'), 'stop_reason') })
      }
      if (type === 'message_stop') this.#end('succeeded', null)
    })
  }

  /** The call, or the reading of its answer, ended with an error. */
  failed(error: unknown): void {
    this.#params.recorder.guard(() => {
      const { status, type, isAbort } = callFailure(error)
      this.#status = status ?? this.#status
      this.#end(isAbort ? 'aborted' : 'errored', type)
    })
  }

  /** Nobody reads on, or nothing more comes. */
  aborted(): void {
    this.#params.recorder.guard(() => this.#end('aborted', 'aborted'))
  }

  /** The caller took the response and reads it by itself. */
  unread(): void {
    this.#params.recorder.guard(() => this.#end('unread', null))
  }

  #learn(message: unknown): void {
    this.#model = wordOf(fieldOf(message, 'model')) ?? this.#model
    this.#usage = recordedUsage(fieldOf(message, 'usage'), this.#usage)
    this.#stopReason = wordOf(fieldOf(message, 'stop_reason')) ?? this.#stopReason
  }

  #end(outcome: CallOutcome, errorType: string | null): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#params.recorder.write(this.#recordOf(outcome, errorType))
  }

  #recordOf(outcome: CallOutcome, errorType: string | null): CallRecord {
    const { marks, book } = this.#params
    const [model, usage, at] = [this.#model, this.#usage, this.#at]
    return {
      at: new Date(at).toISOString(),
      feature: marks.feature ?? null,
      labels: { ...marks.labels },
      awaited: marks.awaited ?? null,
      model,
      streamed: this.isStreamed,
      usage,
      stop_reason: this.#stopReason,
      latency_ms: Math.round(monotonicMs() - this.#startedMs),
      status: this.#status,
      outcome,
      error_type: errorType,
      // What was generated until somebody broke off is billed and was not seen.
      cost_usd: outcome === 'succeeded' ? costOfCall({ usage, model, at, book }) : null,
    }
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

const MOST_WORD = 200

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value.length <= MOST_WORD ? value : null
}
