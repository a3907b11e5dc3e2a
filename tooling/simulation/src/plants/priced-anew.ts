import type { NanoUsd, ResultLine, Store } from '@halfrate/core'
import { type CostFacts, costOf } from '@halfrate/core/money'
import { readResultLine } from '@halfrate/core/results'
import { SIM_PRICE_BOOK } from '../scenario/prices.js'
import { wrappedStore } from './wrapped-store.js'

type Facts = Omit<CostFacts, 'route'>

/** A store whose answers are booked at other costs than the engine worked out; unknown ones stay so. */
export function pricedAnew(store: Store, costs: (facts: CostFacts) => NanoUsd | null): Store {
  return wrappedStore(store, {
    settle: async (params) => {
      const submission = await store.getSubmission({ submissionId: params.submissionId })
      const at = submission?.remoteCreatedAt ?? 0
      const lines = params.lines.map((line) => anew(line, at, costs))
      return await store.settle({ ...params, lines })
    },
  })
}

/** The same where only what the costs are worked out from is wrong. */
export function pricedBy(store: Store, wrong: (facts: CostFacts) => CostFacts): Store {
  return pricedAnew(store, (facts) => costOf(wrong(facts)))
}

function anew(
  line: ResultLine,
  at: number,
  costs: (facts: CostFacts) => NanoUsd | null,
): ResultLine {
  const read = readResultLine(line.bytes)
  const { usage } = line
  if (line.costNano === null || usage === null) return line
  if (read.type !== 'line' || read.model === null) return line
  const facts: Facts = { usage, model: read.model, at, book: SIM_PRICE_BOOK }
  return {
    ...line,
    costNano: costs({ ...facts, route: 'batch' }),
    realtimeNano: costs({ ...facts, route: 'realtime' }),
  }
}
