/** How many of how many. */
export interface Share {
  readonly count: number
  readonly of: number
}

/** Between which differences the true one of two shares lies, 19 in 20; -1 to 1. */
export interface DifferenceRange {
  readonly low: number
  readonly high: number
}

const Z = 1.959964

/**
 * How much larger the share behind `one` is than that behind `other`, by Newcombe's interval of two of Wilson's: it holds for
 * shares close to all and to none too, which those of usable answers and of late ones are.
 */
export function shareDifference(one: Share, other: Share): DifferenceRange {
  const [a, b] = [wilson(one), wilson(other)]
  const difference = a.share - b.share
  return {
    low: difference - Math.hypot(a.share - a.low, b.high - b.share),
    high: difference + Math.hypot(a.high - a.share, b.share - b.low),
  }
}

function wilson({ count, of }: Share): {
  readonly share: number
  readonly low: number
  readonly high: number
} {
  if (of === 0) return { share: 0, low: 0, high: 1 }
  const share = count / of
  const square = Z * Z
  const middle = (count + square / 2) / (of + square)
  const half = (Z / (of + square)) * Math.sqrt((count * (of - count)) / of + square / 4)
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
