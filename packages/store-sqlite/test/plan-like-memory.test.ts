import { aNonce, anIntakeRow, ManualClock, SeededRandom, violationsOf } from '@halfrate/conformance'
import {
  type AccountId,
  type Fence,
  type IntakeRow,
  laneKey,
  type NanoUsd,
  type NewMember,
  type ProjectId,
  type QueueName,
  type RequestId,
  type Store,
  type Submission,
  type WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'

const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}
const lane = laneKey({})
const BEFORE = 150
const OPEN = 40
const AFTER = 150
const ALL = BEFORE + OPEN + AFTER
const FITTING = { prefixText: '"system":"Be brief."' }
const ODD: readonly object[] = [
  FITTING,
  { model: 'claude-sonnet-4-5' },
  { lane: laneKey({ betas: ['files-api-2025-04-14'] }) },
]
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed)

/** A store, and its requests in the order in which they were put. */
interface Filled {
  readonly store: Store
  readonly ids: readonly RequestId[]
  readonly fence: Fence
}

// Most rows are alike, as those of one job are; they differ in size.
function drawRows(random: SeededRandom, oddShare: number): readonly IntakeRow[] {
  return Array.from({ length: ALL }, (_, index) => {
    const odd = random.next() < oddShare ? ODD[Math.floor(random.next() * ODD.length)] : {}
    return anIntakeRow({ key: `${'k'.repeat(1 + (index % 9))}${index}`, row: index + 1, ...odd })
  })
}

// Requests of a part that stays open stand between the others, if there is one.
async function fill(
  store: Store,
  rows: readonly IntakeRow[],
  { isOpen }: { readonly isOpen: boolean },
): Promise<Filled> {
  const job = isOpen ? await store.openJob({ ...place, name: 'claims' }) : null
  const part = job === null ? null : { id: job.id, part: job.openPart, fill: job.fill }
  const ids: RequestId[] = []
  for (const [from, to] of [
    [0, BEFORE],
    [BEFORE, BEFORE + OPEN],
    [BEFORE + OPEN, ALL],
  ] as const) {
    const inPart = part !== null && from === BEFORE
    const page = rows.slice(from, to).map((row) => (inPart ? row : { ...row, row: null }))
    const params = {
      ...place,
      job: inPart ? part : null,
      onConflict: 'report',
      rows: page,
    } as const
    ids.push(...(await store.putRequests(params)).map(({ id }) => id))
  }
  const workerId = 'w' as WorkerId
  const work = { type: 'queues' } as const
  const { leases } = await store.claim({ work, workerId, leaseMs: 60_000, limit: 1 })
  const [fence] = leases
  if (fence === undefined) throw new TypeError('There is no queue to claim.')
  return { store, ids, fence }
}

async function open({ store, ids, fence }: Filled, number: number): Promise<Submission> {
  const upToId = ids.at(-1) ?? 0
  return await store.openSubmission({
    ...{ ...place, fence, lane, batchLimit: null, nonce: aNonce(number), upToId },
  })
}

async function waitingOf({ store, ids }: Filled, limit: number): Promise<readonly number[]> {
  const maxId = ids.at(-1) ?? 0
  const page = await store.readWaiting({ ...place, lane, batchLimit: null, maxId, limit })
  return page.map(({ id }) => ids.indexOf(id))
}

async function factsOf({ store, ids }: Filled, upTo: number): Promise<readonly unknown[]> {
  const { groups } = await store.queueFacts({ ...place, upTo })
  const plain = groups.map(({ maxId, ...group }) => ({
    ...group,
    max: ids.indexOf(maxId as RequestId),
  }))
  return plain.toSorted((a, b) => (a.lane < b.lane ? -1 : 1))
}

