import { expect, test } from 'vitest'
import type {
  Attempt,
  NanoUsd,
  Nonce,
  ProjectId,
  RemoteId,
  Request,
  ResultLine,
  Submission,
  WorkerId,
} from '../../src/index.js'
import { type MemorySnapshot, MemoryStore } from '../../src/memory/index.js'
import { ACCOUNT, openMemoryStore, PROJECT, QUEUE, row } from './open-memory-store.js'

const at = 1_800_000_000_000
const worker = 'worker-1' as WorkerId

/** A store with one collected request, one that is at the provider and one that waits. */
async function someSnapshot(): Promise<MemorySnapshot> {
  const { store } = openMemoryStore()
  const put = { project: PROJECT, account: ACCOUNT, queue: QUEUE, job: null } as const
  const rows = [row('collected'), row('running'), row('waiting')]
  const answers = await store.putRequests({ ...put, onConflict: 'report', rows })
  const take = { workerId: worker, leaseMs: 60_000, limit: 9 }
  for (const [index, answer] of answers.slice(0, 2).entries()) {
    const { leases } = await store.claim({ ...take, work: { type: 'queues' } })
    const fence = leases[0] ?? { resource: '', epoch: 0 }
    const nonce = `000000000000${index}` as Nonce
    const { lane } = row('')
    const opened = { fence, ...put, lane, batchLimit: null, nonce, upToId: answer.id }
    const { id: submissionId } = await store.openSubmission(opened)
    const members = [{ requestId: answer.id, holdNano: 9 as NanoUsd }]
    await store.addMembers({ fence, submissionId, members })
    await store.sealSubmission({ fence, submissionId })
    const due = await store.claim({ ...take, work: { type: 'submissions' } })
    const own = due.leases.at(-1) ?? fence
    const look = { newestId: null, serverAt: at, storeAt: at, workspaceId: null }
    await store.beginSend({ fence: own, submissionId, look, sendMs: 1_000 })
    const batch = {
      id: `msgbatch_${index}` as RemoteId,
      status: index === 0 ? 'ended' : 'in_progress',
      counts: { processing: 0, succeeded: 1, errored: 0, canceled: 0, expired: 0 },
      createdAt: at,
      expiresAt: at,
      endedAt: null,
      cancelInitiatedAt: null,
      archivedAt: null,
    } as const
    await store.recordEvidence({ account: ACCOUNT, nonce, evidence: { type: 'found', batch } })
    if (index > 0) continue
    const line: ResultLine = {
      requestId: answer.id,
      outcome: 'succeeded',
      usability: 'usable',
      errorType: null,
      usage: null,
      costNano: 5 as NanoUsd,
      realtimeNano: 10 as NanoUsd,
      bytes: new Uint8Array(3),
      verdict: { status: 'succeeded', reason: 'usable', detail: null },
    }
    await store.settle({ submissionId, addMissing: false, lines: [line] })
    await store.closeSubmission({ fence: own, submissionId })
  }
  return store.snapshot()
}

async function findings(snapshot: MemorySnapshot): Promise<readonly string[]> {
  const store = MemoryStore.from(snapshot, { now: () => at })
  const found: string[] = []
  for (let after: string | null = null; ; ) {
    const { violations, next } = await store.verify({ after, limit: 100 })
    found.push(...violations.map((violation) => violation.invariant))
    if (next === null) return [...new Set(found)].sort()
    after = next
  }
}

/** Changes the request with this key. */
function request(key: string, changes: Partial<Request>): (of: MemorySnapshot) => MemorySnapshot {
  return (of) => ({
    ...of,
    requests: of.requests.map((stored) =>
      stored.request.key === key
        ? { ...stored, request: { ...stored.request, ...changes } }
        : stored,
    ),
  })
}

/** Changes the first submission, which is collected, or the second, which runs. */
function submission(
  index: number,
  changes: Partial<Submission>,
): (of: MemorySnapshot) => MemorySnapshot {
  return (of) => ({
    ...of,
    submissions: of.submissions.map((each, place) =>
      place === index ? { ...each, ...changes } : each,
    ),
  })
}

/** Changes the attempt of the first submission, or that of the second. */
function attempt(index: number, changes: Partial<Attempt>): (of: MemorySnapshot) => MemorySnapshot {
  return (of) => ({
    ...of,
    attempts: of.attempts.map((each, place) => (place === index ? { ...each, ...changes } : each)),
  })
}

test('what was not broken passes', async () => {
  expect(await findings(await someSnapshot())).toEqual([])
})

