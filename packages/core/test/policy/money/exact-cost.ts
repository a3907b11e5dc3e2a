import type { Usage } from '../../../src/model/usage.js'
import { PRICE_FILE } from './arrange.js'

interface Fraction {
  readonly top: bigint
  readonly bottom: bigint
}

type ListedRates = Readonly<Record<string, unknown>>

interface ListedTier {
  readonly threshold_prompt_tokens: number
  readonly above: ListedRates
}

const LIST = JSON.parse(PRICE_FILE) as Readonly<Record<string, ListedRates>>

const CLASSES = [
  ['inputTokens', 'input'],
  ['outputTokens', 'output'],
  ['cacheReadTokens', 'cache_read'],
  ['cacheWrite5mTokens', 'cache_write_5m'],
  ['cacheWrite1hTokens', 'cache_write_1h'],
] as const

/** Models of the list with a price for everything. */
export const PRICED_MODELS: readonly string[] = Object.keys(LIST).filter(
  (id) => typeof LIST[id]?.input === 'number',
)

/**
 * What usage costs today in dollars, as an exact fraction, worked out from the printed list alone: its own batch
 * columns, its own tier, a surcharge by the printed rule. Nothing of the code under test is used.
 */
export function exactCost(
  params: Readonly<{
    usage: Usage
    model: string
    route: 'batch' | 'realtime'
    isUsDearer: boolean
  }>,
): Fraction {
  const rates = listedRates(params.model, params.usage)
  const column = params.route === 'batch' ? 'batch_' : ''
  let sum: Fraction = { top: 0n, bottom: 1n }
  for (const [tokens, name] of CLASSES) {
    const perMillion = decimal(rates[`${column}${name}`])
    sum = plus(sum, {
      top: perMillion.top * BigInt(params.usage[tokens]),
      bottom: perMillion.bottom * 1_000_000n,
    })
  }
  if (params.isUsDearer) sum = { top: sum.top * 11n, bottom: sum.bottom * 10n }
  return plus(sum, { top: BigInt(params.usage.webSearchRequests) * 10n, bottom: 1_000n })
}

/** Rounds dollars half up to whole nano-dollars. */
export function toNano({ top, bottom }: Fraction): number {
  const doubled = (2n * top * 1_000_000_000n + bottom) / bottom
  return Number(doubled / 2n)
}

function listedRates(model: string, used: Usage): ListedRates {
  const row = LIST[model] ?? {}
  const tier = row.tier as ListedTier | undefined
  const prompt =
    used.inputTokens + used.cacheReadTokens + used.cacheWrite5mTokens + used.cacheWrite1hTokens
  return tier !== undefined && prompt > tier.threshold_prompt_tokens ? tier.above : row
}

function plus(a: Fraction, b: Fraction): Fraction {
  return { top: a.top * b.bottom + b.top * a.bottom, bottom: a.bottom * b.bottom }
}

function decimal(value: unknown): Fraction {
  const [whole = '', fraction = ''] = Number(value).toFixed(9).split('.')
  return { top: BigInt(whole + fraction), bottom: 10n ** 9n }
}
