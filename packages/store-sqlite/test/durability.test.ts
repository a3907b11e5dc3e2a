import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { aNonce, anIntakeRow, violationsOf } from '@halfrate/conformance'
import {
  type AccountId,
  type Fence,
  laneKey,
  openLoad,
  type ProjectId,
  type QueueName,
  type Store,
  type Submission,
  type WorkerId,
} from '@halfrate/core'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Names } from '../src/database/names.js'
import { openDatabase } from '../src/database/open-database.js'
import { EndedRequests } from '../src/ended-requests.js'
import { openSqliteStore } from '../src/index.js'
import { LoopTurns } from '../src/loop-turns.js'
import { SqliteStore } from '../src/sqlite-store.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const PAGE = 100
const ROWS = 450
const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}
const rows = Array.from({ length: ROWS }, (_, index) =>
  anIntakeRow({ key: `k${index}`, row: index + 1 }),
)

// Notes at every commit how the database is told to write it: 2 is FULL, a commit that syncs; 1 is NORMAL.
function watched(levels: number[]): typeof DatabaseConstructor {
  class WatchedDatabase extends Driver {
    override prepare(sql: string): never {
      const statement = super.prepare(sql)
      if (sql !== 'COMMIT') return statement as never
      const level = () => Number(this.pragma('synchronous', { simple: true }))
      return {
        run: () => {
          levels.push(level())
          return statement.run()
        },
      } as never
    }
  }
  return WatchedDatabase as never
}

function watchedStore(levels: number[]): Store {
  const path = temporaryPath()
  const now = () => 1_800_000_000_000
  const { db, reader } = openDatabase(watched(levels), { path, readOnly: false, now })
  const session = {
    db,
    reader,
    names: new Names(db),
    ended: new EndedRequests(),
    now,
    pageLimit: PAGE,
  }
  return new SqliteStore(session, new LoopTurns({ everyMs: Infinity, monotonicMs: () => 0 }))
}

test('whatever accepts something syncs its commit; pages of an open part leave that to it', async () => {
  const levels: number[] = []
  const store = watchedStore(levels)
  const levelOf = async (step: () => Promise<unknown>): Promise<number | undefined> => {
    levels.length = 0
    await step()
    return levels.at(-1)
  }
  const page = rows.slice(0, PAGE)
  const loose = { ...place, job: null, onConflict: 'report', rows: page } as const
  expect(await levelOf(() => store.putRequests(loose))).toBe(2)
  const job = await store.openJob({ ...place, name: 'claims' })
  const part = { id: job.id, part: job.openPart, fill: job.fill }
  expect(await levelOf(() => store.putRequests({ ...loose, job: part }))).toBe(1)
  expect(await levelOf(() => store.putRequests(loose))).toBe(2)
  expect(await levelOf(() => store.discardPart(part))).toBe(2)
  const next = { ...part, fill: part.fill + 1 }
  expect(await levelOf(() => store.putRequests({ ...loose, job: next }))).toBe(1)
  const commit = { ...next, newRows: PAGE, rowCount: PAGE, sourceDigest: null }
  expect(await levelOf(() => store.commitJob(commit))).toBe(2)
  await store.shutdown()
})

test('pages of a submission leave their sync to its seal', async () => {
  const levels: number[] = []
  const store = watchedStore(levels)
  await store.putRequests({ ...place, job: null, onConflict: 'report', rows: rows.slice(0, PAGE) })
  const planner = await plannerOf(store)
  expect(levels.at(-1)).toBe(2)
  await planner.addPage()
  expect(levels.at(-1)).toBe(1)
  await planner.seal()
  expect(levels.at(-1)).toBe(2)
  await store.shutdown()
})

// What the engine does to make a submission of all that waits.
async function plannerOf(store: Store) {
  const fence = await claimQueue(store)
  const { groups, filling } = await store.queueFacts({ ...place, upTo: ROWS })
  const group = { ...place, lane: laneKey({}), batchLimit: null }
  const maxId = Math.max(...groups.map((each) => each.maxId))
  const submission: Submission =
    filling[0] ?? (await store.openSubmission({ ...group, fence, nonce: aNonce(1), upToId: maxId }))
  const submissionId = submission.id
  return {
    addPage: async (): Promise<number> => {
      const page = await store.readWaiting({ ...group, maxId: submission.upToId, limit: PAGE })
      const members = page.map(({ id }) => ({ requestId: id, holdNano: null }))
      await store.addMembers({ fence, submissionId, members })
      return page.length
    },
    seal: (): Promise<Submission> => store.sealSubmission({ fence, submissionId }),
  }
}

