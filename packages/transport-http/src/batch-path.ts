import type { RemoteId } from '@halfrate/core'
import { CallEndedError } from './call-ended-error.js'

/** Where batches are made and listed. */
export const BATCHES_PATH = '/v1/messages/batches'

/**
 * A batch's own path.
 *
 * @throws {CallEndedError} for an id that would name another path once the URL is put together.
 */
export function batchPath(remoteId: RemoteId): string {
  const isStep = remoteId === '' || remoteId === '.' || remoteId === '..'
  if (isStep) throw new CallEndedError(`"${remoteId}" is no id of a batch.`)
  return `${BATCHES_PATH}/${encodeURIComponent(remoteId)}`
}
