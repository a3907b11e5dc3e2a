import type { NanoUsd, Usage } from '@halfrate/core'
import { type CostFacts, costOf } from '@halfrate/core/money'
import type { Plant } from './plant.js'
import { pricedAnew } from './priced-anew.js'

const KINDS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
] as const

/** Tokens of each kind are rounded by themselves. */
export const roundedByClass: Plant = {
  name: 'rounded_by_class',
  about: 'The cost of each kind of tokens is rounded by itself, and then they are added up.',
  within: 60,
  store: (store) => pricedAnew(store, sumOfRounded),
}

function sumOfRounded(facts: CostFacts): NanoUsd | null {
  const { usage } = facts
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens
  // Alone, one kind would not reach the threshold of a dearer price.
  if (prompt + usage.cacheWrite1hTokens > 100_000) return costOf(facts)
  const costs = KINDS.map((kind) =>
    costOf({ ...facts, usage: { ...none(usage), [kind]: usage[kind] } }),
  )
  const searches = costOf({
    ...facts,
    usage: { ...none(usage), webSearchRequests: usage.webSearchRequests },
  })
  return [...costs, searches].reduce<number>((sum, cost) => sum + (cost ?? 0), 0) as NanoUsd
}

function none({ inferenceGeo }: Usage): Usage {
  return {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    webSearchRequests: 0,
    inferenceGeo,
  }
}