async function claimQueue(store: Store): Promise<Fence> {
  const workerId = 'w' as WorkerId
  const { leases } = await store.claim({
    ...{ work: { type: 'queues' }, workerId, leaseMs: 60_000, limit: 1 },
    takeOverFrom: workerId,
  })
  const [lease] = leases
  if (lease === undefined) throw new TypeError('There is no queue to claim.')
  return lease
}

async function fill(store: Store): Promise<'committed' | 'reload'> {
  const load = await openLoad({ store, ...place, jobName: 'claims', onConflict: 'report' })
  for (const row of rows) await load.add(row)
  return (await load.finish({ sourceDigest: null })).type
}

// What a power cut leaves of a log that was not synced is its beginning: SQLite chains the checksums of its frames.
test('a power cut forgets pages of an open part from their end, and the same load fills it up again', async () => {
  const path = temporaryPath()
  const store = await openSqliteStore({ path, pageLimit: PAGE })
  const before = statSync(`${path}-wal`).size
  expect(await fill(store)).toBe('committed')
  const log = readFileSync(`${path}-wal`)
  const copies = 6
  let seenOpen = 0
  for (let copy = 0; copy <= copies; copy += 1) {
    const left = temporaryPath(`cut-${copy}.db`)
    copyFileSync(path, left)
    const kept = before + Math.floor(((log.length - before) * copy) / copies)
    writeFileSync(`${left}-wal`, log.subarray(0, kept))
    const after = await openSqliteStore({ path: left, pageLimit: PAGE })
    expect(await violationsOf(after)).toEqual([])
    const job = await after.findJob({ project: place.project, name: 'claims' })
    const isCommitted = job !== null && job.committedPart > 0
    if (isCommitted) expect(await countOf(after)).toBe(ROWS)
    else seenOpen += 1
    expect(isCommitted).toBe(copy === copies)
    expect(await fill(after)).toBe('committed')
    expect(await countOf(after)).toBe(ROWS)
    expect(await violationsOf(after)).toEqual([])
    await after.shutdown()
  }
  expect(seenOpen).toBe(copies)
  await store.shutdown()
}, 60_000)

test('a power cut forgets members of a submission from their end, and planning goes on with it', async () => {
  const path = temporaryPath()
  const store = await openSqliteStore({ path, pageLimit: PAGE })
  for (let from = 0; from < ROWS; from += PAGE) {
    const page = rows.slice(from, from + PAGE)
    await store.putRequests({ ...place, job: null, onConflict: 'report', rows: page })
  }
  const planner = await plannerOf(store)
  const before = statSync(`${path}-wal`).size
  while ((await planner.addPage()) > 0);
  const log = readFileSync(`${path}-wal`)
  const copies = 6
  const seen = new Set<number>()
  for (let copy = 0; copy <= copies; copy += 1) {
    const left = temporaryPath(`cut-${copy}.db`)
    copyFileSync(path, left)
    const kept = before + Math.floor(((log.length - before) * copy) / copies)
    writeFileSync(`${left}-wal`, log.subarray(0, kept))
    const after = await openSqliteStore({ path: left, pageLimit: PAGE })
    expect(await violationsOf(after)).toEqual([])
    const { byState } = (await after.report({ scope: { project: place.project } })).counts
    seen.add(byState.waiting)
    expect(byState.waiting % PAGE).toBe(copy === copies ? 0 : ROWS % PAGE)
    const next = await plannerOf(after)
    while ((await next.addPage()) > 0);
    expect(await next.seal()).toMatchObject({ state: 'sealed', requestCount: ROWS })
    expect(await violationsOf(after)).toEqual([])
    await after.shutdown()
  }
  // Whole pages of the end, each cut at another place.
  expect(seen.size).toBeGreaterThan(3)
  expect(seen).toContain(ROWS)
  expect(seen).toContain(0)
  await store.shutdown()
}, 60_000)

async function countOf(store: Store): Promise<number> {
  return (await store.report({ scope: { project: place.project } })).counts.total
}
