import type { RateLimits } from '../model/call-pace.js'
import type { AccountId, Nonce, RemoteId } from '../model/ids.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { EpochMs } from '../model/time.js'

/** An answer that said no, or said nothing that can be understood; nothing was changed by asking. */
export interface CallFailed {
  readonly type: 'failed'
  readonly error: ProviderError
}

/** The provider says that it does not know the batch, or has no results for it. Users see this heal. */
export interface NotFound {
  readonly type: 'not_found'
  readonly error: ProviderError
}

/** One page of the workspace's list, newest first. */
export interface ListPage {
  readonly type: 'page'
  readonly batches: readonly RemoteBatch[]
  readonly hasMore: boolean
  /** The provider's `date` header. */
  readonly serverAt: EpochMs
  /** The workspace header; null when there is none. */
  readonly workspaceId: string | null
}

/**
 * What became of a create call.
 *
 * `accepted`: a clear 200 with a batch of the right count. `refused`: the API itself said no, for sure.
 * `not_sent`: for sure the last byte never left. `ambiguous`: everything else, so it may have been accepted.
 */
export type CreateResult =
  | { readonly type: 'accepted'; readonly batch: RemoteBatch }
  | { readonly type: 'refused'; readonly error: ProviderError }
  | { readonly type: 'not_sent'; readonly error: ProviderError }
  | { readonly type: 'ambiguous'; readonly error: ProviderError }

/**
 * What became of a call that is answered in real time.
 *
 * `answered`: a clear 200 with a message, which is paid. `refused`: the API itself said no, for sure, and nothing is paid: a 4xx in
 * its envelope, or its 529. `not_sent`: for sure the last byte never left. `ambiguous`: everything else, so it may have been paid.
 */
export type MessageResult =
  | {
      readonly type: 'answered'
      /** The message as it came. */
      readonly message: Uint8Array
      readonly limits: RateLimits
      /** The provider's `date` header. */
      readonly serverAt: EpochMs
    }
  | {
      readonly type: 'refused'
      readonly error: ProviderError
      readonly limits: RateLimits
      readonly serverAt: EpochMs
    }
  | { readonly type: 'not_sent'; readonly error: ProviderError }
  | { readonly type: 'ambiguous'; readonly error: ProviderError }

/** A call that is answered in real time. */
export interface MessageParams {
  readonly account: AccountId
  /** Headers of the call; {@link laneOf} reads it. */
  readonly lane: string
  /** A second call for the same nonce is refused by the transport, in this process, for good. */
  readonly nonce: Nonce
  /** The JSON of the call: a request's params. */
  readonly body: Uint8Array
  /** From the first byte to the whole answer. What takes longer is given up, and its answer is lost. */
  readonly timeoutMs: number
  /** Asked before the first byte; false ends the call without one. */
  readonly mayContinue: () => boolean
  readonly signal?: AbortSignal | undefined
}

/** What became of asking for a batch. */
export type RetrieveResult =
  | { readonly type: 'batch'; readonly batch: RemoteBatch }
  | NotFound
  | CallFailed

/** What became of asking for a list page. */
export type ListResult = ListPage | CallFailed

/** What became of asking to cancel. `too_late`: it has ended already. */
export type CancelResult =
  | { readonly type: 'batch'; readonly batch: RemoteBatch }
  | { readonly type: 'too_late'; readonly error: ProviderError }
  | NotFound
  | CallFailed

/** A piece of a results file: whole lines without their line feed, and in the end how it ended. */
export type ResultsPiece =
  | { readonly type: 'lines'; readonly lines: readonly Uint8Array[] }
  /** `clean`: the body ended properly, which does not prove that every row was there. */
  | { readonly type: 'end'; readonly clean: boolean; readonly error: ProviderError | null }

/** What became of asking for results. The pieces end with exactly one `end`; iterating never throws. */
export type ResultsResult =
  | { readonly type: 'results'; readonly pieces: AsyncIterable<ResultsPiece> }
  | NotFound
  | CallFailed

/** What became of asking how many tokens a prompt has. The provider calls its count an estimate; it is not billed. */
export type CountTokensResult = { readonly type: 'counted'; readonly tokens: number } | CallFailed

/** A create call. */
export interface CreateParams {
  readonly account: AccountId
  /** Headers that the whole batch shares; {@link laneOf} reads it. */
  readonly lane: string
  /** A second create for the same nonce is refused by the transport, in this process, for good. */
  readonly nonce: Nonce
  /** Requests in the body; an answer with another count is not an acceptance. */
  readonly requestCount: number
  /** Exact size of the body. */
  readonly contentLength: number
  /** The body, in pieces of any size. A piece stays as it is until it is given back. */
  readonly body: AsyncIterable<Uint8Array>
  /**
   * Takes back a piece whose bytes have left the process, so that the next ones are written over them and memory stays
   * flat. Only for a transport that is told when that is; every other one keeps its pieces and never calls this.
   */
  readonly reuse?: ((piece: Uint8Array) => void) | undefined
  /** Asked before every piece and again before the last byte; false aborts the call before that byte. */
  readonly mayContinue: () => boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * The provider. Each method is one call, never repeated inside; each result is a value, not an exception.
 *
 * Unknown fields are ignored and absent ones tolerated; what is passed on is typed.
 */
export interface Transport {
  /** The newest page of the list, as a {@link ListPage} whose header values a send is judged by later. */
  snapshot(
    params: Readonly<{ account: AccountId; signal?: AbortSignal | undefined }>,
  ): Promise<ListResult>
  createBatch(params: CreateParams): Promise<CreateResult>
  /** Has one request answered in real time. */
  createMessage(params: MessageParams): Promise<MessageResult>
  retrieve(
    params: Readonly<{ account: AccountId; remoteId: RemoteId; signal?: AbortSignal | undefined }>,
  ): Promise<RetrieveResult>
  /** The page after `afterId` (older), the newest page for null. `limit` is 1 to 1,000. */
  list(
    params: Readonly<{
      account: AccountId
      afterId: RemoteId | null
      limit: number
      signal?: AbortSignal | undefined
    }>,
  ): Promise<ListResult>
  cancel(
    params: Readonly<{ account: AccountId; remoteId: RemoteId; signal?: AbortSignal | undefined }>,
  ): Promise<CancelResult>
  /** From the batch's own path on the configured origin, never another host. */
  streamResults(
    params: Readonly<{ account: AccountId; remoteId: RemoteId; signal?: AbortSignal | undefined }>,
  ): Promise<ResultsResult>
  /**
   * How many tokens a prompt has. `body` is the JSON of the call: of a request's params those that `countBodyOf` keeps.
   * Nothing runs and nothing is billed; the provider limits these calls apart from all others.
   */
  countTokens(
    params: Readonly<{
      account: AccountId
      /** Headers that the request would be sent with; {@link laneOf} reads it. */
      lane: string
      body: Uint8Array
      signal?: AbortSignal | undefined
    }>,
  ): Promise<CountTokensResult>
}
