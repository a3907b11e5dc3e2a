import type { RemoteId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import type { QuarantinedLine } from '../ports/store-collecting.js'
import type { ImportedLine, ImportHome } from '../ports/store-sending.js'
import { adoptedHome } from './adopt.js'
import { type EngineContext, tell } from './context.js'
import type { HeldLease } from './held-lease.js'
import { ImportReader } from './import-reader.js'
import { keepAside, type NumberedLine, refusedLines } from './keep-aside.js'
import { readPolicy } from './policies.js'
import type { FetchEnd } from './read-lines.js'
import { RECOVERED_HOME } from './recovery.js'

// A page of huge lines is booked early, so that memory stays flat.
const PAGE_BYTES = 16 * 1024 * 1024

interface Importing {
  readonly context: EngineContext
  readonly lease: HeldLease
  readonly submission: Submission
}

/**
 * Fetches the results of a batch that the store did not send, and books them by page: under the requests that it has,
 * and under new ones, done already, for those that it lacks. Repeats are harmless.
 */
export async function importResults(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<FetchEnd> {
  const importing: Importing = { context, lease, submission }
  const results = await context.transport.streamResults({
    account: submission.account,
    remoteId: submission.remoteId as RemoteId,
    signal: context.signal,
  })
  if (results.type === 'not_found') return { type: 'missing' }
  if (results.type === 'failed') return { type: 'broken', error: results.error }
  const policy = await readPolicy(context, submission.project, submission.queue)
  const reader = new ImportReader(context, submission, policy)
  const { pageLimit } = context.store.traits
  let page: NumberedLine<ImportedLine>[] = []
  let aside: QuarantinedLine[] = []
  let pageBytes = 0
  let lineNumber = 0
  for await (const piece of results.pieces) {
    if (piece.type === 'end') {
      await book(importing, page, aside)
      const isWhole = piece.clean || piece.error?.code === 'line_too_long'
      return isWhole ? { type: 'complete' } : { type: 'broken', error: piece.error }
    }
    for (const bytes of piece.lines) {
      const line = reader.read(bytes, lineNumber)
      if ('reason' in line) aside.push(line)
      else page.push({ line, lineNumber })
      pageBytes += bytes.length
      lineNumber += 1
      if (page.length + aside.length < pageLimit && pageBytes < PAGE_BYTES) continue
      await book(importing, page, aside)
      page = []
      aside = []
      pageBytes = 0
    }
  }
  return { type: 'broken', error: null }
}

// Lines are sorted by request id, so that two collectors of one database lock rows in the same order.
async function book(
  { context, lease, submission }: Importing,
  page: readonly NumberedLine<ImportedLine>[],
  aside: readonly QuarantinedLine[],
): Promise<void> {
  await lease.keep()
  const kept = [...aside]
  if (page.length > 0) {
    const sorted = [...page].sort((a, b) => (a.line.requestId ?? 0) - (b.line.requestId ?? 0))
    const { account, nonce, look } = submission
    const result = await context.store.importSubmission({
      ...{ account, nonce, look, firstRequestId: null },
      batch: batchOf(submission),
      home: homeOf(submission),
      lines: sorted.map(({ line }) => line),
    })
    const { fresh, done } = result
    if (fresh > 0) tell(context, { type: 'settled', submissionId: submission.id, fresh, done })
    kept.push(...refusedLines(sorted, result.unknown, 'unknown_request'))
    kept.push(...refusedLines(sorted, result.conflicts, 'conflict'))
  }
  if (kept.length > 0) await keepAside(context, submission, kept)
}

function homeOf(submission: Submission): ImportHome {
  return submission.look === null ? adoptedHome(submission) : RECOVERED_HOME
}

// Only its id counts: the submission is there.
function batchOf(submission: Submission): RemoteBatch {
  return {
    id: submission.remoteId as RemoteId,
    status: 'ended',
    counts: submission.counts ?? {
      processing: 0,
      succeeded: 0,
      errored: 0,
      canceled: 0,
      expired: 0,
    },
    createdAt: submission.remoteCreatedAt ?? 0,
    expiresAt: submission.remoteExpiresAt ?? 0,
    endedAt: submission.remoteEndedAt,
    cancelInitiatedAt: null,
    archivedAt: submission.remoteArchivedAt,
  }
}
