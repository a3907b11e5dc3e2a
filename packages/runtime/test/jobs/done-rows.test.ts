import {
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  loadJob,
  type Job as StoredJob,
  StoreUnavailableError,
} from '@halfrate/core'
import { IntakeRowMaker, type NewRequest } from '@halfrate/core/intake'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { nodeDigest } from '../../src/index.js'
import { DoneRows } from '../../src/jobs/done-rows.js'
import { rowOf, rowsOf } from './open-jobs.js'

const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })

async function load(store: MemoryStore, rows: readonly NewRequest[]): Promise<StoredJob> {
  const { job } = await loadJob({
    ...{ store, jobName: 'one', onConflict: 'supersede', queue: DEFAULT_QUEUE },
    read: () => ({
      rows: rows.map((row, index) => maker.intakeRowOf(row, index + 1)),
      sourceDigest: () => null,
    }),
  })
  return job
}

async function end(store: MemoryStore, job: StoredJob, rows: readonly number[]): Promise<void> {
  const scope = { project: DEFAULT_PROJECT, jobId: job.id }
  const all = await store.listRequests({ scope, states: null, afterId: 0, limit: 1_000 })
  const wanted = all.filter(({ row }) => rows.includes(row ?? 0))
  const requestIds = wanted.map(({ id }) => id)
  await store.cancel({ project: DEFAULT_PROJECT, requestIds, reason: 'canceled' })
}

async function read(done: DoneRows): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const page of done.pages()) keys.push(...page.map(({ request }) => request.key))
  return keys
}

test('rows that become done later, before and between others, are each given once', async () => {
  const store = new MemoryStore({ now: () => 1_000 })
  const job = await load(store, rowsOf(6))
  const done = new DoneRows(store, job)
  expect([await done.isOpen(), await read(done)]).toEqual([true, []])
  await end(store, job, [5, 2])
  expect([await done.isOpen(), await read(done)]).toEqual([true, ['r2', 'r5']])
  await end(store, job, [1, 3])
  expect([await done.isOpen(), await read(done)]).toEqual([true, ['r1', 'r3']])
  await end(store, job, [4, 6])
  expect([await done.isOpen(), await read(done)]).toEqual([false, ['r4', 'r6']])
  expect(await read(done)).toEqual([])
})

test('a newer input of the job is noticed, and only its rows that are new are given', async () => {
  const store = new MemoryStore({ now: () => 1_000 })
  const job = await load(store, rowsOf(3))
  await end(store, job, [1, 2, 3])
  const done = new DoneRows(store, job)
  expect([await done.isOpen(), await read(done)]).toEqual([false, ['r1', 'r2', 'r3']])
  const newer = await load(store, [rowOf('r0', 'row 0'), ...rowsOf(3)])
  expect([await done.isOpen(), await read(done)]).toEqual([true, []])
  await end(store, newer, [1])
  expect([await done.isOpen(), await read(done)]).toEqual([false, ['r0']])
})

test('rows that are found elsewhere than they were listed are given by the next reading', async () => {
  const store = new MemoryStore({ now: () => 1_000 })
  const job = await load(store, rowsOf(3))
  await end(store, job, [1, 2, 3])
  let isMoved = true
  const readResults: MemoryStore['readResults'] = async (params) =>
    isMoved ? [] : await store.readResults(params)
  const moving = {
    traits: store.traits,
    findJob: store.findJob.bind(store),
    listRequests: store.listRequests.bind(store),
    readResults,
  }
  const done = new DoneRows(moving, job)
  expect([await done.isOpen(), await read(done), done.hasMissed]).toEqual([false, [], true])
  isMoved = false
  expect([await done.isOpen(), await read(done), done.hasMissed]).toEqual([
    ...[false, ['r1', 'r2', 'r3'], false],
  ])
})

test('a store that does not answer for a moment is asked again, and nothing is left out', async () => {
  const store = new MemoryStore({ now: () => 1_000 })
  const job = await load(store, rowsOf(3))
  await end(store, job, [1, 2, 3])
  let failures = 1
  const failing = {
    traits: store.traits,
    findJob: store.findJob.bind(store),
    listRequests: store.listRequests.bind(store),
    readResults: async (params: Parameters<MemoryStore['readResults']>[0]) => {
      if (failures-- > 0) throw new StoreUnavailableError('it is away')
      return await store.readResults(params)
    },
  }
  const done = new DoneRows(failing, job)
  expect([await done.isOpen(), await read(done)]).toEqual([false, ['r1', 'r2', 'r3']])
})
