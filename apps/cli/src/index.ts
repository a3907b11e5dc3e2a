/**
 * Halfrate, the half-price route for Claude: the command `halfrate`, and for programs its library, which is that of
 * `@halfrate/runtime`. It must never decide anything that core does not. Begin reading at {@link openHalfrate}.
 */

export {
  type Enqueued,
  type EnqueueOptions,
  type FastClock,
  type Halfrate,
  type HalfrateOptions,
  type HalfrateQueue,
  KeyTakenError,
  openHalfrate,
  type TransactionClient,
} from '@halfrate/runtime'
