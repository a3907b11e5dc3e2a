import type { RemoteId } from './ids.js'
import type { OutcomeCounts } from './outcome.js'
import type { EpochMs } from './time.js'

/** The provider's three words for where a batch is. */
export type RemoteStatus = 'in_progress' | 'canceling' | 'ended'

/** A batch as the provider shows it. All instants are on the provider's clock. */
export interface RemoteBatch {
  readonly id: RemoteId
  readonly status: RemoteStatus
  readonly counts: OutcomeCounts
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs
  readonly endedAt: EpochMs | null
  readonly cancelInitiatedAt: EpochMs | null
  /** When its results became unavailable, 29 days after creation. */
  readonly archivedAt: EpochMs | null
}
