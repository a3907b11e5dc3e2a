import type Anthropic from '@anthropic-ai/sdk'
import { expectTypeOf, test } from 'vitest'
import { about, type instrument, withFeature } from '../src/index.js'

test('an instrumented client has the type of the client, and so has all that it gives', () => {
  type Mine = ReturnType<typeof instrument<Anthropic>>
  expectTypeOf<Mine>().toEqualTypeOf<Anthropic>()
  expectTypeOf<Mine['messages']['create']>().toEqualTypeOf<Anthropic['messages']['create']>()
})

test('marks go with the options of a call, alone or beside others', () => {
  type Options = Parameters<Anthropic['messages']['create']>[1]
  expectTypeOf(about({ feature: 'triage' })).toExtend<Options>()
  expectTypeOf(about({}, { timeout: 1 })).toExtend<Options>()
  expectTypeOf(about({}, {} as NonNullable<Options>)).toEqualTypeOf<NonNullable<Options>>()
})

test('a scope has the type of what it runs', () => {
  expectTypeOf(withFeature('triage', async () => 7)).toEqualTypeOf<Promise<number>>()
})
