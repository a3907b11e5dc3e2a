import { studentT } from './student-t.js'

/** The rows of one stratum, and those of them that the provider counted. */
export interface SampledStratum {
  readonly stratum: string
  readonly model: string
  readonly rows: number
  /** Bytes of text of all of them. */
  readonly textBytes: number
  readonly counted: readonly { readonly textBytes: number; readonly tokens: number }[]
}

/** What counting says of a stratum. */
export interface CountedStratum {
  /** Of all its rows together. */
  readonly tokens: number
  /** How far off the tokens of all counted strata of its model can be, together. */
  readonly errorShare: number
  readonly countedRows: number
}

/** Counts are estimates of the provider's own, and billing may add a few tokens. */
const LEAST_ERROR_SHARE = 0.01

interface Estimated {
  readonly sampled: SampledStratum
  readonly tokens: number
  readonly variance: number
  /** Degrees of freedom of the variance. */
  readonly freedom: number
}

/**
 * Makes of counts in a stratified sample the tokens of all rows, by stratum.
 *
 * A separate ratio estimator: in each stratum the tokens a byte of the counted rows, times the bytes of all its rows, which are
 * known. Its variance is that of the residuals about the ratio, with the correction for a finite number of rows, so that a
 * stratum counted whole has none. Variances are added over the strata of a model, and the interval is Student's, with
 * Satterthwaite's degrees of freedom: said to hold 19 times in 20, it is the one of 49 in 50, because a spread that is judged by
 * few and skewed rows comes out too small. It is never said to be below one percent.
 *
 * A stratum of several rows of which fewer than two were counted tells nothing about its spread, and is left out.
 */
export function countedTokens(
  sample: readonly SampledStratum[],
): ReadonlyMap<string, CountedStratum> {
  const byModel = new Map<string, Estimated[]>()
  for (const each of sample.flatMap(estimated)) {
    const { model } = each.sampled
    byModel.set(model, [...(byModel.get(model) ?? []), each])
  }
  return new Map(
    [...byModel.values()].flatMap((strata) => {
      const errorShare = errorShareOf(strata)
      return strata.map(({ sampled, tokens }): [string, CountedStratum] => [
        sampled.stratum,
        { tokens, errorShare, countedRows: sampled.counted.length },
      ])
    }),
  )
}

function estimated(sampled: SampledStratum): readonly Estimated[] {
  const { counted, rows } = sampled
  const count = counted.length
  if (count === 0 || (count < 2 && rows > count)) return []
  const bytes = counted.reduce((sum, row) => sum + row.textBytes, 0)
  const ratio = counted.reduce((sum, row) => sum + row.tokens, 0) / bytes
  const tokens = ratio * sampled.textBytes
  if (rows <= count) return [{ sampled, tokens, variance: 0, freedom: 1 }]
  const residuals = counted.reduce((sum, row) => sum + (row.tokens - ratio * row.textBytes) ** 2, 0)
  const spread = residuals / (count - 1)
  const variance = (rows ** 2 * (1 - count / rows) * spread) / count
  return [{ sampled, tokens, variance, freedom: count - 1 }]
}

function errorShareOf(strata: readonly Estimated[]): number {
  const tokens = strata.reduce((sum, each) => sum + each.tokens, 0)
  const variance = strata.reduce((sum, each) => sum + each.variance, 0)
  if (tokens === 0 || variance === 0) return LEAST_ERROR_SHARE
  const weight = strata.reduce((sum, each) => sum + each.variance ** 2 / each.freedom, 0)
  const error = studentT(variance ** 2 / weight) * Math.sqrt(variance)
  return Math.min(1, Math.max(LEAST_ERROR_SHARE, error / tokens))
}
