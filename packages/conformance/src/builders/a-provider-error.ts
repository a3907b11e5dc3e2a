import type { ProviderError } from '@halfrate/core'

/** Builds an error as the transport reports it: an overloaded provider. */
export function aProviderError(overrides: Partial<ProviderError> = {}): ProviderError {
  return {
    status: 529,
    type: 'overloaded_error',
    code: null,
    message: 'Overloaded',
    requestId: 'req_1',
    retryAfterMs: null,
    ...overrides,
  }
}
