import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import type { EngineSettings } from './engine-settings.js'

// A promise rests on the settle window, so that it is told long before the window is too short.
const TOLD_FROM_SHARE = 3

/**
 * How long after the last byte of it could be sent the provider made a batch, ms on the provider's clock: negative for
 * nearly every one. Null when what was seen before the send is not known.
 */
export function acceptedAfterMs(
  { look, sendNotAfterAt }: Pick<Submission, 'look' | 'sendNotAfterAt'>,
  { createdAt }: Pick<RemoteBatch, 'createdAt'>,
): number | null {
  if (look === null || sendNotAfterAt === null) return null
  return createdAt - (look.serverAt + (sendNotAfterAt - look.storeAt))
}

/** Whether a batch was made so late that people should hear of it: after more than a third of the settle window. */
export function isAcceptedLate(
  afterMs: number | null,
  settings: Pick<EngineSettings, 'settleMs'>,
): boolean {
  return afterMs !== null && afterMs > settings.settleMs / TOLD_FROM_SHARE
}
