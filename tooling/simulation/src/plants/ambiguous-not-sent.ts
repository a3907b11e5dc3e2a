import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** No answer is taken for no send. */
export const ambiguousNotSent: Plant = {
  name: 'ambiguous_not_sent',
  about: 'A create whose answer was lost passes for one that never left.',
  within: 30,
  transport: (transport) =>
    wrappedTransport(transport, {
      createBatch: async (params) => {
        const result = await transport.createBatch(params)
        return result.type === 'ambiguous' ? { ...result, type: 'not_sent' } : result
      },
    }),
}
