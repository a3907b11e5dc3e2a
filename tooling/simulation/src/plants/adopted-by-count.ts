import { type Store, type Submission, type Transport, totalOf } from '@halfrate/core'
import type { Plant, PlantReach } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** A batch of the right size is taken for the one that is looked for. */
export const adoptedByCount: Plant = {
  name: 'adopted_by_count',
  about: 'A batch is adopted because it has the right count, without the proof of its ids.',
  within: 60,
  transport: (transport, reach) => hasty(transport, reach),
}

function hasty(transport: Transport, { judge }: PlantReach): Transport {
  return wrappedTransport(transport, {
    list: async (params) => {
      const page = await transport.list(params)
      if (page.type !== 'page') return page
      for (const batch of page.batches) {
        const lost = judge.submissions
          .all()
          .find((each) => each.state === 'ambiguous' && each.requestCount === totalOf(batch.counts))
        if (lost !== undefined) await adopt(judge.store, lost, batch)
      }
      return page
    },
  })
}

type Batch = Extract<Parameters<Store['recordEvidence']>[0]['evidence'], { batch: object }>['batch']

async function adopt(store: Store, { account, nonce }: Submission, batch: Batch): Promise<void> {
  await store.recordEvidence({ account, nonce, evidence: { type: 'found', batch } })
}
