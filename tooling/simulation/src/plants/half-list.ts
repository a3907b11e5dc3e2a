import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** A list that is read halfway is taken for whole. */
export const halfList: Plant = {
  name: 'half_list',
  about: 'The first page of the list passes for all of it.',
  within: 300,
  transport: (transport) =>
    wrappedTransport(transport, {
      list: async (params) => {
        const page = await transport.list(params)
        return page.type === 'page' ? { ...page, hasMore: false } : page
      },
    }),
}
