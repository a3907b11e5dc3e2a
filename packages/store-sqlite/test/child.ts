// A process that works on a store until it is killed or has nothing left to do. It runs as it is, from the built
// package: node test/child.ts <path> <mode> <name> <pages>. Each line that it prints is about a call that answered. With
// the mode `make` it only makes the store, and the last number is the statement before which it dies, 0 for none.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import type {
  AccountId,
  IntakeRow,
  Lease,
  NanoUsd,
  Nonce,
  ProjectId,
  QueueName,
  RemoteId,
  RequestId,
  ResultLine,
  Store,
  Submission,
  WorkerId,
} from '@halfrate/core'
import { openSqliteStore } from '@halfrate/store-sqlite'
import type Database from 'better-sqlite3'

const PAGE = 100
const [path = '', mode = '', name = '', pages = '0'] = process.argv.slice(2)
const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}
const encoder = new TextEncoder()

function hash128(text: string): Uint8Array {
  return createHash('sha256').update(text).digest().subarray(0, 16)
}

function say(...words: readonly (string | number)[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}

function rowOf(key: string): IntakeRow {
  const body = encoder.encode(`"messages":[{"role":"user","content":"${key} ${'x'.repeat(300)}"}]`)
  return {
    key,
    keyHash: hash128(key),
    row: null,
    paramsHash: hash128(`params ${key}`),
    body,
    prefix: null,
    itemBytes: body.length + 80,
    lane: '["2023-06-01",[],null]',
    model: 'claude-haiku-4-5',
    maxTokens: 100,
    deadlineAt: null,
    labels: null,
  }
}

async function putPage(store: Store, page: string): Promise<void> {
  const rows = Array.from({ length: PAGE }, (_, index) => rowOf(`${page}/${index}`))
  await store.putRequests({ ...place, job: null, onConflict: 'report', rows })
  say('put', page)
}

async function claimOne(store: Store, type: 'queues' | 'submissions'): Promise<Lease | undefined> {
  // The same name in every process: what a killed one held is free at once.
  const workerId = 'worker' as WorkerId
  const { leases } = await store.claim({ work: { type }, workerId, leaseMs: 60_000, limit: 1_000 })
  return leases.at(-1)
}

async function planAll(store: Store): Promise<Submission | null> {
  const fence = await claimOne(store, 'queues')
  if (fence === undefined) return null
  const { groups, filling } = await store.queueFacts({ ...place, upTo: 1_000 })
  for (const { id } of filling) {
    while ((await store.dissolve({ fence, submissionId: id })).left > 0);
  }
  const [group] = groups
  if (group === undefined) return null
  const { lane, batchLimit, maxId } = group
  const nonce = `${process.pid}-${performance.now()}` as Nonce
  const { id } = await store.openSubmission({
    ...place,
    fence,
    lane,
    batchLimit,
    nonce,
    upToId: maxId,
  })
  for (;;) {
    const waiting = await store.readWaiting({ ...place, lane, batchLimit, maxId, limit: PAGE })
    if (waiting.length === 0) break
    const members = waiting.map((each) => ({ requestId: each.id, holdNano: 5 as NanoUsd }))
    await store.addMembers({ fence, submissionId: id, members })
  }
  return await store.sealSubmission({ fence, submissionId: id })
}

function lineOf(requestId: RequestId): ResultLine {
  const bytes = encoder.encode(`{"custom_id":"${requestId}","text":"${'y'.repeat(500)}"}`)
  return {
    requestId,
    outcome: 'succeeded',
    usability: 'usable',
    errorType: null,
    usage: null,
    costNano: 3 as NanoUsd,
    realtimeNano: 6 as NanoUsd,
    bytes,
    verdict: { status: 'succeeded', reason: 'usable', detail: null },
  }
}

async function send(store: Store, submission: Submission): Promise<void> {
  const { id, nonce, requestCount } = submission
  const fence = await claimOne(store, 'submissions')
  if (fence?.resource !== `submission:${id}`) return
  const at = await store.now()
  const look = { newestId: null, serverAt: at, storeAt: at, workspaceId: null }
  await store.beginSend({ fence, submissionId: id, look, sendMs: 60_000 })
  const batch = {
    id: `msgbatch_${id}` as RemoteId,
    status: 'ended' as const,
    counts: { processing: 0, succeeded: requestCount, errored: 0, canceled: 0, expired: 0 },
    createdAt: at,
    expiresAt: at,
    endedAt: at,
    cancelInitiatedAt: null,
    archivedAt: null,
  }
  await store.recordEvidence({
    account: place.account,
    nonce,
    evidence: { type: 'accepted', batch },
  })
  await collect(store, fence, submission)
}

async function collect(store: Store, fence: Lease, { id }: Submission): Promise<void> {
  const requestIds: RequestId[] = []
  for (let after = -1; ; ) {
    const page = await store.readMembers({ submissionId: id, after, limit: PAGE })
    if (page.length === 0) break
    requestIds.push(...page.map((member) => member.requestId))
    after = page.at(-1)?.ordinal ?? after
  }
  // Every third first: the pages of lines are not those of members.
  requestIds.sort((a, b) => (a % 3) - (b % 3) || a - b)
  let settled = 0
  for (let at = 0; at < requestIds.length; at += PAGE) {
    const lines = requestIds.slice(at, at + PAGE).map(lineOf)
    settled += (await store.settle({ submissionId: id, addMissing: false, lines })).fresh
    say('settled', id, settled)
  }
  if ((await store.closeSubmission({ fence, submissionId: id })) !== null) say('closed', id)
}

// Until all that others put in is done, however long they take over it.
async function work(store: Store): Promise<void> {
  for (;;) {
    const submission = await planAll(store)
    if (submission?.state === 'sealed') {
      await send(store, submission)
    } else {
      const { counts } = await store.report({ scope: { project: place.project } })
      if (counts.byState.done === Number(pages) * PAGE) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

// Kills this process before the given one of its statements, counted from 1, or never for 0. Answers how many there were.
function countStatements(dieBefore: number): () => number {
  let count = 0
  const { prototype } = createRequire(import.meta.url)('better-sqlite3') as typeof Database
  const { prepare } = prototype
  const counting = function (this: Database.Database, sql: string): Database.Statement<unknown[]> {
    const statement: Database.Statement<unknown[]> = prepare.call(this, sql)
    for (const name of ['run', 'get', 'all'] as const) {
      const method = statement[name]
      const counted = (...values: unknown[]): unknown => {
        count += 1
        if (count === dieBefore) process.kill(process.pid, 'SIGKILL')
        return Reflect.apply(method, statement, values)
      }
      Object.assign(statement, { [name]: counted })
    }
    return statement
  }
  Object.assign(prototype, { prepare: counting })
  return () => count
}

const statements = mode === 'make' ? countStatements(Number(pages)) : () => 0
const store = await openSqliteStore({ path })
say('open', statements())
if (mode === 'enqueue') {
  for (let page = 0; page < Number(pages); page += 1) await putPage(store, `${name}-${page}`)
} else if (mode === 'work') {
  await work(store)
} else if (mode === 'both') {
  for (let page = 0; ; page += 1) {
    await putPage(store, `${name}-${page}`)
    const submission = await planAll(store)
    if (submission?.state === 'sealed') await send(store, submission)
  }
}
await store.shutdown()
