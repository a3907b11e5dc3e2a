import type { EpochMs, RequestId } from '@halfrate/core'
import type { ReceivedMessage } from '../jobs/result.js'

/** One promise that somebody waits for. */
export interface Waiter {
  readonly resolve: (message: ReceivedMessage) => void
  readonly reject: (reason: unknown) => void
  readonly call: PendingCall
  /** Each of them lets it go. */
  readonly signals: readonly AbortSignal[]
  readonly deadlineAt: EpochMs | null
}

/** A request that promises of this process wait for. There are very many of them, so it holds no bytes of params. */
export interface PendingCall {
  readonly key: string
  /** Of a call with a key of its own what it asks; null where the key is made of that. */
  readonly paramsHash: string | null
  /** Null until it is stored. */
  id: RequestId | null
  /** Whether a call of this process has put it there, so that it may take it back. */
  isMadeHere: boolean
  /** Whether a failure that is stored already is to be tried anew. */
  isRetried: boolean
  /** Whether it was being taken back when somebody asked for it again. */
  isDying: boolean
  readonly waiters: Set<Waiter>
}
