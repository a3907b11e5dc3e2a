import type { KnownBatches, Submission, SubmissionId, SubmissionState } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { mergedIdsAfter } from '../rows/pages.js'
import { MARK_FOREIGN } from '../scripts/mark-foreign.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `SendingStore.markForeign`. */
export async function markForeign(
  session: Session,
  params: In<'markForeign'>,
): Promise<Out<'markForeign'>> {
  session.checkPage(params.remoteIds)
  const { keys, connection } = session
  const { account } = params
  const words = params.remoteIds.flatMap((id) => [id, keys.remote(account, id)])
  const args = [keys.of('foreign', account), ...words]
  return { marked: await connection.run<number>(MARK_FOREIGN, args) }
}

/** See `SendingStore.knownBatches`. */
export async function knownBatches(
  session: Session,
  params: In<'knownBatches'>,
): Promise<KnownBatches> {
  const { account, remoteIds } = params
  session.checkPage(remoteIds)
  if (remoteIds.length === 0) return { ours: new Set(), foreign: new Set() }
  return session.step(async (step) => {
    const keyOf = (id: string): string => step.keys.remote(account, id)
    await step.pointers.load(remoteIds.map(keyOf))
    const foreignKey = step.keys.of('foreign', account)
    const marks = await step.connection.ask<number[]>('SMISMEMBER', foreignKey, ...remoteIds)
    return {
      ours: new Set(remoteIds.filter((id) => step.pointers.get(keyOf(id)) !== null)),
      foreign: new Set(remoteIds.filter((_, index) => marks[index] === 1)),
    }
  })
}

/** See `SendingStore.getSubmission`. */
export function getSubmission(
  session: Session,
  params: In<'getSubmission'>,
): Promise<Submission | null> {
  return session.step(async (step) => {
    await step.submissions.load([params.submissionId])
    return step.submissions.get(params.submissionId)?.submission ?? null
  })
}

/** See `SendingStore.listSubmissions`. */
export async function listSubmissions(
  session: Session,
  params: In<'listSubmissions'>,
): Promise<readonly Submission[]> {
  const limit = session.pageOf(params.limit)
  const found: Submission[] = []
  for (let after: number | null = params.afterId; after !== null && found.length < limit; ) {
    const from: number = after
    const page = await session.step((step) => pageOf(step, params.states, { after: from, limit }))
    found.push(...page.filter((submission) => isListed(submission, params)))
    after = page.length < limit ? null : (page.at(-1)?.id ?? null)
  }
  return found.slice(0, limit)
}

async function pageOf(
  step: Step,
  states: readonly SubmissionState[] | null,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly Submission[]> {
  const { keys } = step
  const sets = states?.map((state) => keys.inState(state)) ?? [keys.of('submissions')]
  const ids = await mergedIdsAfter<SubmissionId>(step.connection, sets, page)
  await step.submissions.load(ids)
  return ids.map((id) => step.submissions.need(id).submission)
}

function isListed(submission: Submission, params: In<'listSubmissions'>): boolean {
  const { account, sentSince } = params
  if (account !== null && submission.account !== account) return false
  if (sentSince === undefined) return true
  return submission.sendStartedAt !== null && submission.sendStartedAt >= sentSince
}
