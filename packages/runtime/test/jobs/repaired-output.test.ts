import { DEFAULT_PROJECT, type QueueName, type RequestLife } from '@halfrate/core'
import { attemptPolicyOf } from '@halfrate/core/results'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Halfrate } from '../../src/index.js'
import { listOf, openAt, rowOf, startClaude } from './open-jobs.js'

const RUN = 'run' as QueueName
const Triage = z.object({ urgency: z.number().int().min(1).max(5) })
const WRONG = '{"urgency":9}'
const RIGHT = '{"urgency":5}'

async function onlyLife({ store }: Halfrate): Promise<RequestLife> {
  const project = DEFAULT_PROJECT
  const page = { scope: { project }, states: null, afterId: 0, limit: 10 }
  const [request] = await store.listRequests(page)
  const life = request === undefined ? null : await store.getRequest({ project, id: request.id })
  return life ?? expect.unreachable('it is gone')
}

const policiesOf = ({ attempts, changedBodies }: RequestLife): readonly unknown[] =>
  attempts.map((life) => attemptPolicyOf(life, attempts, changedBodies))

test('an answer of the wrong form goes back once with what is wrong with it, and both are paid', async () => {
  await using claude = await startClaude()
  const asked: (readonly object[])[] = []
  claude.reply(({ params }) => {
    asked.push(params.messages)
    return params.messages.length === 1 ? WRONG : RIGHT
  })
  await using half = await openAt(claude, { queue: RUN })
  const queue = half.queue('run', { output: Triage, repair: true })
  const job = await half.run('one', [rowOf('r1', 'tell')], { queue })
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'succeeded', output: { urgency: 5 }, attempts: 2 })
  expect(asked.at(-1)).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'text', text: WRONG }] },
    { role: 'user', content: [{ text: expect.stringMatching(/urgency: .*5/) }] },
  ])
  const life = await onlyLife(half)
  expect(policiesOf(life)).toEqual([null, 'output_repaired'])
  const billed = claude.ledger.billed()
  const costs = life.attempts.map(({ attempt }) => Number(attempt.costNano))
  expect(costs).toEqual(billed.map(({ nanoUsd }) => Number(nanoUsd)))
  expect(life.attempts.map(({ attempt }) => attempt.usability)).toEqual([
    'output_invalid',
    'usable',
  ])
})

test('a second answer of the wrong form is final, and what came is there to read', async () => {
  await using claude = await startClaude()
  claude.reply(WRONG)
  await using half = await openAt(claude, { queue: RUN })
  const queue = half.queue('run', { output: Triage, repair: true })
  const job = await half.run('one', [rowOf('r1', 'tell')], { queue })
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({
    ...{ status: 'failed', attempts: 2, unusable: { text: WRONG } },
    error: { code: 'output_invalid', message: expect.stringMatching(/urgency: .*5/) },
  })
  expect(claude.ledger.billed()).toHaveLength(2)
  expect((await onlyLife(half)).request.verdict).toMatchObject({ status: 'failed' })
})

test('without being told so nothing is asked again, and what is judged is read', async () => {
  await using claude = await startClaude()
  claude.reply(WRONG)
  await using half = await openAt(claude, { queue: RUN })
  const job = await half.run('one', [rowOf('r1', 'tell')], { output: Triage })
  const [result] = await listOf(job.results())
  expect(result).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'output_invalid' } })
})

test('what can be repaired by nothing is refused in a sentence', async () => {
  await using claude = await startClaude()
  await using half = await openAt(claude, { queue: RUN })
  expect(() => half.queue('q', { repair: true })).toThrow('repair: expected an output beside it')
  expect(() => half.queue('q', { outputSchema: { type: 'nothing known' } })).toThrow(
    'outputSchema: expected a JSON Schema: one that answers can be judged by; Unsupported type',
  )
  expect(() => half.queue('q', { repair: 'once' as unknown as boolean })).toThrow(
    'repair: expected true or false, got "once".',
  )
})
