import { anIntakeRow, testDigest, violationsOf } from '@halfrate/conformance'
import type { AccountId, IntakeRow, ProjectId, QueueName, Store } from '@halfrate/core'
import { expect, onTestFinished, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const project = 'acme' as ProjectId
const queue = 'nightly' as QueueName
const encoder = new TextEncoder()

async function openStore(): Promise<Store> {
  const store = await openSqliteStore({ path: temporaryPath() })
  onTestFinished(() => store.shutdown())
  return store
}

// The hash that intake would give it: over UTF-16 here, so that keys which differ only in lone surrogates differ.
function hashOf(text: string): Uint8Array {
  return testDigest.hash128(Uint8Array.from(Buffer.from(text, 'utf16le')))
}

async function put(store: Store, rows: readonly IntakeRow[]): Promise<void> {
  const account = 'main' as AccountId
  await store.putRequests({ project, account, queue, job: null, onConflict: 'report', rows })
}

function rowOf(key: string, changes: Partial<IntakeRow> = {}): IntakeRow {
  return { ...anIntakeRow({ key: 'any' }), key, keyHash: hashOf(key), ...changes }
}

test.each([
  ['NUL', 'a\0b'],
  ['only NUL', '\0'],
  ['a lone surrogate', 'a\ud800b'],
  ['a surrogate pair in the wrong order', '\udc00\ud800'],
  ['the replacement character itself', 'a\ufffdb'],
  ['an emoji', 'claim 🧾'],
])('a key and a model with %s come back as they went in', async (_, text) => {
  const store = await openStore()
  await put(store, [rowOf(text, { model: text })])
  const life = await store.getRequest({
    project,
    scope: { queue },
    key: text,
    keyHash: hashOf(text),
  })
  expect(life?.request).toMatchObject({ key: text, model: text })
  expect(await violationsOf(store)).toEqual([])
})

test('keys that UTF-8 could not tell apart are two requests', async () => {
  const store = await openStore()
  await put(store, [rowOf('\ud800'), rowOf('\udbff'), rowOf('\ufffd')])
  const listed = await store.listRequests({
    scope: { project },
    states: null,
    afterId: 0,
    limit: 9,
  })
  expect(listed.map((request) => request.key)).toEqual(['\ud800', '\udbff', '\ufffd'])
})

test('two keys with one hash are refused with their whole page', async () => {
  const store = await openStore()
  await put(store, [rowOf('first')])
  const twin = rowOf('second', { keyHash: hashOf('first') })
  await expect(put(store, [rowOf('third'), twin])).rejects.toMatchObject({
    code: 'invalid_input',
    rule: 'key_collision',
  })
  const listed = await store.listRequests({
    scope: { project },
    states: null,
    afterId: 0,
    limit: 9,
  })
  expect(listed.map((request) => request.key)).toEqual(['first'])
})

test('labels named __proto__ stay labels', async () => {
  const store = await openStore()
  const labels = JSON.parse('{"__proto__":"a","constructor":"b","nul\\u0000":"c"}') as Record<
    string,
    string
  >
  await put(store, [rowOf('k', { labels })])
  const life = await store.getRequest({ project, scope: { queue }, key: 'k', keyHash: hashOf('k') })
  expect(Object.entries(life?.request.labels ?? {})).toEqual(Object.entries(labels))
  expect(({} as Record<string, string>).a).toBeUndefined()
})

test('the largest safe integer survives', async () => {
  const store = await openStore()
  const most = Number.MAX_SAFE_INTEGER
  await put(store, [rowOf('k', { maxTokens: most, itemBytes: most, deadlineAt: most })])
  const life = await store.getRequest({ project, scope: { queue }, key: 'k', keyHash: hashOf('k') })
  expect(life?.request).toMatchObject({ maxTokens: most, itemBytes: most, deadlineAt: most })
})

test('a body comes back byte for byte, and a page that was given back is let go', async () => {
  const store = await openStore()
  const body = encoder.encode(
    '"n":1e2,"big":12345678901234567890,"u":"\\ud800 \\u0000","a":1,"a":2',
  )
  await put(store, [rowOf('k', { body })])
  const { leases } = await store.claim({
    work: { type: 'queues' },
    workerId: 'w' as never,
    leaseMs: 60_000,
    limit: 1,
  })
  const [fence] = leases
  const { groups } = await store.queueFacts({ project, queue, upTo: 10 })
  const [group] = groups
  if (fence === undefined || group === undefined) throw new TypeError('The request does not wait.')
  const opened = await store.openSubmission({
    ...group,
    fence,
    project,
    queue,
    nonce: '0000000000001' as never,
    upToId: group.maxId,
  })
  const waiting = await store.readWaiting({ ...group, project, queue, limit: 10 })
  const members = waiting.map(({ id }) => ({ requestId: id, holdNano: null }))
  await store.addMembers({ fence, submissionId: opened.id, members })
  const read = { submissionId: opened.id, after: -1, limit: 10 }
  const page = await store.readMembers(read)
  expect(page[0]?.body).toEqual(body)
  const again = await store.readMembers({ ...read, reuse: page })
  expect(again[0]?.body).toEqual(body)
  expect(page[0]?.body).toHaveLength(0)
  const foreign = [{ ...again[0], body }] as typeof page
  await store.readMembers({ ...read, reuse: foreign })
  expect(body.length).toBeGreaterThan(0)
})