test.each([
  ['a request waits and is in a submission too', request('running', { state: 'waiting' }), ['I1']],
  ['a request is in no submission', request('waiting', { state: 'assigned' }), ['I1']],
  ['attempts are miscounted', request('waiting', { attemptCount: 1 }), ['I1']],
  ['a done request has no instant', request('collected', { doneAt: null }), ['I9']],
  ['a done request has no verdict', request('collected', { verdict: null }), ['I9']],
  ['a success has no result', request('collected', { result: null }), ['I6']],
  [
    'a result is no attempt of its request',
    request('collected', { result: { submissionId: 1, ordinal: 0 } }),
    ['I6'],
  ],
  ['a request is superseded by nobody', request('waiting', { supersededBy: 1 as never }), ['I1']],
  ['a request has no body', request('waiting', { bodyId: 0 }), ['I1']],
  ['a request is another project’s', request('running', { project: 'x' as ProjectId }), ['I14']],
  ['the result that counts is waste', attempt(0, { waste: true }), ['I6']],
  [
    'an attempt costs without a success',
    attempt(1, { costNano: 3 as NanoUsd, realtimeNano: 6 as NanoUsd }),
    ['I8'],
  ],
  [
    'an attempt would cost in real time without a success',
    attempt(1, { costNano: 0 as NanoUsd, realtimeNano: 6 as NanoUsd }),
    ['I8'],
  ],
  ['a cost is known in batch only', attempt(0, { realtimeNano: null }), ['I8']],
  ['a cost is known in real time only', attempt(0, { costNano: null }), ['I8']],
  ['an attempt costs less than nothing', attempt(0, { costNano: -3 as NanoUsd }), ['I8']],
  ['waste was not answered', attempt(1, { waste: true }), ['I8']],
  ['an answer is possibly paid', attempt(0, { possiblyPaid: true }), ['I8']],
  ['an outcome has no line', attempt(0, { resultId: null }), ['I8']],
  ['an attempt was withdrawn and is live', attempt(1, { withdrawn: true }), ['I1', 'I11', 'I2']],
  ['an attempt is another project’s', attempt(1, { project: 'x' as ProjectId }), ['I14']],
  ['a member is open in a collected submission', attempt(0, { releasedAt: null }), ['I7']],
  ['members are miscounted', submission(1, { requestCount: 2 }), ['I1']],
  ['bytes are miscounted', submission(1, { itemsBytes: 2 }), ['I1']],
  ['a hold is not that of the members', submission(1, { holdNano: 8 as NanoUsd }), ['I11']],
  ['a collected submission still holds', submission(0, { holdNano: 9 as NanoUsd }), ['I11']],
  ['a collected submission has a next step', submission(0, { nextStepAt: at }), ['I9']],
  ['a collected submission was never sent', submission(0, { sendStartedAt: null }), ['I4']],
  ['a running submission has no batch', submission(1, { remoteId: null }), ['I5']],
  ['two submissions have one batch', submission(1, { remoteId: 'msgbatch_0' as RemoteId }), ['I5']],
  ['two submissions have one nonce', submission(1, { nonce: '0000000000000' as Nonce }), ['I5']],
  [
    'a collected submission lacks a result',
    submission(0, { counts: { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 } }),
    ['I7'],
  ],
] satisfies readonly (readonly [
  string,
  (of: MemorySnapshot) => MemorySnapshot,
  readonly string[],
])[])('verify sees that %s', async (_, broken, invariants) => {
  expect(await findings(broken(await someSnapshot()))).toEqual(invariants)
})

test('verify sees two live attempts of one request', async () => {
  const snapshot = await someSnapshot()
  const [first, second] = snapshot.attempts
  if (first === undefined || second === undefined) throw new TypeError('two attempts are there')
  const third = { ...second, ordinal: 1, number: 2 }
  const doubled = request('running', { attemptCount: 2 })({
    ...snapshot,
    attempts: [first, second, third],
  })
  expect(await findings(submission(1, { orphan: false })(doubled))).toContain('I2')
})

test('verify sees epochs that were not given out, and marks on batches of ours', async () => {
  const snapshot = await someSnapshot()
  const leases = snapshot.leases.map((lease) => ({ ...lease, epoch: snapshot.lastId + 99 }))
  expect(await findings({ ...snapshot, leases })).toEqual(['I10'])
  expect(await findings({ ...snapshot, foreign: [`${ACCOUNT}\nmsgbatch_1`] })).toEqual(['I5'])
})
