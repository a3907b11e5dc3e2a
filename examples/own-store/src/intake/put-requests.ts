import type { PutAnswer } from '@halfrate/core'
import type { In } from '../in-out.js'
import { changeRequest } from '../rows/change.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { addRequest } from './add-request.js'
import { keepBlobs, mendBlobs } from './blobs.js'
import { listingChanges, openPage, type Page, type Row } from './put-page.js'

/** See `IntakeStore.putRequests`. */
export async function putRequests(
  session: Session,
  params: In<'putRequests'>,
): Promise<readonly PutAnswer[]> {
  session.checkPage(params.rows)
  // One for each row, and one for its prefix.
  return session.step(async (step) => {
    const page = await openPage(step, params)
    const answers = params.rows.map((row) => putRow(step, page, row))
    listingChanges(step, page)
    return answers
  }, params.rows.length * 2)
}

function putRow(step: Step, page: Page, row: Row): PutAnswer {
  const { onConflict } = page.params
  const key = page.keyOf(row)
  const id = step.pointers.get(key)
  if (id === null) return putNew(step, page, row)
  const there = step.requests.need(id as PutAnswer['id'])
  const type = there.paramsHash === hexOf(row.paramsHash) ? 'same' : 'conflict'
  const answer = { type, id: there.request.id, part: there.part } as const
  const listed = page.listed.get(there.request.id)
  if (listed !== undefined && listed !== null && listed !== row.row) {
    return { ...answer, repeatsRow: listed }
  }
  if (type === 'conflict' && onConflict === 'supersede') return putNew(step, page, row)
  // The copies in the store were what it failed for, or the one that it tries again.
  const older = there.supersedes === null ? null : step.requests.need(there.supersedes).request
  const verdict = there.request.verdict ?? older?.verdict
  if (type === 'same' && verdict?.reason === 'file_damaged') {
    mendBlobs(step, page, row.blobs ?? [])
  }
  if (type === 'same' || onConflict === 'keep') page.listed.set(there.request.id, row.row)
  return { ...answer, repeatsRow: null }
}

function putNew(step: Step, page: Page, row: Row): PutAnswer {
  const key = page.keyOf(row)
  const older = step.pointers.get(key) as PutAnswer['id'] | null
  const { job } = page.params
  const id = addRequest(step, page.params, {
    ...{ row: job === null ? null : row.row, key: row.key, lane: row.lane, model: row.model },
    ...{ maxTokens: row.maxTokens, itemBytes: row.itemBytes, deadlineAt: row.deadlineAt },
    labels: row.labels,
    ...{ body: row.body, prefixId: page.prefixIdOf(row), paramsHash: hexOf(row.paramsHash) },
    ...keepBlobs(step, page, row.blobs ?? []),
    ...{ part: job?.part ?? 0, listedPart: 0, accepted: job === null, supersedes: older },
  })
  step.pointers.set(key, id)
  if (older !== null) {
    changeRequest(step, older, { supersededBy: id }, { displaced: job === null })
    page.listed.delete(older)
  }
  page.put.push(id)
  page.listed.set(id, row.row)
  return { type: 'new', id, part: job?.part ?? 0, repeatsRow: null }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
