import { expect, test } from 'vitest'
import { halfrate, requests, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('a queue sends a part in batches and the rest in real time, and says how both do', async () => {
  const cwd = temporaryFolder()
  const ask = (...words: readonly string[]) => halfrate(words, { cwd })
  const input = writeInput(cwd, requests(12))
  expect((await ask('enqueue', input, '--queue', 'desk', '--route', 'batch')).code).toBe(0)
  const set = await ask('queues', 'set', 'desk', '--batch-percent', '0')
  expect([set.code, set.stdout]).toEqual([
    0,
    expect.stringContaining('0 % in batches, the rest in real time'),
  ])
  const later = writeInput(
    cwd,
    requests(3).map((each, index) => ({ ...each, key: `later-${index}` })),
    'later.jsonl',
  )
  const put = await ask('enqueue', later, '--queue', 'desk', '--json')
  expect(JSON.parse(put.stdout)).toMatchObject({ route: null, new: 3 })
  const why = await ask('why', 'later-1', '--queue', 'desk')
  expect(why.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'to be asked in real time, beside the part of its queue that goes in batches',
  )
  const whyObject = await ask('why', 'later-1', '--queue', 'desk', '--json')
  expect(JSON.parse(whyObject.stdout)).toMatchObject({ route: 'realtime', route_why: 'rollout' })
  const shown = await ask('queues', 'rollout', 'desk')
  expect([shown.code, shown.stdout]).toEqual([
    0,
    expect.stringContaining('10 % is safe: nothing goes in batches yet'),
  ])
  expect(shown.stdout).toContain('halfrate queues set desk --batch-percent 10')
  const object = await ask('queues', 'rollout', 'desk', '--within', '6h', '--json')
  expect(JSON.parse(object.stdout)).toMatchObject({
    ...{ type: 'rollout', queue: 'desk', batch_percent: 0, within_ms: 21_600_000 },
    ...{ next_percent: 10, verdict: 'safe', reasons: ['first'] },
    batch: { done: 0, each_usd: null, half_within_ms: null },
  })
})

test('a queue that goes by the rules asks in real time what a batch would bring too late', async () => {
  const cwd = temporaryFolder()
  const ask = (...words: readonly string[]) => halfrate(words, { cwd })
  const input = writeInput(cwd, requests(3))
  expect((await ask('enqueue', input, '--queue', 'desk')).code).toBe(0)
  const set = await ask('queues', 'set', 'desk', '--routing', 'rules')
  expect([set.code, set.stdout]).toEqual([
    0,
    expect.stringContaining('in real time what a batch would bring too late'),
  ])
  const soon = new Date(Date.now() + 1_800_000).toISOString()
  const near = writeInput(
    cwd,
    requests(2).map((each, index) => ({ ...each, key: `near-${index}` })),
    'near.jsonl',
  )
  const put = await ask('enqueue', near, '--queue', 'desk', '--by', soon)
  expect([put.code, put.stdout]).toEqual([0, expect.stringContaining('2 of them in real time')])
  const late = writeInput(
    cwd,
    requests(2).map((each, index) => ({ ...each, key: `late-${index}` })),
    'late.jsonl',
  )
  const words = ['enqueue', late, '--queue', 'other', '--by', soon] as const
  expect((await ask(...words)).stdout).toContain('2 of them not likely there when wanted')
  const object = await ask(...words.with(3, 'third'), '--json')
  expect(JSON.parse(object.stdout)).toMatchObject({ in_real_time: 0, likely_late: 2 })
  const why = await ask('why', 'near-1', '--queue', 'desk')
  expect(why.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'to be asked in real time, since a batch would likely be back too late',
  )
})
