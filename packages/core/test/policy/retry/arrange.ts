import type { ProviderError } from '../../../src/model/provider-error.js'

/** An error without anything but what a test names. */
export function providerError(changes: Partial<ProviderError>): ProviderError {
  return {
    status: null,
    type: null,
    code: null,
    message: 'something',
    requestId: null,
    retryAfterMs: null,
    ...changes,
  }
}
