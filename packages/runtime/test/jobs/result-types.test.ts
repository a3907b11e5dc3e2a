import { expectTypeOf, test } from 'vitest'
import type { ReceivedMessage, Result } from '../../src/index.js'

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
