import type {
  AccountId,
  JobId,
  QueueFacts,
  Submission,
  SubmissionId,
  WaitingGroup,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { resourceOf } from '../keys.js'
import { fromRank, idsAfter } from '../rows/pages.js'
import { type AgeEntry, readAgeText } from '../rows/stored-request.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `PlanningStore.queueFacts`. */
export function queueFacts(session: Session, params: In<'queueFacts'>): Promise<QueueFacts> {
  const resource = resourceOf(params)
  return session.step(async (step) => {
    const [names, filling, nextDueAt] = await Promise.all([
      step.connection.ask<string[]>('SMEMBERS', step.keys.of('groups', resource)),
      fillingOf(step, resource, session.pageLimit),
      nextDueOf(step, resource),
    ])
    const except = new Set<JobId | null>(params.except ?? [])
    const question = { resource, upTo: params.upTo, except, limit: session.pageLimit }
    const groups: WaitingGroup[] = []
    for (const name of names.sort()) {
      const group = await groupFacts(step, question, name)
      if (group !== null) groups.push(group)
    }
    return { groups, nextDueAt, filling }
  })
}

interface Question {
  readonly resource: string
  readonly upTo: number
  readonly except: ReadonlySet<JobId | null>
  /** How many entries are read at a time. */
  readonly limit: number
}

async function groupFacts(
  step: Step,
  question: Question,
  name: string,
): Promise<WaitingGroup | null> {
  const key = step.keys.group('age', question.resource, name)
  const isDue = (entry: AgeEntry): boolean =>
    entry.notBefore <= step.now && !question.except.has(entry.jobId)
  let count = 0
  let bytes = 0
  let oldestCreatedAt = Number.POSITIVE_INFINITY
  for await (const entry of entriesOf(step, key, question.limit)) {
    if (count >= question.upTo) break
    if (!isDue(entry)) continue
    count += 1
    bytes += entry.itemBytes
    oldestCreatedAt = Math.min(oldestCreatedAt, entry.createdAt)
  }
  const maxId = await highestDue(step, { key, limit: question.limit, isDue })
  if (count === 0 || maxId === null) return null
  const [account, lane, batchLimit] = JSON.parse(name) as [AccountId, string, number | null]
  return { account, lane, batchLimit, count, bytes, oldestCreatedAt, maxId }
}

// Oldest first, so that counting stops early and the oldest one is always seen.
async function* entriesOf(step: Step, key: string, limit: number): AsyncGenerator<AgeEntry> {
  for (let at = 0; ; at += limit) {
    const members = await fromRank(step.connection, key, { at, limit })
    for (const member of members) yield readAgeText(member)
    if (members.length < limit) return
  }
}

async function highestDue(
  step: Step,
  { key, limit, isDue }: { key: string; limit: number; isDue: (entry: AgeEntry) => boolean },
): Promise<number | null> {
  for (let at = 0; ; at += limit) {
    const range = [String(at), String(at + limit - 1)]
    const members = await step.connection.ask<string[]>('ZRANGE', key, ...range, 'REV')
    const due = members.map(readAgeText).find(isDue)
    if (due !== undefined) return due.id
    if (members.length < limit) return null
  }
}

async function nextDueOf(step: Step, resource: string): Promise<number | null> {
  const [, score] = await step.connection.ask<string[]>(
    ...['ZRANGE', step.keys.of('later', resource), `(${step.now}`, '+inf', 'BYSCORE'],
    ...['LIMIT', '0', '1', 'WITHSCORES'],
  )
  return score === undefined ? null : Number(score)
}

async function fillingOf(
  step: Step,
  resource: string,
  limit: number,
): Promise<readonly Submission[]> {
  const key = step.keys.of('filling', resource)
  const ids = await idsAfter<SubmissionId>(step.connection, key, { after: 0, limit })
  await step.submissions.load(ids)
  return ids.map((id) => step.submissions.need(id).submission)
}
