import type { Batch } from './batch.js'
import type { ForeignBatchParams } from './call-params.js'
import { DEFAULT_CALLER } from './caller.js'
import { MODELS } from './catalogue.js'
import { makeBatch } from './make-batch.js'
import type { ModelSettings } from './options.js'
import { ROW_KIND, RowTable } from './row-table.js'

const MODEL = MODELS.findIndex((model) => model.id === 'claude-haiku-5-5')

/** Makes a stranger's batch: short rows, all of which succeed. */
export function foreignBatch(facts: {
  readonly settings: ModelSettings
  readonly sequence: number
  /** Used if the params name no workspace. */
  readonly workspaceId: string
  readonly params: ForeignBatchParams
}): Batch {
  const { count, customIds, now, turnaroundMs } = facts.params
  return makeBatch({
    settings: facts.settings,
    sequence: facts.sequence,
    workspaceId: facts.params.workspaceId ?? facts.workspaceId,
    version: DEFAULT_CALLER.version ?? '',
    rows: foreignRows(count, customIds),
    hasHeldRow: false,
    createdAt: now,
    isForeign: true,
    twinOf: null,
    fault: turnaroundMs === undefined ? null : { turnaroundMs },
  })
}

function foreignRows(count: number, customIds?: readonly string[]): RowTable {
  const rows = new RowTable()
  for (let row = 0; row < count; row++) {
    rows.append({
      customId: customIds?.[row] ?? `foreign-${row}`,
      body: "a stranger's document",
      kind: ROW_KIND.synthetic,
      flags: 0,
      model: MODEL,
      progress: row,
      inputTokens: 40,
      prefixLow: 0,
      prefixHigh: 0,
      prefixTokens: 0,
      outputTokens: 40,
      characters: 100,
    })
  }
  rows.trim()
  return rows
}
