import type { RemoteId } from '../model/ids.js'
import type { Look, Submission } from '../model/submission.js'
import type { QuarantinedLine, ResultLine } from '../ports/store-collecting.js'
import { alarm, type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'
import { readPolicy } from './policies.js'
import { type FetchEnd, isBookable, keptAside, LineReader } from './read-lines.js'

// A page of huge lines is booked early, so that memory stays flat.
const PAGE_BYTES = 16 * 1024 * 1024

interface NumberedLine {
  readonly line: ResultLine
  readonly lineNumber: number
}

/** What one fetch is about. */
interface Fetching {
  readonly context: EngineContext
  readonly lease: HeldLease
  readonly submission: Submission
}

/**
 * Fetches an ended batch's results from the first byte and books them by page. Repeats are harmless: a line is booked
 * once, whoever fetched it.
 */
export async function fetchResults(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<FetchEnd> {
  const fetching: Fetching = { context, lease, submission }
  const results = await context.transport.streamResults({
    account: submission.account,
    remoteId: submission.remoteId as RemoteId,
    signal: context.signal,
  })
  if (results.type === 'not_found') return { type: 'missing' }
  if (results.type === 'failed') return { type: 'broken', error: results.error }
  const policy = await readPolicy(context, submission.project, submission.queue)
  const reader = new LineReader(context, {
    submission,
    policy,
    look: await lookOf(context, submission),
  })
  let page: NumberedLine[] = []
  let pageBytes = 0
  let aside: QuarantinedLine[] = []
  let lineNumber = 0
  for await (const piece of results.pieces) {
    if (piece.type === 'end') {
      await book(fetching, page, aside)
      // A line beyond the cap was skipped; the next fetch would skip it again, so this one was as whole as any.
      const isWhole = piece.clean || piece.error?.code === 'line_too_long'
      return isWhole ? { type: 'complete' } : { type: 'broken', error: piece.error }
    }
    for (const bytes of piece.lines) {
      const line = reader.read(bytes, lineNumber)
      if (isBookable(line)) page.push({ line, lineNumber })
      else aside.push(line)
      pageBytes += bytes.length
      lineNumber += 1
      const isFull = page.length >= context.store.traits.pageLimit || pageBytes >= PAGE_BYTES
      if (isFull || aside.length >= context.store.traits.pageLimit) {
        await book(fetching, page, aside)
        page = []
        aside = []
        pageBytes = 0
      }
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

// Lines are sorted by request id, so that two collectors of one database lock rows in the same order.
async function book(
  { context, lease, submission }: Fetching,
  page: readonly NumberedLine[],
  aside: readonly QuarantinedLine[],
): Promise<void> {
  await lease.keep()
  const kept = [...aside]
  if (page.length > 0) {
    const sorted = [...page].sort((a, b) => a.line.requestId - b.line.requestId)
    const result = await context.store.settle({
      submissionId: submission.id,
      addMissing: submission.twinOf !== null,
      lines: sorted.map(({ line }) => line),
    })
    const { fresh, done } = result
    if (fresh > 0) tell(context, { type: 'settled', submissionId: submission.id, fresh, done })
    kept.push(...asideOf(sorted, result.unknown, 'unknown_request'))
    kept.push(...asideOf(sorted, result.conflicts, 'conflict'))
  }
  if (kept.length === 0) return
  const { remoteId } = submission
  const pageLimit = context.store.traits.pageLimit
  let added = 0
  for (let from = 0; from < kept.length; from += pageLimit) {
    const lines = kept.slice(from, from + pageLimit)
    added += (await context.store.quarantine({ submissionId: submission.id, remoteId, lines }))
      .added
  }
  if (added === 0) return
  alarm(context, {
    code: 'quarantined',
    message: `${added} lines of batch ${remoteId} could not be booked; their bytes are kept aside.`,
    submissionId: submission.id,
    remoteId,
  })
}

function asideOf(
  page: readonly NumberedLine[],
  indexes: readonly number[],
  reason: QuarantinedLine['reason'],
): readonly QuarantinedLine[] {
  return indexes.flatMap((index) => {
    const numbered = page[index]
    return numbered === undefined
      ? []
      : [keptAside(reason, numbered.lineNumber, numbered.line.bytes)]
  })
}
