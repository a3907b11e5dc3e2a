import { type CostFigure, usdShort } from '@halfrate/core/money'

/** The figures of a cost in one word: `$4.10–5.30`, or `$0.40` where both ends are the same. */
export function rangeText({ lowNano, highNano }: Pick<CostFigure, 'lowNano' | 'highNano'>): string {
  const low = usdShort(lowNano)
  const high = usdShort(highNano)
  return low === high ? low : `${low}–${high.replace('$', '')}`
}
