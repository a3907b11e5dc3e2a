import type { Caller } from './caller.js'
import type { UploadItem } from './create-upload.js'

/** When a call comes and by whom. */
export interface CallParams {
  /** Instant of the call. Epoch milliseconds; never earlier than that of the call before. */
  readonly now: number
  /** Who calls. Default: {@link DEFAULT_CALLER}. */
  readonly caller?: Caller
}

/** A call about one batch. */
export interface BatchCallParams extends CallParams {
  readonly id: string
}

/** A call for a page of batches. */
export interface ListParams extends CallParams {
  /** Most batches on the page. 1 to 1,000. Default 20. */
  readonly limit?: number
  /** Only batches older than this one. Not together with `beforeId`. */
  readonly afterId?: string
  /** Only batches newer than this one, the nearest first to be taken. */
  readonly beforeId?: string
}

/** A call with a JSON body. */
export interface BodyCallParams extends CallParams {
  /** The parsed body, of any shape. */
  readonly body: unknown
}

/** A whole create call at once. */
export interface CreateParams extends CallParams {
  readonly items: Iterable<UploadItem>
  /** Size of the body. Default: not known, no limit is checked. */
  readonly bytes?: number
}

/** A stranger's batch in a workspace of ours. */
export interface ForeignBatchParams {
  /** When it is created. Epoch milliseconds. */
  readonly now: number
  /** Requests in it. Whole number from 1. */
  readonly count: number
  /** Their ids. Default: `foreign-0` and so on. */
  readonly customIds?: readonly string[]
  /** Time to its end. Milliseconds. Default: drawn like any other. */
  readonly turnaroundMs?: number
  /** Default: the workspace of callers without a workspace of their own. */
  readonly workspaceId?: string
}
