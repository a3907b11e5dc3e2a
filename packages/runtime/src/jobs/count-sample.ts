import { setTimeout as wait } from 'node:timers/promises'
import { type AccountId, laneKey, type Transport } from '@halfrate/core'
import {
  type CountedStratum,
  countBodyOf,
  countedTokens,
  type DrawnStratum,
  type SampledStratum,
} from '@halfrate/core/money'

/** What the provider counted of the rows that were drawn. */
export interface CountedSample {
  /** By stratum; empty when nothing was counted. */
  readonly counted: ReadonlyMap<string, CountedStratum>
  /** Why it was not, or not all of it; null when all drawn rows were asked about. */
  readonly problem: string | null
}

/** With what a sample is counted. */
export interface CountSampleParams {
  /** May throw, when there is no key. */
  readonly transport: () => Promise<Transport>
  readonly account: AccountId
  readonly drawn: readonly DrawnStratum[]
  readonly signal?: AbortSignal | undefined
}

// At most 20 calls a second of real time: 1,200 a minute, where the least tier that is published has 2,000.
const SPACING_MS = 50
const AT_ONCE = 4
// What the provider says of one prompt alone; everything else would be said of the next one too.
const OF_ONE_ROW: readonly (number | null)[] = [400, 413]

/**
 * Asks the provider for the tokens of the rows that were drawn, each once, a few at a time and not faster than its limits.
 *
 * Never throws for what the provider says: a call that fails ends the counting, and what was counted by then stands where it
 * suffices. A prompt that can't be counted by itself is left out. Nothing but these calls goes anywhere.
 */
export async function countSample(params: CountSampleParams): Promise<CountedSample> {
  const counts = new Map<string, { textBytes: number; tokens: number }[]>()
  const rows = params.drawn.flatMap(({ stratum, drawn }) => drawn.map((row) => ({ stratum, row })))
  const transport = await params.transport()
  let problem: string | null = null
  const next = rows[Symbol.iterator]()
  const work = async (): Promise<void> => {
    for (const { stratum, row } of next) {
      if (problem !== null || params.signal?.aborted === true) return
      const body = countBodyOf(row)
      if (body === null) continue
      const { account, signal } = params
      const [result] = await Promise.all([
        transport.countTokens({ account, lane: laneKey({}), body, signal }),
        wait(SPACING_MS * AT_ONCE),
      ])
      if (result.type === 'counted') {
        const { textBytes } = row
        counts.set(stratum, [...(counts.get(stratum) ?? []), { textBytes, tokens: result.tokens }])
      } else if (!OF_ONE_ROW.includes(result.error.status)) problem ??= result.error.message
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const sample = params.drawn.map(
    ({ stratum, model, rows, textBytes }): SampledStratum => ({
      ...{ stratum, model, rows, textBytes },
      counted: counts.get(stratum) ?? [],
    }),
  )
  const counted = countedTokens(sample)
  return { counted, problem: problem ?? nothingCounted(rows.length, counted.size) }
}

function nothingCounted(asked: number, strata: number): string | null {
  if (strata > 0) return null
  return asked === 0 ? 'no row can be counted by itself' : 'no row of them could be counted'
}
