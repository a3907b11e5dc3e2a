import type { Transport } from '@halfrate/core'

/** A transport in which some calls are answered by others. */
export function wrappedTransport(transport: Transport, calls: Partial<Transport>): Transport {
  return {
    snapshot: (params) => transport.snapshot(params),
    createBatch: (params) => transport.createBatch(params),
    createMessage: (params) => transport.createMessage(params),
    retrieve: (params) => transport.retrieve(params),
    list: (params) => transport.list(params),
    cancel: (params) => transport.cancel(params),
    streamResults: (params) => transport.streamResults(params),
    countTokens: (params) => transport.countTokens(params),
    ...calls,
  }
}
