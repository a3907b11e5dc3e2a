import type { CallFailed, Transport } from '@halfrate/core'

const FAILED: CallFailed = {
  type: 'failed',
  error: {
    status: null,
    type: null,
    code: null,
    message: 'offline',
    requestId: null,
    retryAfterMs: null,
  },
}

/** A provider that can't be reached. */
export const OFFLINE: Transport = {
  snapshot: () => Promise.resolve(FAILED),
  createBatch: () => Promise.resolve({ type: 'not_sent', error: FAILED.error }),
  createMessage: () => Promise.resolve({ type: 'not_sent', error: FAILED.error }),
  retrieve: () => Promise.resolve(FAILED),
  list: () => Promise.resolve(FAILED),
  cancel: () => Promise.resolve(FAILED),
  streamResults: () => Promise.resolve(FAILED),
  countTokens: () => Promise.resolve(FAILED),
}
