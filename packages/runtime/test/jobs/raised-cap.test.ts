import { DEFAULT_PROJECT, type QueueName, type RequestLife } from '@halfrate/core'
import { attemptPolicyOf } from '@halfrate/core/results'
import { expect, test } from 'vitest'
import type { Halfrate } from '../../src/index.js'
import { listOf, openAt, rowOf, startClaude } from './open-jobs.js'

const LONG = 'word '.repeat(1_000)

const RUN = 'run' as QueueName

async function onlyLife({ store }: Halfrate): Promise<RequestLife> {
  const project = DEFAULT_PROJECT
  const page = { scope: { project }, states: null, afterId: 0, limit: 10 }
  const [request] = await store.listRequests(page)
  const life = request === undefined ? null : await store.getRequest({ project, id: request.id })
  return life ?? expect.unreachable('it is gone')
}

const policiesOf = ({ attempts, changedBodies }: RequestLife): readonly unknown[] =>
  attempts.map((life) => attemptPolicyOf(life, attempts, changedBodies))

test('an answer that was cut off is asked for once more with the cap of the queue, and both are paid', async () => {
  await using claude = await startClaude()
  const asked: unknown[] = []
  claude.reply(({ params }) => {
    asked.push(params.max_tokens)
    return LONG
  })
  await using half = await openAt(claude, { queue: RUN, queuePolicy: { raiseMaxTokensTo: 5_000 } })
  const job = await half.run('one', [rowOf('r1', 'tell')])
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'succeeded', text: LONG, attempts: 2 })
  expect(asked.at(-1)).toBe(5_000)
  expect(claude.ledger.billed()).toHaveLength(2)
  const life = await onlyLife(half)
  expect(policiesOf(life)).toEqual([null, 'cut_off_raised'])
  const costs = life.attempts.map(({ attempt }) => Number(attempt.costNano))
  const { paidUsd, wasteUsd } = await job.report()
  expect(Math.round(Number(paidUsd) * 1e9)).toBe(costs.reduce((sum, cost) => sum + cost, 0))
  expect(wasteUsd).toBe('0.00')
})

test('what is cut off at the raised cap too ends the request, with the longer answer', async () => {
  await using claude = await startClaude()
  claude.reply(LONG)
  await using half = await openAt(claude, { queue: RUN, queuePolicy: { raiseMaxTokensTo: 301 } })
  const job = await half.run('one', [rowOf('r1', 'tell')])
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'failed', error: { code: 'cut_off' }, attempts: 2 })
  expect(claude.ledger.billed()).toHaveLength(2)
})

test('a cap above what the model allows is lowered to that', async () => {
  await using claude = await startClaude()
  const asked: unknown[] = []
  claude.reply(({ params }) => {
    asked.push(params.max_tokens)
    return LONG
  })
  const queuePolicy = { raiseMaxTokensTo: 500_000 }
  await using half = await openAt(claude, { queue: RUN, queuePolicy })
  const job = await half.run('one', [rowOf('r1', 'tell')])
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'succeeded', text: LONG, attempts: 2 })
  expect(asked.at(-1)).toBe(64_000)
})
