import type { ProjectId, QueueName } from '../model/ids.js'
import { projectScope, queueOfSetting } from '../model/setting-documents.js'
import type { SubmissionState } from '../model/submission.js'
import type { QueueOverview } from '../ports/store-operating.js'
import { settingNamesOf } from './settings.js'
import type { Tables } from './tables.js'

const OVER: readonly SubmissionState[] = ['dissolved', 'rejected', 'lost', 'collected']

/** See {@link OperatingStore.listQueues}. */
export function listQueues(
  tables: Tables,
  { project }: Readonly<{ project: ProjectId }>,
): readonly QueueOverview[] {
  return [...queuesOf(tables, project)].sort().map((queue) => ({
    queue,
    ...waitingIn(tables, project, queue),
    inBatches: inBatchesOf(tables, project, queue),
  }))
}

function queuesOf(tables: Tables, project: ProjectId): ReadonlySet<QueueName> {
  const owners = [...tables.requests.waiting.queues(), ...tables.submissions.all()]
  const jobs = [...tables.jobs.all()].filter((job) => job.committedPart > 0)
  const theirs = [...owners, ...jobs].filter((owner) => owner.project === project)
  const documents = settingNamesOf(tables, projectScope(project)).flatMap(
    (name) => queueOfSetting(name) ?? [],
  )
  return new Set([...theirs.map(({ queue }) => queue), ...documents])
}

function waitingIn(
  tables: Tables,
  project: ProjectId,
  queue: QueueName,
): Pick<QueueOverview, 'waiting' | 'oldestWaitingAt'> {
  let waiting = 0
  let oldestWaitingAt: number | null = null
  for (const { rows } of tables.requests.waiting.groupsOf(project, queue)) {
    for (const { request } of rows.values()) {
      waiting += 1
      oldestWaitingAt = Math.min(request.createdAt, oldestWaitingAt ?? request.createdAt)
    }
  }
  return { waiting, oldestWaitingAt }
}

function inBatchesOf(
  tables: Tables,
  project: ProjectId,
  queue: QueueName,
): QueueOverview['inBatches'] {
  const sums: Partial<Record<SubmissionState, number>> = {}
  for (const each of tables.submissions.all()) {
    if (each.project !== project || each.queue !== queue || OVER.includes(each.state)) continue
    sums[each.state] = (sums[each.state] ?? 0) + each.requestCount
  }
  return sums
}
