import { InvariantError, type MemberBody } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { StoredAttempt } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

// A page of large bodies ends sooner, so that neither side holds more than this and one body.
const PAGE_BYTES = 16_000_000

/** See `SendingStore.readMembers`. */
export function readMembers(
  session: Session,
  params: In<'readMembers'>,
): Promise<readonly MemberBody[]> {
  const limit = session.pageOf(params.limit)
  return session.step(async (step) => {
    const { submissionId, after, withFiles = false } = params
    const hasAny = withFiles && (await hasFiles(step))
    await step.submissions.load([submissionId])
    const end = step.submissions.get(submissionId)?.ordinals ?? 0
    const members: StoredAttempt[] = []
    for (let from = after + 1; from < end && members.length < limit; from += limit) {
      const found = await membersFrom(step, submissionId, from, Math.min(from + limit, end))
      members.push(...(withFiles ? await thoseToLookAt(step, found, hasAny) : found))
    }
    return bodiesOf(step, firstBytes(members.slice(0, limit)))
  })
}

async function membersFrom(
  step: Step,
  submissionId: number,
  from: number,
  to: number,
): Promise<readonly StoredAttempt[]> {
  const names = Array.from({ length: to - from }, (_, index) => `${submissionId}:${from + index}`)
  await step.attempts.load(names)
  return names.map((name) => step.attempts.need(name)).filter(({ attempt }) => !attempt.withdrawn)
}

// Most stores have none, and then members are looked at only when they are sent again.
async function hasFiles(step: Step): Promise<boolean> {
  return (await step.connection.ask<number>('EXISTS', step.keys.of('has-files'))) > 0
}

async function thoseToLookAt(
  step: Step,
  members: readonly StoredAttempt[],
  hasAny: boolean,
): Promise<readonly StoredAttempt[]> {
  if (hasAny) await step.requests.load(members.map(({ attempt }) => attempt.requestId))
  const hasFile = ({ attempt }: StoredAttempt): boolean =>
    hasAny && step.requests.need(attempt.requestId).blobs !== undefined
  return members.filter((member) => member.attempt.number > 1 || hasFile(member))
}

function firstBytes(members: readonly StoredAttempt[]): readonly StoredAttempt[] {
  let bytes = 0
  return members.filter(({ attempt }, index) => {
    const isFirst = index === 0
    bytes += attempt.itemBytes
    return isFirst || bytes <= PAGE_BYTES
  })
}

async function bodiesOf(
  step: Step,
  members: readonly StoredAttempt[],
): Promise<readonly MemberBody[]> {
  const { keys, connection } = step
  const prefixIds = [...new Set(members.map((member) => member.prefixId))].filter((id) => id !== 0)
  const [bodies, prefixes] = await Promise.all([
    connection.bytes(members.map(({ attempt }) => keys.of('body', attempt.bodyId))),
    connection.bytes(prefixIds.map((id) => keys.of('prefix', id))),
  ])
  const prefixOf = new Map(prefixIds.map((id, index) => [id, prefixes[index] ?? null]))
  return members.map(({ attempt: { ordinal, requestId }, prefixId }, index) => {
    const body = bodies[index] ?? null
    if (body === null) throw new InvariantError(`Request ${requestId} has no body.`)
    return { ordinal, requestId, prefix: prefixOf.get(prefixId)?.slice() ?? null, body }
  })
}
