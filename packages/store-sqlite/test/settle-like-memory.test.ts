import {
  aLook,
  aNonce,
  anEndedBatch,
  anError,
  anIntakeRow,
  aSuccess,
  ManualClock,
  SeededRandom,
  violationsOf,
} from '@halfrate/conformance'
import type {
  AccountId,
  Fence,
  NanoUsd,
  ProjectId,
  QueueName,
  RemoteId,
  RequestId,
  ResultLine,
  SettleResult,
  Store,
  SubmissionId,
  WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'

const REQUESTS = 12
const PAGES = 6
const LINES = 10
const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}

interface Sent {
  readonly store: Store
  readonly requests: readonly RequestId[]
  readonly original: SubmissionId
  readonly twin: SubmissionId
}

async function claimOne(store: Store, type: 'queues' | 'submissions'): Promise<Fence> {
  const workerId = 'w' as WorkerId
  const { leases } = await store.claim({ work: { type }, workerId, leaseMs: 60_000, limit: 1 })
  const [lease] = leases
  if (lease === undefined) throw new TypeError(`There are no ${type} to claim.`)
  return lease
}

// A batch at the provider, and a second one that a proxy made of the same bytes.
async function sendTwice(store: Store): Promise<Sent> {
  const rows = Array.from({ length: REQUESTS }, (_, index) => anIntakeRow({ key: `k${index}` }))
  const put = await store.putRequests({ ...place, job: null, onConflict: 'report', rows })
  const requests = put.map((answer) => answer.id)
  const queueFence = await claimOne(store, 'queues')
  const { groups } = await store.queueFacts({ ...place, upTo: 100 })
  const [group] = groups
  if (group === undefined) throw new TypeError('Nothing waits.')
  const { lane, batchLimit, maxId: upToId } = group
  const nonce = aNonce(1)
  const opened = await store.openSubmission({
    ...place,
    fence: queueFence,
    lane,
    batchLimit,
    nonce,
    upToId,
  })
  const submissionId = opened.id
  const members = requests.map((requestId) => ({ requestId, holdNano: 9 as NanoUsd }))
  await store.addMembers({ fence: queueFence, submissionId, members })
  await store.sealSubmission({ fence: queueFence, submissionId })
  const fence = await claimOne(store, 'submissions')
  await store.beginSend({ fence, submissionId, look: aLook(), sendMs: 1_000 })
  const found = async (id: string): Promise<SubmissionId> => {
    const batch = anEndedBatch({ succeeded: REQUESTS }, { id: id as RemoteId })
    const evidence = { type: 'found', batch } as const
    const result = await store.recordEvidence({ account: place.account, nonce, evidence })
    return result.submission?.id ?? submissionId
  }
  return { store, requests, original: await found('msgbatch_1'), twin: await found('msgbatch_2') }
}

// What a line says, of the request with this index. The same draw gives the same line for both stores.
type Line = (id: RequestId) => ResultLine

function drawLine(random: SeededRandom): { readonly request: number; readonly line: Line } {
  const request = Math.floor(random.next() * REQUESTS)
  const kind = random.next()
  const costs = random.next() < 0.5 ? {} : { costNano: null, realtimeNano: null, usage: null }
  const text = { text: `line ${Math.floor(random.next() * 2)}`, ...costs }
  if (kind < 0.5) return { request, line: (id) => aSuccess(id, text) }
  if (kind < 0.7) return { request, line: (id) => anError(id, text) }
  if (kind < 0.85)
    return { request, line: (id) => aSuccess(id, { ...text, usability: 'cut_off', verdict: null }) }
  const verdict = { status: 'failed', reason: 'refused', detail: null } as const
  return { request, line: (id) => aSuccess(id, { ...text, usability: 'refused', verdict }) }
}

async function lifeOf({ store, requests, original }: Sent): Promise<unknown> {
  const lives = await Promise.all(
    requests.map((id) => store.getRequest({ project: place.project, id })),
  )
  const report = await store.report({ scope: { project: place.project } })
  // Ids, and places in a twin, differ between stores, so attempts are named by which of the two batches holds them.
  const where = (submissionId: number): string => (submissionId === original ? 'original' : 'twin')
  return {
    report,
    lives: lives.map((life) => ({
      state: life?.request.state,
      verdict: life?.request.verdict,
      doneAt: life?.request.doneAt,
      result: life?.request.result == null ? null : where(life.request.result.submissionId),
      attempts: life?.attempts.map(({ attempt }) => ({
        ...attempt,
        ...{ submissionId: where(attempt.submissionId), requestId: 0, bodyId: 0, ordinal: 0 },
        resultId: attempt.resultId === null ? null : 'a line',
      })),
    })),
  }
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'lines in any order are booked as the reference store books them (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed)
    const clock = new ManualClock()
    const sents = [
      await sendTwice(new MemoryStore({ now: clock.now })),
      await sendTwice(await openSqliteStore({ path: ':memory:', now: clock.now })),
    ]
    for (let page = 0; page < PAGES; page += 1) {
      const drawn = Array.from({ length: LINES }, () => drawLine(random))
      const isTwin = random.next() < 0.4
      const results: SettleResult[] = []
      for (const { store, requests, original, twin } of sents) {
        const lines = drawn.map(({ request, line }) => line(requests[request] as RequestId))
        const submissionId = isTwin ? twin : original
        results.push(await store.settle({ submissionId, addMissing: isTwin, lines }))
      }
      expect(results[1]).toEqual(results[0])
      await clock.advance(1_000)
    }
    const [memory, sqlite] = sents as [Sent, Sent]
    expect(await lifeOf(sqlite)).toEqual(await lifeOf(memory))
    expect(await violationsOf(sqlite.store)).toEqual([])
  },
)
