import { type Batch, processedAt } from './batch.js'
import type { PromptCache } from './prompt-cache.js'
import { COLUMN, ROW_FLAG } from './row-table.js'
import type { SeededRandom } from './seeded-random.js'

/** What {@link settleCache} works with. */
export interface SettleCacheParams {
  readonly batch: Batch
  readonly cache: PromptCache
  readonly random: SeededRandom
  /** Share of possible cache reads that happen, 0 to 1. */
  readonly hitRate: number
}

/**
 * Decides for every row with a cached prefix whether it writes or reads it, once a batch is
 * accepted. Replaces the prefix in the row's cache columns by token counts.
 */
export function settleCache(params: SettleCacheParams): void {
  const { rows, workspaceId } = params.batch
  for (let row = 0; row < rows.length; row++) {
    if (!rows.has(row, ROW_FLAG.hasPrefix)) continue
    const tokens = rows.get(row, COLUMN.cacheC)
    const isOneHour = rows.has(row, ROW_FLAG.oneHour)
    const at = processedAt(params.batch, row)
    const hash = { low: rows.get(row, COLUMN.cacheA), high: rows.get(row, COLUMN.cacheB) }
    // A row that is never processed touches nothing.
    const isHit = Number.isFinite(at) && params.cache.touch({ workspaceId, hash, at, isOneHour })
    const isRead = isHit && params.random.fraction() < params.hitRate
    rows.set(row, COLUMN.inputTokens, rows.get(row, COLUMN.inputTokens) - tokens)
    rows.set(row, COLUMN.cacheA, !isRead && !isOneHour ? tokens : 0)
    rows.set(row, COLUMN.cacheB, !isRead && isOneHour ? tokens : 0)
    rows.set(row, COLUMN.cacheC, isRead ? tokens : 0)
  }
}
