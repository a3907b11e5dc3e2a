import { expect, test } from 'vitest'
import { splitBody, withKeyTail } from '../../../src/policy/intake/index.js'
import { withMaxTokens } from '../../../src/policy/intake/with-max-tokens.js'
import { rowOf } from '../../engine/intake/arrange.js'

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

test('the tail of the key stays', () => {
  const row = withKeyTail(rowOf('a key', 1))
  const body = withMaxTokens(row.body, 12_345) ?? expect.fail('nothing was changed')
  const [before, after] = [splitBody(row.body), splitBody(body)]
  expect(after.tail).toEqual(before.tail)
  expect(Buffer.from(after.body).toString()).toBe(
    Buffer.from(before.body).toString().replace('"max_tokens":5', '"max_tokens":12345'),
  )
})

test('where there is none nothing is made up', () => {
  expect(changed('"messages":[{"max_tokens":5}]', 1_024)).toBeNull()
})
