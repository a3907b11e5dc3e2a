import type { AccountId, RemoteId, Transport } from '@halfrate/core'

/** The calls of a {@link Transport} as the provider sees them. A snapshot is a `list`. */
export type TransportOp =
  | 'create'
  | 'message'
  | 'retrieve'
  | 'list'
  | 'cancel'
  | 'results'
  | 'countTokens'

/**
 * What goes wrong with one call.
 *
 * Refusals in the API's envelope: `bad_key` 401, `no_credit` 402, `forbidden` 403, `rate_limit` 429 with `retry-after: 30`,
 * `spend_limit` 429 with the code `enforced_spend_limit_reached` and no `retry-after`, `own_limit` 400. `too_large` is the 413 of
 * the API's front, without an envelope. Not clear: `conflict` 409, `broken` 500, `overloaded` 529, `proxy_page` a 502 that is a web
 * page, `web_page` a 200 that is one, `cut_answer` a 200 that breaks off. `lost_answer`: the call takes effect, then the
 * connection dies. `lost_request`: the connection dies before it takes effect.
 */
export type TransportFault =
  | 'bad_key'
  | 'no_credit'
  | 'forbidden'
  | 'rate_limit'
  | 'spend_limit'
  | 'own_limit'
  | 'too_large'
  | 'conflict'
  | 'broken'
  | 'overloaded'
  | 'proxy_page'
  | 'web_page'
  | 'cut_answer'
  | 'lost_answer'
  | 'lost_request'

/** How a results body ends that is not whole. */
export interface ResultsCut {
  /** Whole lines before the cut. */
  readonly afterLines: number
  /** Behind a line feed, or in the middle of the next line. */
  readonly at: 'line_end' | 'mid_line'
  /** A proper end of the body, or a dead connection. */
  readonly end: 'clean' | 'reset'
}

/** The provider behind a transport under test: what can be done to it, and its own book. */
export interface TransportProvider {
  /** Makes the next call of the operation go wrong. */
  failNext(op: TransportOp, fault: TransportFault): Promise<void>
  /** Cuts the body of the next results call. */
  cutNextResults(cut: ResultsCut): Promise<void>
  /** Lets time pass until every batch has ended. */
  endBatches(): Promise<void>
  /** Lets time pass until the results of every batch are gone. */
  archiveBatches(): Promise<void>
  /** Calls of the operation that came so far, whatever became of them; creates count from their first byte. */
  calls(op: TransportOp): Promise<number>
  /** Messages that were answered in real time, and so billed, whatever their caller was told. */
  answered(): Promise<number>
  /** Batches that were accepted, oldest first, whatever their sender was told. */
  accepted(): Promise<readonly RemoteId[]>
}

/** A transport, and a provider of its own with nothing in it. */
export interface TransportHarness {
  readonly transport: Transport
  readonly account: AccountId
  /** An account whose key reaches another workspace. */
  readonly strangerAccount: AccountId
  readonly provider: TransportProvider
  close(): Promise<void>
}

/** One thing that every transport must do. */
export interface TransportCase {
  /** A sentence about behaviour. */
  readonly name: string
  run(harness: TransportHarness): Promise<void>
}
