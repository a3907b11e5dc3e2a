import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { Halfrate, Job, ReceivedMessage, Result } from '../../src/index.js'

// The checks are made by the compiler: a line under `@ts-expect-error` that compiles is an error itself.
test('a result shows its answer only once its status was looked at', () => {
  const read = (result: Result): unknown => {
    // @ts-expect-error -- a result that did not succeed has no text
    const unguarded: unknown = result.text
    // @ts-expect-error -- and no message
    const message: unknown = result.message
    // @ts-expect-error -- a result that succeeded has no error
    const error: unknown = result.error
    if (result.status === 'succeeded') {
      expectTypeOf(result.text).toEqualTypeOf<string>()
      expectTypeOf(result.message).toEqualTypeOf<ReceivedMessage>()
      // @ts-expect-error -- a result that succeeded has no error
      return result.error
    }
    expectTypeOf(result.status).toEqualTypeOf<'failed' | 'canceled'>()
    expectTypeOf(result.error.nextStep).toEqualTypeOf<string>()
    // @ts-expect-error -- an answer that can't be used is at `unusable`
    return [unguarded, message, error, result.text]
  }
  expectTypeOf(read).parameter(0).toEqualTypeOf<Result>()
  expectTypeOf<Result['status']>().toEqualTypeOf<'succeeded' | 'failed' | 'canceled'>()
})

test('an output is typed by its schema, and is there only once the status was looked at', () => {
  const Triage = z.object({ team: z.enum(['claims', 'sales']), at: z.string().transform(Number) })
  type Read = { team: 'claims' | 'sales'; at: number }
  const use = async (half: Halfrate): Promise<unknown> => {
    const triage = half.queue('triage', { output: Triage, maxFailures: 2 })
    const job = await half.run('one', [], { queue: triage, onConflict: 'keep' })
    expectTypeOf(job).toEqualTypeOf<Job<Read>>()
    expectTypeOf(await half.run('two', [], { output: Triage })).toEqualTypeOf<Job<Read>>()
    expectTypeOf(await half.job('two', { output: Triage })).toEqualTypeOf<Job<Read>>()
    expectTypeOf(await half.run('three', [], { queue: 'triage' })).toEqualTypeOf<Job<undefined>>()
    expectTypeOf(await half.run('four', [])).toEqualTypeOf<Job<undefined>>()
    for await (const result of job.results()) {
      // @ts-expect-error -- a result that did not succeed has no output
      const unguarded: unknown = result.output
      if (result.status !== 'succeeded') {
        expectTypeOf(result.error.code)
          .extract<'output_invalid'>()
          .toEqualTypeOf<'output_invalid'>()
        // @ts-expect-error -- a failed one has none either
        return [unguarded, result.output]
      }
      expectTypeOf(result.output).toEqualTypeOf<Read>()
    }
    // Whoever takes any result takes these.
    const any: Job = job
    // @ts-expect-error -- what is no schema is no output
    return [any, half.queue('wrong', { output: { parse: () => 1 } })]
  }
  expectTypeOf(use).returns.resolves.toEqualTypeOf<unknown>()
})
