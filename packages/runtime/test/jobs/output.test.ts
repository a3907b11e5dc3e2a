import { ConfigError, InvalidInputError } from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import type { Emulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type OutputSchema, RowsChangedError } from '../../src/index.js'
import { listOf, openAt, rowOf, rowsOf, startClaude } from './open-jobs.js'

const Triage = z.object({
  team: z.enum(['claims', 'sales']),
  urgency: z.number().int().min(1).max(5),
  since: z.string().transform((text) => new Date(text)),
})

const GOOD = '{"team":"claims","urgency":2,"since":"2026-11-21T00:00:00Z"}'

async function claudeThatSays(...texts: readonly string[]): Promise<Emulator> {
  const claude = await startClaude()
  claude.reply(({ params }) => {
    const [first] = params.messages as { readonly content: string }[]
    return texts[Number(first?.content.split(' ').at(-1)) - 1]
  })
  return claude
}

describe('half.run with an output', () => {
  test('sends the schema with every row and reads the answers by it', async () => {
    await using claude = await claudeThatSays(GOOD)
    const asked: unknown[] = []
    claude.reply(({ params }) => {
      asked.push(params.output_config)
      return undefined
    })
    await using half = await openAt(claude)
    const job = await half.run('one', rowsOf(1), { output: Triage })
    const [result] = await listOf(job.results())
    expect(result).toMatchObject({
      ...{ status: 'succeeded', text: GOOD },
      output: { team: 'claims', urgency: 2, since: new Date('2026-11-21') },
    })
    expect(asked).toMatchObject([
      {
        format: {
          type: 'json_schema',
          schema: {
            properties: {
              urgency: { type: 'integer', description: 'Limits: minimum 1, maximum 5.' },
              since: { type: 'string' },
            },
            additionalProperties: false,
          },
        },
      },
    ])
  })

  test('gives an answer of another form as failed, with its text, its message and its cost', async () => {
    const outside = '{"team":"claims","urgency":9,"since":"2026-11-21"}'
    await using claude = await claudeThatSays(GOOD, outside, 'Sorry, no JSON today.')
    await using half = await openAt(claude)
    const job = await half.run('one', rowsOf(3), { output: Triage })
    const [first, second, third] = await listOf(job.results())
    expect(first?.status).toBe('succeeded')
    expect(second).toMatchObject({
      status: 'failed',
      error: { code: 'output_invalid', message: expect.stringContaining('urgency: Too big') },
      unusable: { text: outside, message: { role: 'assistant' } },
    })
    expect(Number(second?.costUsd)).toBeGreaterThan(0)
    expect(third).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('it is no JSON: "Sorry, no JSON today."') },
    })
    expect('text' in (second ?? {})).toBe(false)
    // The store keeps what the provider said.
    expect(await job.report()).toMatchObject({ succeeded: 3, failed: 0 })
  })

  test('takes the same rows with the same schema for the same, and with another one for changed', async () => {
    await using claude = await claudeThatSays(GOOD, GOOD)
    await using half = await openAt(claude)
    await (await half.run('one', rowsOf(2), { output: Triage })).wait()
    const again = await half.run('one', rowsOf(2), { output: Triage })
    expect(await listOf(again.results())).toHaveLength(2)
    expect(claude.ledger.billed()).toHaveLength(2)
    const other = Triage.extend({ why: z.string() })
    await expect(half.run('one', rowsOf(2), { output: other })).rejects.toThrow(RowsChangedError)
  })

  test('reads the same answers by another schema, which sends nothing', async () => {
    await using claude = await claudeThatSays('{"team":"claims","urgency":9,"since":"2026-11-21"}')
    await using half = await openAt(claude)
    await (await half.run('one', rowsOf(1), { output: Triage })).wait()
    const loose = z.object({ urgency: z.number() })
    const [result] = await listOf((await half.job('one', { output: loose })).results())
    expect(result).toMatchObject({ status: 'succeeded', output: { urgency: 9 } })
    const [text] = await listOf((await half.job('one')).results())
    expect(text).toMatchObject({ status: 'succeeded', output: undefined })
    expect(claude.ledger.billed()).toHaveLength(1)
  })

  test('passes on what a row asks for besides, and refuses a second form', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const asking = (config: object): NewRequest => {
      const { key, params } = rowOf('a', 'hello 1')
      return { key, params: { ...params, output_config: config } }
    }
    const twice = half.run('two', [asking({ format: { type: 'json_schema', schema: {} } })], {
      output: Triage,
    })
    await expect(twice).rejects.toThrow('rows:1: params.output_config.format: expected none')
    await expect(twice).rejects.toThrow(InvalidInputError)
    const asked: unknown[] = []
    claude.reply(({ params }) => {
      asked.push(params.output_config)
      return GOOD
    })
    const job = await half.run('one', [asking({ effort: 'low' })], { output: Triage })
    await job.wait()
    expect(asked).toMatchObject([{ effort: 'low', format: { type: 'json_schema' } }])
  })

  test('gives what a schema throws as an answer that is not of its form', async () => {
    await using claude = await claudeThatSays(GOOD)
    await using half = await openAt(claude)
    const throwing = Triage.refine(() => {
      throw new RangeError('out of teams')
    })
    const job = await half.run('one', rowsOf(1), { output: throwing })
    const [result] = await listOf(job.results())
    expect(result).toMatchObject({
      error: { code: 'output_invalid', message: expect.stringContaining('out of teams') },
    })
  })

  test.each([
    ['no schema', { parse: () => undefined }],
    ['what JSON Schema can not say', z.object({ at: z.date() })],
  ])('refuses %s at once', async (_, output) => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const running = half.run('one', rowsOf(1), { output: output as OutputSchema })
    await expect(running).rejects.toThrow(ConfigError)
    expect(() => half.queue('triage', { output: output as OutputSchema })).toThrow(ConfigError)
  })
})

describe('half.queue with an output', () => {
  test('sends it with what is enqueued, and with jobs that are given the queue', async () => {
    await using claude = await claudeThatSays(GOOD)
    const asked: unknown[] = []
    claude.reply(({ params }) => {
      asked.push(params.output_config)
      return undefined
    })
    await using half = await openAt(claude)
    const flush = { count: 1, bytes: 1, ageMs: 0 }
    const triage = half.queue('triage', { output: Triage, flush })
    await triage.enqueue(rowOf('loose', 'hello 1'))
    const job = await half.run('one', [rowOf('r1', 'hello 1')], { queue: triage })
    const [result] = await listOf(job.results())
    expect(result?.status === 'succeeded' && result.output.urgency).toBe(2)
    expect(asked.length).toBeGreaterThan(0)
    for (const config of asked) expect(config).toMatchObject({ format: { type: 'json_schema' } })
    const life = await half.why('r1', { job: 'one' })
    expect(life?.request.queue).toBe('triage')
  })
})
