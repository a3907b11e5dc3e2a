import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** An error of the server is taken for its no. */
export const serverErrorRefused: Plant = {
  name: 'server_error_refused',
  about: 'A 5xx or 529 to a create counts as a refusal, though the batch may be there.',
  within: 150,
  transport: (transport) =>
    wrappedTransport(transport, {
      createBatch: async (params) => {
        const result = await transport.createBatch(params)
        const isServerError = result.type === 'ambiguous' && (result.error.status ?? 0) >= 500
        return isServerError ? { ...result, type: 'refused' } : result
      },
    }),
}
