import { expect, test } from 'vitest'
import {
  type Nonce,
  queueResource,
  StoreClosedError,
  submissionResource,
  type WorkerId,
} from '../../src/index.js'
import { MemoryStore } from '../../src/memory/index.js'
import { ACCOUNT, openMemoryStore, PROJECT, QUEUE, row } from './open-memory-store.js'

const put = {
  project: PROJECT,
  account: ACCOUNT,
  queue: QUEUE,
  job: null,
  onConflict: 'report',
} as const
const worker = 'worker-1' as WorkerId

test('ids begin at the clock and rise from there', async () => {
  const { store, time } = openMemoryStore()
  const answers = await store.putRequests({ ...put, rows: [row('a'), row('b')] })
  expect(answers.map((answer) => answer.id)).toEqual([time.at * 1_024, time.at * 1_024 + 1])
})

test('no id is given out at or below the one that the options name', async () => {
  const store = new MemoryStore({ now: () => 0, ids: 41 })
  const [answer] = await store.putRequests({ ...put, rows: [row('a')] })
  expect(answer?.id).toBe(42)
})

test('a store that is made from a snapshot goes on where the snapshot was taken', async () => {
  const { store, time } = openMemoryStore()
  await store.putRequests({ ...put, rows: [row('a'), row('b')] })
  const snapshot = store.snapshot()
  await store.putRequests({ ...put, rows: [row('c')] })
  const restored = MemoryStore.from(snapshot, { now: () => time.at, pageLimit: 100 })
  const listed = await restored.listRequests({
    scope: { project: PROJECT },
    states: null,
    afterId: 0,
    limit: 10,
  })
  expect(listed.map((request) => request.key)).toEqual(['a', 'b'])
  const { leases } = await restored.claim({
    work: { type: 'queues' },
    workerId: worker,
    leaseMs: 60_000,
    limit: 1,
  })
  expect(leases.map((lease) => lease.resource)).toEqual([queueResource(PROJECT, QUEUE)])
})

test('a restored store gives out no id that the lost one gave out, once time has passed', async () => {
  const { store, time } = openMemoryStore()
  const snapshot = store.snapshot()
  const [lost] = await store.putRequests({ ...put, rows: [row('a')] })
  time.at += 1
  const restored = MemoryStore.from(snapshot, { now: () => time.at })
  const [next] = await restored.putRequests({ ...put, rows: [row('b')] })
  expect(next?.id).toBeGreaterThan(lost?.id ?? 0)
})

test('the order of attempts survives a snapshot', async () => {
  const { store, time } = openMemoryStore()
  const [answer] = await store.putRequests({ ...put, rows: [row('a')] })
  if (answer === undefined) return
  const { leases } = await store.claim({
    work: { type: 'queues' },
    workerId: worker,
    leaseMs: 60_000,
    limit: 1,
  })
  const fence = leases[0] ?? { resource: '', epoch: 0 }
  for (const nonce of ['0000000000001', '0000000000002']) {
    const { id } = await store.openSubmission({
      fence,
      project: PROJECT,
      account: ACCOUNT,
      queue: QUEUE,
      lane: row('a').lane,
      batchLimit: null,
      nonce: nonce as Nonce,
      upToId: answer.id,
    })
    const members = [{ requestId: answer.id, holdNano: null }]
    await store.addMembers({ fence, submissionId: id, members })
    await store.dissolve({ fence, submissionId: id })
  }
  const restored = MemoryStore.from(store.snapshot(), { now: () => time.at })
  const life = await restored.getRequest({ project: PROJECT, id: answer.id })
  expect(life?.attempts.map(({ attempt }) => attempt.number)).toEqual([1, 2])
})

