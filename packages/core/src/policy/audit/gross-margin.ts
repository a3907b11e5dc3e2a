import type { NanoUsd } from '../../model/money.js'

/** A gross margin before and after, in hundredths of a per cent, rounded half away from zero: 8,000 is 80 %. */
export interface GrossMargin {
  readonly before: number
  readonly after: number
}

const WHOLE = 10_000n

/**
 * The gross margin of a period before and after its cost of goods sold falls by what is saved.
 *
 * Null when there is no revenue, for then there is no margin.
 */
export function grossMarginOf(params: {
  readonly revenueNano: NanoUsd | bigint
  readonly cogsNano: NanoUsd | bigint
  readonly savedNano: NanoUsd | bigint
}): GrossMargin | null {
  const revenue = BigInt(params.revenueNano)
  if (revenue <= 0n) return null
  const cogs = BigInt(params.cogsNano)
  const shareOf = (cost: bigint): number => {
    const part = (revenue - cost) * WHOLE
    const half = part < 0n ? -revenue : revenue
    return Number((2n * part + half) / (2n * revenue))
  }
  return { before: shareOf(cogs), after: shareOf(cogs - BigInt(params.savedNano)) }
}
