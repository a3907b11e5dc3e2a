import { DEFAULT_PROJECT, type NanoUsd, type QueueName, type RequestLife } from '@halfrate/core'
import { attemptPolicyOf } from '@halfrate/core/results'
import { expect, test } from 'vitest'
import { type Halfrate, writeBudget } from '../../src/index.js'
import { listOf, openAt, rowOf, startClaude } from './open-jobs.js'

const OTHER = 'claude-opus-4-8'
const RUN = 'run' as QueueName
const REFUSAL = { content: [], stop_reason: 'refusal' } as const

async function onlyLife({ store }: Halfrate): Promise<RequestLife> {
  const project = DEFAULT_PROJECT
  const page = { scope: { project }, states: null, afterId: 0, limit: 10 }
  const [request] = await store.listRequests(page)
  const life = request === undefined ? null : await store.getRequest({ project, id: request.id })
  return life ?? expect.unreachable('it is gone')
}

const policiesOf = ({ attempts, changedBodies }: RequestLife): readonly unknown[] =>
  attempts.map((life) => attemptPolicyOf(life, attempts, changedBodies))

test('what was refused is asked once of the model of the queue, at its price, and both are paid', async () => {
  await using claude = await startClaude()
  const asked: unknown[] = []
  claude.reply(({ params }) => {
    asked.push(params.model)
    return params.model === OTHER ? 'well' : REFUSAL
  })
  await using half = await openAt(claude, { queue: RUN, queuePolicy: { askRefusedOf: OTHER } })
  const job = await half.run('one', [rowOf('r1', 'tell')])
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'succeeded', text: 'well', attempts: 2 })
  expect(asked.at(-1)).toBe(OTHER)
  const billed = claude.ledger.billed()
  expect(billed.map(({ model }) => model)).toEqual([expect.stringContaining('haiku'), OTHER])
  const life = await onlyLife(half)
  expect(policiesOf(life)).toEqual([null, 'refused_other_model'])
  expect(life.request.model).toBe(OTHER)
  const costs = life.attempts.map(({ attempt }) => Number(attempt.costNano))
  expect(costs).toEqual(billed.map(({ nanoUsd }) => Number(nanoUsd)))
  const { paidUsd, wasteUsd } = await job.report()
  expect(Math.round(Number(paidUsd) * 1e9)).toBe(costs.reduce((sum, cost) => sum + cost, 0))
  expect(wasteUsd).toBe('0.00')
})

test('what both refuse ends as refused', async () => {
  await using claude = await startClaude()
  claude.reply(REFUSAL)
  await using half = await openAt(claude, { queue: RUN, queuePolicy: { askRefusedOf: OTHER } })
  const job = await half.run('one', [rowOf('r1', 'tell')])
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'failed', error: { code: 'refused' }, attempts: 2 })
  expect(claude.ledger.billed()).toHaveLength(2)
})

test('a refusal is final where no other model is named, and where it would be the same one', async () => {
  await using claude = await startClaude()
  claude.reply(REFUSAL)
  await using half = await openAt(claude, { queue: RUN })
  const [first] = await listOf((await half.run('one', [rowOf('r1', 'tell')])).results())
  expect(first).toMatchObject({ status: 'failed', error: { code: 'refused' }, attempts: 1 })
  const { model } = (await onlyLife(half)).request
  half.queue('run', { askRefusedOf: model })
  const [second] = await listOf((await half.run('two', [rowOf('r1', 'tell')])).results())
  expect(second).toMatchObject({ status: 'failed', error: { code: 'refused' }, attempts: 1 })
})

test('a model without a price is no other model under a budget', async () => {
  await using claude = await startClaude()
  await using half = await openAt(claude, { queue: RUN })
  half.queue('free', { askRefusedOf: 'claude-of-tomorrow' })
  await half.queue('free').enqueue({ key: 'a', params: rowOf('a', 'tell').params })
  const queue = 'capped' as QueueName
  const cap = { period: 'day', capNano: 1_000_000_000 as NanoUsd, warnAt: [] } as const
  const budget = { caps: [cap], timeZone: 'UTC' }
  await writeBudget(half.store, { type: 'queue', project: DEFAULT_PROJECT, queue }, budget)
  half.queue('capped', { askRefusedOf: 'claude-of-tomorrow' })
  const put = half.queue('capped').enqueue({ key: 'a', params: rowOf('a', 'tell').params })
  await expect(put).rejects.toThrow(
    'askRefusedOf: there is no price for "claude-of-tomorrow", and queue capped has a budget',
  )
})
