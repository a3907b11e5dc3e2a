import type { WireError } from './wire.js'

/** Header names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string>>

/**
 * How the body ends: `complete` as it should; `reset`, the connection dies after the bytes given;
 * `stall`, the bytes given arrive and then nothing more, for ever.
 */
export type BodyEnd = 'complete' | 'reset' | 'stall'

/**
 * An HTTP answer with a JSON body, an error envelope, or, for faulty answers, raw text.
 *
 * A string body is to be sent as it is (HTML, a cut JSON text, an error without envelope).
 */
export interface Response<Body> {
  readonly type: 'response'
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Body | WireError | string
  readonly end: BodyEnd
}

/** An HTTP answer whose body is JSONL, generated while it is read. Each line bears its `\n`, save one that is cut. */
export interface LinesResponse {
  readonly type: 'lines'
  readonly status: 200
  readonly headers: AnswerHeaders
  /** May be iterated more than once; each time from the start. */
  readonly lines: Iterable<string>
  readonly end: BodyEnd
}

/** No answer: the connection dies (`reset`), or stays open without a byte (`hang`). */
export type NoAnswer = { readonly type: 'reset' } | { readonly type: 'hang' }

/** What a caller gets to see of one call. */
export type Answer<Body> = Response<Body> | NoAnswer

/** What a caller gets to see of a call for results. */
export type ResultsAnswer = LinesResponse | Answer<never>
