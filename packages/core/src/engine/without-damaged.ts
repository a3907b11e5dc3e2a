import { EngineStoppedError } from '../errors.js'
import { hexOf } from '../model/hex.js'
import type { Verdict } from '../model/request.js'
import type { Submission } from '../model/submission.js'
import { blobMarksOf } from '../policy/intake/blob-mark.js'
import { alarm, type EngineContext } from './context.js'
import { fileFault } from './file-fault.js'
import type { HeldLease } from './held-lease.js'
import { takeApart } from './take-apart.js'

// As many as are read for sending at once.
const PAGE_MEMBERS = 128

interface DamagedMember {
  readonly ordinal: number
  readonly fault: string
}

/**
 * Looks whether the store still has every file of a sealed submission as it came, before anything of it is on the wire: each
 * one that this worker has not looked at yet is read once and held against its hash.
 *
 * Members that lack a file fail, unsent, and the others go on without them. Answers the submission as it is then; null when
 * there is nothing left to send. A file of which the store does not even know that a member has it is found while it is sent;
 * then nothing is sent, and the next look is at that member too, whoever looks.
 */
export async function withoutDamaged(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<Submission | null> {
  const damaged = await damagedMembers(context, lease, submission)
  if (damaged.length === 0) return submission
  const { store } = context
  const done = await failDamaged(context, lease, submission, damaged)
  if (done > 0) tellDamaged(context, submission, damaged)
  // What was held for them is free.
  context.memory.waitingJobs.clear()
  const rest = await store.getSubmission({ submissionId: submission.id })
  if (rest?.state !== 'sealed') return null
  if (rest.requestCount > 0) return rest
  await takeApart(context, lease, rest)
  return null
}

async function damagedMembers(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<readonly DamagedMember[]> {
  const { store, signal } = context
  const limit = Math.min(PAGE_MEMBERS, store.traits.pageLimit)
  const damaged: DamagedMember[] = []
  const faults = new Map<string, string>()
  for (let after = -1; ; ) {
    const page = await store.readMembers({
      submissionId: submission.id,
      after,
      limit,
      withFiles: true,
    })
    for (const { ordinal, body } of page) {
      await lease.keep()
      if (signal.aborted) throw new EngineStoppedError()
      const fault = await faultOf(context, lease, { submission, body, faults })
      if (fault !== null) damaged.push({ ordinal, fault })
    }
    const last = page.at(-1)
    if (last === undefined) return damaged
    after = last.ordinal
  }
}

// What is wrong with the first file of a body that is not whole. Each is read once, however many members have it.
async function faultOf(
  context: EngineContext,
  lease: HeldLease,
  look: {
    readonly submission: Submission
    readonly body: Uint8Array
    readonly faults: Map<string, string>
  },
): Promise<string | null> {
  const { wholeFiles } = context.memory
  const { project } = look.submission
  for (const mark of blobMarksOf(look.body)) {
    const name = `${project}\n${hexOf(mark.hash)}`
    if (wholeFiles.has(name)) continue
    const fault = look.faults.get(name) ?? (await fileFault(context, lease, { ...mark, project }))
    if (fault === null) wholeFiles.add(name)
    else {
      look.faults.set(name, fault)
      return fault
    }
  }
  return null
}

async function failDamaged(
  { store }: EngineContext,
  lease: HeldLease,
  { id: submissionId, state, remoteId }: Submission,
  damaged: readonly DamagedMember[],
): Promise<number> {
  const { pageLimit } = store.traits
  let done = 0
  for (let at = 0; at < damaged.length; at += pageLimit) {
    await lease.keep()
    const moves = damaged.slice(at, at + pageLimit).map(({ ordinal, fault }) => ({
      ...{ ordinal, outcome: null, possiblyPaid: false },
      to: { type: 'done', verdict: verdictOf(fault) } as const,
    }))
    const { fence } = lease
    done += (await store.releaseMembers({ fence, submissionId, state, remoteId, moves })).done
  }
  return done
}

function verdictOf(detail: string): Verdict {
  return { status: 'failed', reason: 'file_damaged', detail }
}

function tellDamaged(
  context: EngineContext,
  submission: Submission,
  damaged: readonly DamagedMember[],
): void {
  const count = damaged.length
  const faults = new Set(damaged.map(({ fault }) => fault))
  const [first = ''] = faults
  const who = count === 1 ? '1 request was' : `${count} requests were`
  const more = faults.size === 1 ? '' : ` (${faults.size} files, this is the first)`
  alarm(context, {
    code: 'file_damaged',
    message: `${who} not sent, since the store has a file not as it came: ${first}${more}. Nothing was billed. Put them in again with their files, then retry them.`,
    submissionId: submission.id,
  })
}
