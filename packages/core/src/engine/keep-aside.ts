import type { Submission } from '../model/submission.js'
import type { QuarantinedLine } from '../ports/store-collecting.js'
import { alarm, type EngineContext } from './context.js'
import { keptAside } from './read-lines.js'

/** A line of a results file, with its number in the file. */
export interface NumberedLine<Line> {
  readonly line: Line
  readonly lineNumber: number
}

/** Keeps the bytes of lines that can't be booked, and raises the alarm when some of them are new. */
export async function keepAside(
  context: EngineContext,
  submission: Submission,
  lines: readonly QuarantinedLine[],
): Promise<void> {
  const { store } = context
  const { id: submissionId, remoteId } = submission
  const { pageLimit } = store.traits
  let added = 0
  for (let from = 0; from < lines.length; from += pageLimit) {
    const page = lines.slice(from, from + pageLimit)
    added += (await store.quarantine({ submissionId, remoteId, lines: page })).added
  }
  if (added === 0) return
  alarm(context, {
    code: 'quarantined',
    message: `${added} lines of batch ${remoteId} could not be booked; their bytes are kept aside.`,
    submissionId,
    remoteId,
  })
}

/** Those lines of a page, by their indexes, that the store did not book. */
export function refusedLines(
  page: readonly NumberedLine<{ readonly bytes: Uint8Array }>[],
  indexes: readonly number[],
  reason: QuarantinedLine['reason'],
): readonly QuarantinedLine[] {
  return indexes.flatMap((index) => {
    const found = page[index]
    return found === undefined ? [] : [keptAside(reason, found.lineNumber, found.line.bytes)]
  })
}
