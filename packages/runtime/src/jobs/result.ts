import { InvariantError, type ReasonCode, type RequestId, type ResultRow } from '@halfrate/core'
import { type OutputRow, outputRowOf } from '@halfrate/core/results'

/** A block of an answer, in the provider's form. */
export interface ReceivedBlock {
  readonly type: string
  readonly [member: string]: unknown
}

/** A message as the provider sent it: its members with its names, those that are newer than this version too. */
export interface ReceivedMessage {
  readonly id: string
  readonly model: string
  readonly content: readonly ReceivedBlock[]
  readonly stop_reason: string | null
  readonly usage: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/** What every row has, however it ended. */
export interface ResultFacts {
  /** The caller's id of the row. */
  readonly key: string
  /** Identifies the request in its store for good. */
  readonly id: RequestId
  /** Place in the job's newest input, from 1; 0 for a request that was enqueued by itself. */
  readonly row: number
  readonly labels: Readonly<Record<string, string>> | null
  /** Paid over all attempts: decimal text in dollars, such as `"0.000123"`. Null when a price is unknown, never 0 then. */
  readonly costUsd: string | null
  /** How often it was sent. */
  readonly attempts: number
}

/** Why a row has no answer that can be used, for programs and people. */
export interface ResultError {
  /**
   * Stable. `output_invalid`: an answer came and was paid, and is not of the form that the output's schema asks for.
   * The others are those of the store.
   */
  readonly code: ReasonCode
  /** What happened, with the provider's own words where there are any; may change at any time. */
  readonly message: string
  /** What can be done about it, or that nothing needs to be. */
  readonly nextStep: string
}

/** A row with an answer that can be used, or that its queue's policy accepts. */
export interface SucceededResult<Output = unknown> extends ResultFacts {
  readonly status: 'succeeded'
  /** The text blocks of the answer joined; `''` when it has none, as when a tool is called. */
  readonly text: string
  readonly message: ReceivedMessage
  /** The answer as the output's schema reads it; undefined where no output was asked for. */
  readonly output: Output
}

/** A row without such an answer. */
export interface EndedResult extends ResultFacts {
  readonly status: 'failed' | 'canceled'
  /** Why, and what can be done about it. `code` is stable. */
  readonly error: ResultError
  /**
   * What came and was paid all the same: an answer that was cut off, refused, empty or not of the form that was asked for.
   * Null when none came.
   */
  readonly unusable: { readonly text: string; readonly message: ReceivedMessage } | null
}

/** How a row of a job ended. Its `status` says which members it has. */
export type Result<Output = unknown> = SucceededResult<Output> | EndedResult

const decoder = new TextDecoder()

/** Makes the result of a request that is done. */
export function resultOf(row: ResultRow): Result {
  const { request } = row
  const output = outputRowOf(row)
  const { key, costUsd, attempts, error } = output
  const { id, labels } = request
  const facts = { key, id, row: request.row ?? 0, labels, costUsd, attempts }
  const answer = answerOf(output)
  if (output.status === 'succeeded' && answer !== null) {
    return { ...facts, status: 'succeeded', ...answer, output: undefined }
  }
  if (output.status === 'succeeded' || output.status === 'waiting' || error === null) {
    throw new InvariantError(`Request ${id} is ${output.status} and has no answer to show.`)
  }
  return { ...facts, status: output.status, error, unusable: answer }
}

function answerOf({ text, message }: OutputRow): EndedResult['unusable'] {
  if (text === null || message === null) return null
  return { text, message: JSON.parse(decoder.decode(message)) as ReceivedMessage }
}
