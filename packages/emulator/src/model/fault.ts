import type { WireErrorType, WireStopReason } from './wire.js'

/** When a fault strikes. All conditions given must hold; with none, it strikes at every call. */
export interface FaultTiming {
  /** Most strikes. Whole number from 1. Default: without limit. */
  readonly times?: number
  /** Calls let through first. Whole number from 0. Default 0. */
  readonly afterTimes?: number
  /** Only at every n-th of the calls that are left: 3 strikes at the third, the sixth, and so on. */
  readonly everyNth?: number
  /** Chance of each strike, 0 to 1, drawn from the seed. Default 1. */
  readonly probability?: number
}

/**
 * Ready-made wrong answers. `rate_limit` 429, with `retryAfterSeconds` if given; `ramp_limit` the 429 of
 * growing too fast; `spend_cap` 429 that only the next month heals; `own_limit` the 400 of a limit set by the customer; `too_large` 413
 * without envelope; `overloaded` 529 with `x-should-retry: true`; `html` a 200 that is a web page;
 * `bad_gateway` a 502 that is one; `truncated` a 200 cut in the middle; `no_results` the 404 of
 * results that are not there; the others as their names say.
 */
export type FaultError =
  | 'authentication'
  | 'billing'
  | 'permission'
  | 'not_found'
  | 'no_results'
  | 'conflict'
  | 'too_large'
  | 'rate_limit'
  | 'ramp_limit'
  | 'spend_cap'
  | 'own_limit'
  | 'api_error'
  | 'bad_gateway'
  | 'unavailable'
  | 'timeout'
  | 'overloaded'
  | 'html'
  | 'truncated'

/** How an answer goes wrong. Without any of these the call is answered properly. */
export interface AnswerFault {
  /** The call takes effect, then the connection dies. */
  readonly loseResponse?: boolean
  /** The connection dies before the call takes effect. */
  readonly loseRequest?: boolean
  /** The call takes effect, and no answer ever comes. */
  readonly hang?: boolean
  /** This comes instead of the answer. */
  readonly error?: FaultError
  /** Whether the call takes effect although `error` comes. Default: only for `truncated`. */
  readonly accepted?: boolean
  /** Adds a `retry-after` header to `error`. Seconds. */
  readonly retryAfterSeconds?: number
}

/** Faults of `create`. */
export interface CreateFault extends FaultTiming, AnswerFault {
  /** The answer is lost now, and the batch comes into being this much later. Milliseconds. */
  readonly lateMs?: number
  /** The batch is missing from lists for so long. Milliseconds. */
  readonly listLagMs?: number
  /** The batch answers 404 to retrieve and results for so long. Milliseconds. */
  readonly retrieveLagMs?: number
  /** This batch takes so long instead of the time drawn. Milliseconds. */
  readonly turnaroundMs?: number
  /** A proxy sends the request twice, both are accepted; which answer comes back. `refusal`: a 429 for the second. */
  readonly twin?: 'first' | 'second' | 'refusal'
  /** How much later the second one arrives. Milliseconds. Default 0. */
  readonly twinDelayMs?: number
  /** Somebody else cancels the batch this long after its creation. Milliseconds. */
  readonly canceledAfterMs?: number
  /** Somebody else deletes the batch this long after its end. Milliseconds. */
  readonly deletedAfterMs?: number
}

/** Faults of `retrieve` and `list`. */
export interface ReadFault extends FaultTiming, AnswerFault {
  /** The answer shows how things stood so long ago. Milliseconds. */
  readonly staleMs?: number
}

/** Faults of `cancel`. */
export interface CancelFault extends FaultTiming, AnswerFault {
  /** The batch says `canceling`, but nothing can be interrupted and it runs to its end. */
  readonly ignored?: boolean
}

/** Faults of `results`. The line faults may be combined. */
export interface ResultsFault extends FaultTiming, AnswerFault {
  /** Cuts the body: at the end of a line, or in the middle of the next one. */
  readonly cut?: 'line_end' | 'mid_line'
  /** Whole lines before the cut. Default: half of them. */
  readonly cutAfterLines?: number
  /** What follows the cut: a proper end, a dead connection, or silence. Default `clean`. */
  readonly cutEnd?: 'clean' | 'reset' | 'stall'
  /** No `content-type` header, as the service did until mid-2026. */
  readonly dropContentType?: boolean
  /** So many lines come twice, the second time at the end. */
  readonly duplicateLines?: number
  /** So many succeeded lines come again at the end with the same id and another text. */
  readonly conflictingLines?: number
  /** So many lines that are no JSON come in between. */
  readonly malformedLines?: number
  /** So many lines of strangers' ids come in between. */
  readonly foreignLines?: number
  /** So many lines are missing. */
  readonly omitLines?: number
}

/** Faults of rows of a batch, judged row by row while it is uploaded; rows with bad params are not judged. */
export interface RowFault extends FaultTiming {
  /** Strikes only at rows whose params, as JSON, contain this text. */
  readonly containing?: string
  /** The whole batch is refused with a 400 because of this row. */
  readonly refused?: boolean
  /** How the row ends instead. */
  readonly outcome?: 'errored' | 'expired'
  /** Error type of an errored row. Default `api_error`. */
  readonly error?: WireErrorType
  /** Error text. Default: one that fits the type. */
  readonly message?: string
  /**
   * An expired row ends with its batch. Without this the row is never processed and its batch runs
   * to the 24-hour limit, as at the provider.
   */
  readonly early?: boolean
  /** The row succeeds, is billed, and stops for this reason. */
  readonly stopReason?: WireStopReason
  /** The row succeeds, is billed, and has no content, or only thinking. */
  readonly content?: 'empty' | 'thinking'
}

/** Faults of `message`. */
export interface MessageFault extends FaultTiming, AnswerFault {
  /** The message stops for this reason. */
  readonly stopReason?: WireStopReason
  /** The message has no content, or only thinking. */
  readonly content?: 'empty' | 'thinking'
}

/** Faults of the calls that have none of their own. */
export interface PlainFault extends FaultTiming, AnswerFault {}

/** Which faults fit which operation. */
export interface FaultByOp {
  readonly create: CreateFault
  readonly retrieve: ReadFault
  readonly list: ReadFault
  readonly cancel: CancelFault
  readonly delete: PlainFault
  readonly results: ResultsFault
  readonly row: RowFault
  readonly message: MessageFault
  readonly countTokens: PlainFault
  readonly models: PlainFault
}

/** Everything a fault can be scripted for. */
export type FaultOp = keyof FaultByOp

/** The operations that are calls. Rows are no call of their own. */
export type CallOp = Exclude<FaultOp, 'row'>

/** A fault that has been scripted. */
export interface FaultHandle {
  /** Strikes so far. */
  readonly fired: number
  /** Takes the fault away; what it has done stays done. */
  remove(): void
}