// A page as it was read, and what may be wrong with it by the time when it is handed in.
const PAGES: readonly ((page: readonly number[], random: SeededRandom) => readonly number[])[] = [
  (page) => page,
  // A run of the queue, and some of it of the open part.
  () => Array.from({ length: 60 }, (_, index) => BEFORE - 20 + index),
  (page) => page,
  (page, random) => page.toSpliced(Math.floor(random.next() * page.length), 1),
  (page) => page.with(Math.floor(page.length / 2), 0),
  (page) => page.toReversed(),
  (page) => [...page, ...page.slice(0, 2)],
  (page) => [...page.slice(1), BEFORE + 1],
  (page) => [0, ...page],
  (page) => [page[0] ?? 0, page.at(-1) ?? 0],
]

async function addTo(
  { store, ids, fence }: Filled,
  submission: Submission,
  indexes: readonly number[],
): Promise<unknown> {
  const members = indexes.map<NewMember>((index) => ({
    requestId: ids[index] as RequestId,
    holdNano: index % 7 === 0 ? null : ((1_000 + index) as NanoUsd),
  }))
  const submissionId = submission.id
  const { requestCount, itemsBytes, holdNano } = await store.addMembers({
    ...{ fence, submissionId, members },
  })
  return { requestCount, itemsBytes, holdNano }
}

async function livesOf({ store, ids }: Filled): Promise<readonly unknown[]> {
  const lives = []
  for (const id of ids) {
    const life = await store.getRequest({ project: place.project, id })
    const attempts = life?.attempts.map(({ attempt }) => ({
      ...attempt,
      ...{ submissionId: 0, requestId: 0, bodyId: 0 },
    }))
    lives.push({ state: life?.request.state, attempts })
  }
  return lives
}

async function both(
  rows: readonly IntakeRow[],
  options: { readonly isOpen: boolean },
): Promise<readonly [Filled, Filled]> {
  const { now } = new ManualClock()
  return [
    await fill(new MemoryStore({ now }), rows, options),
    await fill(await openSqliteStore({ path: ':memory:', now }), rows, options),
  ]
}

test.each(SEEDS)(
  'members join as in the memory store, whatever a page names (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed)
    const isOpen = seed % 2 === 0
    const [memory, sqlite] = await both(drawRows(random, seed % 3 === 0 ? 0.02 : 0), { isOpen })
    // A queue ends after a few pages, so each seed begins with another one.
    const pages = [...PAGES.slice(seed % PAGES.length), ...PAGES.slice(0, seed % PAGES.length)]
    for (const [number, change] of pages.entries()) {
      const page = await waitingOf(sqlite, 60 + Math.floor(random.next() * 60))
      if (page.length === 0) break
      const indexes = change(page, random)
      const [kept, stored] = [await open(memory, number), await open(sqlite, number)]
      expect(await addTo(sqlite, stored, indexes)).toEqual(await addTo(memory, kept, indexes))
      const [left, right] = [await waitingOf(memory, ALL), await waitingOf(sqlite, ALL)]
      expect(right.toSorted()).toEqual(left.toSorted())
    }
    expect(await livesOf(sqlite)).toEqual(await livesOf(memory))
    expect(await violationsOf(sqlite.store)).toEqual([])
    await sqlite.store.shutdown()
  },
)

test.each(SEEDS)('a queue is counted as the memory store counts it (seed %i)', async (seed) => {
  const random = new SeededRandom(seed)
  const isOpen = seed % 2 === 0
  const isAlike = seed % 3 !== 0
  const [memory, sqlite] = await both(drawRows(random, isAlike ? 0 : 0.1), { isOpen })
  const taken = Array.from({ length: 30 }, () => Math.floor(random.next() * ALL))
  for (const filled of [memory, sqlite]) await addTo(filled, await open(filled, 1), taken)
  for (const upTo of [1, 7, 100, BEFORE, ALL, 10 * ALL]) {
    expect(await factsOf(sqlite, upTo), `up to ${upTo}`).toEqual(await factsOf(memory, upTo))
  }
  await sqlite.store.shutdown()
})