test('what it hands out is frozen', async () => {
  const { store } = openMemoryStore()
  const labels = { team: 'search' }
  const [answer] = await store.putRequests({ ...put, rows: [row('a', { labels })] })
  labels.team = 'ads'
  if (answer === undefined) return
  const life = await store.getRequest({ project: PROJECT, id: answer.id })
  expect(life?.request.labels).toEqual({ team: 'search' })
  expect(Object.isFrozen(life?.request)).toBe(true)
  expect(Object.isFrozen(life?.request.labels)).toBe(true)
})

test('a closed store refuses every call', async () => {
  const { store } = openMemoryStore()
  await store.shutdown()
  await expect(store.now()).rejects.toBeInstanceOf(StoreClosedError)
  await expect(store.shutdown()).rejects.toBeInstanceOf(StoreClosedError)
  expect(() => store.snapshot()).toThrow(StoreClosedError)
})

test('verify finds what was broken by hand', async () => {
  const { store, time } = openMemoryStore()
  await store.putRequests({ ...put, rows: [row('a')] })
  const snapshot = store.snapshot()
  const requests = snapshot.requests.map((stored) => ({
    ...stored,
    request: { ...stored.request, state: 'done' as const, attemptCount: 3 },
  }))
  const broken = MemoryStore.from({ ...snapshot, requests }, { now: () => time.at })
  const found: string[] = []
  for (let after: string | null = null; ; ) {
    const { violations, next } = await broken.verify({ after, limit: 10 })
    found.push(...violations.map((violation) => violation.invariant))
    if (next === null) break
    after = next
  }
  expect(found).toEqual(['I1', 'I9'])
})

test('queues that waited longest for a claim come first', async () => {
  const { store } = openMemoryStore()
  for (const queue of ['a', 'b', 'c']) {
    await store.putRequests({ ...put, queue: queue as typeof QUEUE, rows: [row('k')] })
  }
  const seen: string[] = []
  for (let turn = 0; turn < 4; turn += 1) {
    const { leases } = await store.claim({
      work: { type: 'queues' },
      workerId: worker,
      leaseMs: 60_000,
      limit: 1,
    })
    for (const lease of leases) {
      seen.push(lease.resource)
      await store.release({ fence: lease })
    }
  }
  expect(seen).toEqual(['queue:acme/a', 'queue:acme/b', 'queue:acme/c', 'queue:acme/a'])
})

test('a lease is no fence for another resource', async () => {
  const { store } = openMemoryStore()
  const { leases } = await store.claim({
    work: { type: 'singleton', name: 'identify' },
    workerId: worker,
    leaseMs: 60_000,
    limit: 1,
  })
  const fence = leases[0] ?? { resource: submissionResource(1 as never), epoch: 0 }
  await expect(
    store.openSubmission({
      fence,
      project: PROJECT,
      account: ACCOUNT,
      queue: QUEUE,
      lane: row('a').lane,
      batchLimit: null,
      nonce: '0000000000001' as Nonce,
      upToId: 1,
    }),
  ).rejects.toMatchObject({ code: 'lease_lost' })
})

test('a settings document can be changed neither by who wrote it nor by who reads it', async () => {
  const { store } = openMemoryStore()
  const value = { paces: [{ perMinute: 1 }] }
  await store.putSetting({ scope: 'a', name: 'b', value, ifVersion: null })
  value.paces[0] = { perMinute: 2 }
  const read = await store.getSetting({ scope: 'a', name: 'b' })
  expect(read).toEqual({ value: { paces: [{ perMinute: 1 }] }, version: 1 })
  const { paces } = (read ?? { value }).value as typeof value
  expect(() => paces.push({ perMinute: 3 })).toThrow(TypeError)
  expect(() => Object.assign(paces[0] ?? {}, { perMinute: 3 })).toThrow(TypeError)
})

test('scopes and names of settings documents do not run into each other', async () => {
  const { store } = openMemoryStore()
  await store.putSetting({ scope: 'ab', name: 'c', value: 1, ifVersion: null })
  expect(await store.getSetting({ scope: 'a', name: 'bc' })).toBeNull()
})
