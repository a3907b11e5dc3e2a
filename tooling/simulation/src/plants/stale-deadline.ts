import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** A sender that stood still goes on as if no time had passed. */
export const staleDeadline: Plant = {
  name: 'stale_deadline',
  about: 'The deadline of a send is not looked at again before its last byte.',
  within: 150,
  transport: (transport) =>
    wrappedTransport(transport, {
      createBatch: (params) => transport.createBatch({ ...params, mayContinue: () => true }),
    }),
}
