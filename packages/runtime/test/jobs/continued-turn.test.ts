import { DEFAULT_PROJECT, type QueueName, type RequestLife } from '@halfrate/core'
import { attemptPolicyOf } from '@halfrate/core/results'
import { expect, test } from 'vitest'
import type { Halfrate } from '../../src/index.js'
import { listOf, openAt, rowOf, startClaude } from './open-jobs.js'

const SO_FAR = [{ type: 'text', text: 'so far' }]
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

test('an answer that paused goes on behind what was said, and all of it is paid', async () => {
  await using claude = await startClaude()
  const turns: unknown[] = []
  claude.reply(({ params }) => {
    turns.push(params.messages.slice(1))
    const isLast = params.messages.length === 3
    return isLast ? 'the end' : { content: SO_FAR, stop_reason: 'pause_turn' }
  })
  await using half = await openAt(claude, { queue: RUN, queuePolicy: { continueAtMost: 2 } })
  const job = await half.run('one', [rowOf('r1', 'tell')])
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'succeeded', text: 'the end', attempts: 3 })
  const turn = { role: 'assistant', content: SO_FAR }
  expect(turns.at(-1)).toEqual([turn, turn])
  expect(claude.ledger.billed()).toHaveLength(3)
  const life = await onlyLife(half)
  expect(policiesOf(life)).toEqual([null, 'pause_continued', 'pause_continued'])
  const costs = life.attempts.map(({ attempt }) => Number(attempt.costNano))
  const { paidUsd, wasteUsd } = await job.report()
  expect(Math.round(Number(paidUsd) * 1e9)).toBe(costs.reduce((sum, cost) => sum + cost, 0))
  expect(wasteUsd).toBe('0.00')
})

test.each([0, 1])(
  'one that pauses once more than %i times ends as cut off',
  async (continueAtMost) => {
    await using claude = await startClaude()
    claude.reply({ content: SO_FAR, stop_reason: 'pause_turn' })
    await using half = await openAt(claude, { queue: RUN, queuePolicy: { continueAtMost } })
    const job = await half.run('one', [rowOf('r1', 'tell')])
    const [result] = await listOf(job.results())
    expect(result).toMatchObject({ status: 'failed', error: { code: 'cut_off' } })
    expect(result?.attempts).toBe(continueAtMost + 1)
    expect(claude.ledger.billed()).toHaveLength(continueAtMost + 1)
  },
)
