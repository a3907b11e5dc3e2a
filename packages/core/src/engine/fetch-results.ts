import type { RemoteId } from '../model/ids.js'
import type { Look, Submission } from '../model/submission.js'
import type { ResultsPiece } from '../ports/transport.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import { noteTurnaround } from './note-turnaround.js'
import { readPolicy } from './policies.js'
import { type FetchEnd, LineReader } from './read-lines.js'
import { ResultBooker } from './result-booker.js'

/**
 * Fetches an ended batch's results from the first byte and books them by page. Repeats are harmless: a line is booked
 * once, whoever fetched it.
 */
export async function fetchResults(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<FetchEnd> {
  const results = await context.transport.streamResults({
    account: submission.account,
    remoteId: submission.remoteId as RemoteId,
    signal: context.signal,
  })
  if (results.type === 'not_found') return { type: 'missing' }
  if (results.type === 'failed') return { type: 'broken', error: results.error }
  const policy = await readPolicy(context, submission.project, submission.queue)
  const look = await lookOf(context, submission)
  const reader = new LineReader(context, { submission, policy, look })
  const booker = new ResultBooker(context, lease, submission)
  try {
    const end = await bookPieces(results.pieces, reader, booker)
    if (end.type === 'complete') await noteTurnaround(context, submission, reader.seen)
    return end
  } finally {
    await booker.settled()
  }
}

async function bookPieces(
  pieces: AsyncIterable<ResultsPiece>,
  reader: LineReader,
  booker: ResultBooker,
): Promise<FetchEnd> {
  let lineNumber = 0
  for await (const piece of pieces) {
    if (piece.type === 'end') {
      await booker.finish()
      // A line beyond the cap was skipped; the next fetch would skip it again, so this one was as whole as any.
      const isWhole = piece.clean || piece.error?.code === 'line_too_long'
      return isWhole ? { type: 'complete' } : { type: 'broken', error: piece.error }
    }
    for (const bytes of piece.lines) {
      booker.add(reader.read(bytes, lineNumber), lineNumber)
      lineNumber += 1
      if (booker.isPageDue) await booker.bookPage()
    }
  }
  return { type: 'broken', error: null }
}

// A twin was never sent by us: its ids were sealed for the send that something else repeated.
async function lookOf(context: EngineContext, submission: Submission): Promise<Look | null> {
  const { twinOf } = submission
  if (twinOf === null) return submission.look
  const original = await context.store.getSubmission({ submissionId: twinOf })
  return original?.look ?? null
}
