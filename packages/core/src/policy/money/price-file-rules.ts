import type { z } from 'zod'
import type { FileFee, FilePrices, FileRates, FileRow, FileTool } from './price-file-row.js'

const RATES = ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read'] as const

/** A batch price that is not half would be booked at another than it says. */
export function checkHalves(context: z.core.ParsePayload<Record<string, unknown>>): void {
  for (const name of RATES) {
    const [full, half] = [context.value[name], context.value[`batch_${name}`]]
    if (half === undefined || (half === null && full === null)) continue
    if (typeof full === 'number' && typeof half === 'number' && half * 2 === full) continue
    const message = `expected half of ${name}, which batches are booked at, got ${String(half)}`
    context.issues.push({ code: 'custom', input: half, path: [`batch_${name}`], message })
  }
}

/** A row that disagrees with its own history would be booked at one price and shown at another. */
export function checkHistory(
  context: z.core.ParsePayload<Pick<FileRow, 'cache_read' | 'cache_read_history'>>,
): void {
  const { cache_read, cache_read_history: history = [] } = context.value
  const newest = newestOf(history)
  const refuse = (message: string): void => {
    context.issues.push({ code: 'custom', input: history, path: ['cache_read_history'], message })
  }
  if (hasDayTwice(history)) refuse('expected every day once')
  if (newest === undefined || newest.cache_read === cache_read) return
  refuse(`expected its newest price to be cache_read, got ${newest.cache_read}`)
}

/** The same for one of all prices. */
export function checkRateHistory(
  context: z.core.ParsePayload<FilePrices & Pick<FileRow, 'history' | 'cache_read_history'>>,
): void {
  const { history, cache_read_history: cacheReads, ...row } = context.value
  const refuse = (message: string): void => {
    context.issues.push({ code: 'custom', input: history, path: ['history'], message })
  }
  if (history === undefined) return
  if (cacheReads !== undefined) refuse('expected none beside cache_read_history, got both')
  if (hasDayTwice(history)) refuse('expected every day once')
  const newest = newestOf(history)
  if (newest === undefined) return
  const odd = differenceOf(newest, row)
  if (odd !== null) refuse(`expected its newest prices to be those of the row, got another ${odd}`)
}

/** The same for the fee of a tool. */
export function checkFeeHistory(context: z.core.ParsePayload<FileTool>): void {
  const { history = [], ...tool } = context.value
  const refuse = (message: string): void => {
    context.issues.push({ code: 'custom', input: history, path: ['history'], message })
  }
  if (hasDayTwice(history)) refuse('expected every day once')
  const newest = newestOf(history)
  if (newest === undefined) return
  if (newest.usd !== tool.usd) refuse('expected its newest fee to be usd, got another')
  else if (batchFeeOf(newest) !== batchFeeOf(tool)) {
    refuse('expected its newest fee in batch to be batch_usd, got another')
  }
}

/** No discount on fees is documented, so a batch costs the same unless a file says otherwise. */
export function batchFeeOf({ usd, batch_usd = usd }: FileFee): number | null {
  return batch_usd
}

function differenceOf(one: FilePrices, other: FilePrices): string | null {
  const odd = oddRate(one, other)
  if (odd !== null) return odd
  const [a, b] = [one.tier ?? null, other.tier ?? null]
  if (a === null || b === null) return a === b ? null : 'tier'
  return a.threshold_prompt_tokens !== b.threshold_prompt_tokens ||
    oddRate(a.above, b.above) !== null
    ? 'tier'
    : null
}

function oddRate(one: FileRates, other: FileRates): string | null {
  return RATES.find((name) => one[name] !== other[name]) ?? null
}

function newestOf<T extends { readonly from: string }>(history: readonly T[]): T | undefined {
  return history.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1)
}

function hasDayTwice(history: readonly { readonly from: string }[]): boolean {
  return new Set(history.map(({ from }) => from)).size < history.length
}
