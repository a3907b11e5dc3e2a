import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, test } from 'vitest'
import { evaluate } from './evaluate.js'

const MODELS = ['claude-haiku-4-5', 'claude-sonnet-4-6'] as const
const CASES = ['red', 'green', 'blue'].map((colour, index) => ({
  id: `c${index + 1}`,
  question: `What is the ${index + 1}. colour?`,
  expected: colour,
}))

interface Asked {
  readonly model: string
  readonly messages: readonly { readonly content: string }[]
}

// The smaller model is right once; a grade is 5 where the answer has what was expected, else 1.
function answer(params: unknown): string {
  const { model, messages } = params as Asked
  const { content = '' } = messages[0] ?? {}
  if (content.startsWith('Grade')) {
    const [, expected] = /Expected: (.*)/.exec(content) ?? []
    return JSON.stringify({ grade: content.endsWith(`Answer: ${expected}`) ? 5 : 1 })
  }
  const found = CASES.find(({ question }) => question === content)
  return model === MODELS[0] && found?.id !== 'c1' ? 'grey' : (found?.expected ?? '')
}

test('each model is graded on every case, and a second run pays nothing more', async () => {
  await using claude = await startEmulator({ seed: 7, clock: { factor: 3_600 } })
  claude.reply(({ params }) => answer(params))
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const scores = await evaluate(half, 'colours', CASES, MODELS)
  expect(scores).toMatchObject([
    { model: MODELS[0], answered: 3, grade: 7 / 3 },
    { model: MODELS[1], answered: 3, grade: 5 },
  ])
  const [small = 0, large = 0] = scores.map(({ paidUsd }) => Number(paidUsd))
  expect(small).toBeGreaterThan(0)
  expect(large).toBeGreaterThan(small)
  expect(claude.ledger.billed()).toHaveLength(12)
  expect(await evaluate(half, 'colours', CASES, MODELS)).toEqual(scores)
  expect(claude.ledger.billed()).toHaveLength(12)
})

test('a model that answers nothing has no grade', async () => {
  await using claude = await startEmulator({ seed: 7, clock: { factor: 3_600 } })
  claude.reply(({ params }) => (params.model === MODELS[0] ? '' : answer(params)))
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const [none, other] = await evaluate(half, 'colours', CASES, MODELS)
  expect(none).toMatchObject({ answered: 0, grade: null })
  expect(other).toMatchObject({ answered: 3, grade: 5 })
})
