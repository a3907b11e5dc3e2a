import { expect, test } from 'vitest'
import { answerContent } from '../../../src/policy/results/answer-content.js'

const contentOf = (line: string): string | null => {
  const content = answerContent(new TextEncoder().encode(line))
  return content === null ? null : new TextDecoder().decode(content)
}
const lineOf = (message: string): string =>
  `{"custom_id":"a","result":{"type":"succeeded","message":${message}}}`

test('the content of an answer is found as it came', () => {
  const content = '[ {"type":"text","text":"{\\"content\\":1}"} , {"content":[2]} ]'
  expect(contentOf(lineOf(`{"id":"m", "content" : ${content},"role":"assistant"}`))).toBe(content)
})

test('of one that stands there twice the last counts', () => {
  expect(contentOf(lineOf('{"content":[1],"content":[2]}'))).toBe('[2]')
})

test.each([lineOf('{"id":"m"}'), lineOf('[]'), '{"result":{"type":"expired"}}', 'no line'])(
  'there is none in %s',
  (line) => {
    expect(contentOf(line)).toBeNull()
  },
)
