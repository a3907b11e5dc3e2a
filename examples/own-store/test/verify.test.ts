import { violationsOf } from '@halfrate/conformance'
import type { Store, Submission } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openRedisStore } from '../src/index.js'
import { describeWithServer } from './support/describe-with-server.js'
import { put, sealed } from './support/steps.js'

interface Broken {
  readonly name: string
  readonly command: (of: { root: string; submission: Submission; waiting: number }) => string[]
  readonly says: RegExp
}

const BROKEN: readonly Broken[] = [
  {
    name: 'a body that is gone',
    command: ({ root, waiting }) => ['DEL', `${root}body:${waiting}`],
    says: /has no body/,
  },
  {
    name: 'a request that planning does not see',
    command: ({ root }) => ['DEL', `${root}wire:queue:acme/nightly ["main",${LANE},null]`],
    says: /is not rightly in .*wire/,
  },
  {
    name: 'a request that is listed as done',
    command: ({ root, waiting }) => [
      'ZADD',
      `${root}accepted:acme:done`,
      `${waiting}`,
      `${waiting}`,
    ],
    says: /is in .*accepted:acme:done/,
  },
  {
    name: 'a request that is gone',
    command: ({ root, waiting }) => ['DEL', `${root}request:${waiting}`],
    says: /is in an index only/,
  },
  {
    name: 'an attempt that is gone',
    command: ({ root, submission }) => ['DEL', `${root}attempt:${submission.id}:1`],
    says: /attempt/i,
  },
  {
    name: 'a batch that its queue does not show',
    command: ({ root }) => ['DEL', `${root}batches:queue:acme/nightly`],
    says: /is not rightly in .*batches/,
  },
  {
    name: 'a submission that nobody looks after',
    command: ({ root }) => ['DEL', `${root}schedule`],
    says: /is not rightly in .*schedule/,
  },
  {
    name: 'a queue whose name is gone',
    command: ({ root }) => ['DEL', `${root}queues:["project:acme"]`],
    says: /is not rightly in .*queues/,
  },
  {
    name: 'a batch that was sent without an intent',
    command: ({ root, submission }) => [
      ...['EVAL', SENT_SILENTLY, '1', `${root}submission:${submission.id}`],
    ],
    says: /without an intent/,
  },
  {
    name: 'a cost of nothing that was answered',
    command: ({ root, submission }) => [
      ...['EVAL', PAID_SILENTLY, '1', `${root}attempt:${submission.id}:0`],
    ],
    says: /costs money without a success[\s\S]*in one of its two columns only/,
  },
  {
    name: 'waste that was not answered',
    command: ({ root, submission }) => [
      ...['EVAL', WASTED_SILENTLY, '1', `${root}attempt:${submission.id}:0`],
    ],
    says: /is waste without a success/,
  },
  {
    name: 'a nonce that leads nowhere',
    command: ({ root, submission }) => ['DEL', `${root}nonce:${submission.nonce}`],
    says: /shares its nonce/,
  },
  {
    name: 'an epoch that was not given out',
    command: ({ root }) => ['SET', `${root}lease:queue:acme/nightly`, '9007199254740991\n0\nx'],
    says: /was not given out/,
  },
  {
    name: 'a lease of nothing',
    command: ({ root }) => ['ZADD', `${root}leases`, '1', 'submission:5'],
    says: /is leased, but there is none/,
  },
]

const PAID_SILENTLY = `local text = redis.call('GET', KEYS[1])
  return redis.call('SET', KEYS[1], (string.gsub(text, '"costNano":null', '"costNano":5')))`

const WASTED_SILENTLY = `local text = redis.call('GET', KEYS[1])
  return redis.call('SET', KEYS[1], (string.gsub(text, '"waste":false', '"waste":true')))`

const SENT_SILENTLY = `local text = redis.call('GET', KEYS[1])
  return redis.call('SET', KEYS[1], (string.gsub(text, '"sealed"', '"sending"')))`

const LANE = '"[\\"2026-10-21\\",[],null]"'

async function filled(store: Store): Promise<{ submission: Submission; waiting: number }> {
  const ids = (await put(store, ['a', 'b', 'c'])).map(({ id }) => id)
  const submission = await sealed(store, ids.slice(0, 2))
  return { submission, waiting: ids[2] ?? 0 }
}

describeWithServer('verify', (server) => {
  test.each(BROKEN)('names $name', async ({ name, command, says }) => {
    const namespace = name.replaceAll(' ', '-')
    const store = await openRedisStore({ url: server().url, namespace })
    const made = await filled(store)
    expect(await violationsOf(store)).toEqual([])
    await server().command(...command({ root: `${namespace}:`, ...made }))
    const found = await violationsOf(store).catch((error: unknown) => [error as Error])
    expect(found.map(({ message }) => message).join('\n')).toMatch(says)
    await store.shutdown()
  })
})
