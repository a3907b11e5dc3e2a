import { expect, test } from 'vitest'
import { editDistance, nearNames } from '../../../src/policy/intake/near-names.js'
import { findUnknownModel } from '../../../src/policy/intake/unknown-model.js'
import { knownModels } from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'

const known = ['claude-opus-5-5', 'claude-opus-5', 'claude-sonnet-5', 'claude-haiku-4-5-20251001']
const find = (model: string) =>
  findUnknownModel({ model, known, place: { file: 'requests.jsonl', line: 3 } })

test('a known model is nothing to speak of, with or without its date', () => {
  expect(find('claude-opus-5')).toBeNull()
  expect(find('claude-haiku-4-5-20251001')).toBeNull()
  expect(find('claude-haiku-4-5')).toBeNull()
})

test('an unknown model is named with the known ones that read like it', () => {
  expect(find('claude-opus-5.5')).toEqual({
    model: 'claude-opus-5.5',
    nearNames: ['claude-opus-5-5', 'claude-opus-5'],
    message:
      'requests.jsonl:3: params.model: "claude-opus-5.5" is not a model that Halfrate knows. Did you mean claude-opus-5-5 or claude-opus-5? It is sent as it is; its cost can\'t be told.',
  })
})

test('a model that reads like no other is named alone', () => {
  expect(find('gpt\u001b')?.message).toBe(
    'requests.jsonl:3: params.model: "gpt\\u001b" is not a model that Halfrate knows. It is sent as it is; its cost can\'t be told.',
  )
  const nowhere = findUnknownModel({ model: 'x', known, place: { file: null, line: null } })
  expect(nowhere?.message.startsWith('params.model: "x"')).toBe(true)
})

test.each([
  ['claude-haiku-45', 'claude-haiku-4-5'],
  ['Claude-Opus-5.5', 'claude-opus-5-5'],
  ['claude-sonet-5', 'claude-sonnet-5'],
])('%s was meant to be a name in the price book', (name, meant) => {
  expect(nearNames(name, knownModels(PRICE_BOOK), 3)[0]).toBe(meant)
})

test('distance counts what is put in, taken out or replaced', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('abc', '')).toBe(3)
  expect(editDistance('abc', 'abc')).toBe(0)
})

test('names of absurd length have no near ones', () => {
  expect(nearNames('x'.repeat(10_000_000), known, 3)).toEqual([])
})
