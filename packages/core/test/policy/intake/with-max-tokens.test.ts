import { expect, test } from 'vitest'
import { withMaxTokens } from '../../../src/policy/intake/with-max-tokens.js'

const changed = (text: string, maxTokens: number): string | null => {
  const bytes = withMaxTokens(new TextEncoder().encode(text), maxTokens)
  return bytes === null ? null : new TextDecoder().decode(bytes)
}

test('only the value of max_tokens is other than before, wherever it stands', () => {
  expect(changed('"max_tokens":5,"messages":[]', 1_024)).toBe('"max_tokens":1024,"messages":[]')
  expect(changed('"messages":[{"max_tokens":5}], "max_tokens" : 5 ', 7)).toBe(
    '"messages":[{"max_tokens":5}], "max_tokens" : 7 ',
  )
  expect(changed('"max\\u005ftokens":5', 6)).toBe('"max\\u005ftokens":6')
})

test('where there is none nothing is made up', () => {
  expect(changed('"messages":[{"max_tokens":5}]', 1_024)).toBeNull()
})
