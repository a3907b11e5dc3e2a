import { DAY_MS, type EpochMs, type RemoteBatch } from '@halfrate/core'
import type { Reconciler } from '@halfrate/core/audit'
import { readResultLine } from '@halfrate/core/results'
import type { ProviderView } from '@halfrate/runtime'

/** Batches of a workspace that a store knows nothing of. */
export interface ElsewhereBatches {
  /** As the list names it; null when it does not. */
  readonly workspaceId: string | null
  readonly batches: readonly RemoteBatch[]
}

// Files of others can be large; this many answers are some minutes of reading.
const MOST_ANSWERS = 1_000_000

/**
 * Reads what batches of others used that ended on days that nothing explains yet, and hands each answer to the reconciler.
 *
 * @returns how many of them could not be read, or not wholly.
 */
export async function readElsewhere(
  reconciler: Pick<Reconciler, 'addElsewhere' | 'report'>,
  view: Pick<ProviderView, 'results'>,
  { workspaceId, batches }: ElsewhereBatches,
): Promise<number> {
  const days = openDays(reconciler)
  let [unread, answers] = [0, 0]
  for (const { id, createdAt, endedAt, counts } of batches) {
    if (endedAt === null || !days.has(dayAt(endedAt)) || counts.succeeded === 0) continue
    answers += counts.succeeded
    if (answers > MOST_ANSWERS) {
      unread += 1
      continue
    }
    const reading = await view.results(id)
    const read = { createdAt, endedAt, workspaceId, succeeded: counts.succeeded }
    if (reading.type !== 'results') unread += 1
    else if (!(await addAnswers(reconciler, reading.pieces, read))) unread += 1
  }
  return unread
}

// What is explained by less is not looked into: files of others are read where they can tell something.
function openDays(reconciler: Pick<Reconciler, 'report'>): ReadonlySet<string> {
  const { lines } = reconciler.report()
  const open = lines.filter(
    ({ causes }) => causes.includes('unexplained') || causes.includes('possibly_paid'),
  )
  return new Set(open.map(({ day }) => day))
}

async function addAnswers(
  reconciler: Pick<Reconciler, 'addElsewhere'>,
  pieces: Extract<Awaited<ReturnType<ProviderView['results']>>, { type: 'results' }>['pieces'],
  batch: {
    readonly createdAt: EpochMs
    readonly endedAt: EpochMs
    readonly workspaceId: string | null
    readonly succeeded: number
  },
): Promise<boolean> {
  let [read, isWhole] = [0, false]
  for await (const piece of pieces) {
    if (piece.type === 'end') {
      isWhole = piece.clean && read === batch.succeeded
      break
    }
    for (const bytes of piece.lines) {
      const line = readResultLine(bytes)
      if (line.type !== 'line' || line.outcome !== 'succeeded') continue
      const { model, usage } = line
      if (model === null || usage === null) continue
      read += 1
      reconciler.addElsewhere({ ...batch, model, usage })
    }
  }
  return isWhole
}

function dayAt(at: EpochMs): string {
  return new Date(Math.floor(at / DAY_MS) * DAY_MS).toISOString().slice(0, 10)
}
