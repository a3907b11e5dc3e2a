import { expect, test } from 'vitest'
import { blobMark } from '../../../src/policy/intake/blob-mark.js'
import { withAssistantTurn } from '../../../src/policy/intake/with-assistant-turn.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const CONTENT = '[{"type":"text","text":"so far \\u0022é"}, {"n":1.50}]'
const TURN = `{"role":"assistant","content":${CONTENT}}`

function turned(stored: string, content: string = CONTENT): string | null {
  const body = withAssistantTurn(encoder.encode(stored), encoder.encode(content))
  return body === null ? null : decoder.decode(body)
}

test('the content stands behind the messages as it came, and every other byte stays', () => {
  const before = '"max_tokens": 1e2,"messages":[{"role":"user","content":"[]"} '
  expect(turned(`${before}],"x":[ 1 ]`)).toBe(`${before},${TURN}],"x":[ 1 ]`)
  expect(turned('"messages":[ ]')).toBe(`"messages":[ ${TURN}]`)
})

test('a second turn goes behind the first', () => {
  const once = turned('"messages":[1]') ?? ''
  expect(turned(once)).toBe(`"messages":[1,${TURN},${TURN}]`)
})

test('marks of files stay where they are, and so does that of a tail', () => {
  const mark = blobMark({ hash: new Uint8Array(32).fill(7), size: 9 })
  const [before, after] = [encoder.encode('"messages":["'), encoder.encode('"]')]
  const body = withAssistantTurn(Uint8Array.of(...before, ...mark, ...after), encoder.encode('[1]'))
  const turn = encoder.encode(',{"role":"assistant","content":[1]}]')
  expect(body).toEqual(Uint8Array.of(...before, ...mark, 0x22, ...turn))
})

test.each([
  ['params without messages', '"max_tokens":1', CONTENT],
  ['messages that are no list', '"messages":"[]"', CONTENT],
  ['content that is no list', '"messages":[1]', '"text"'],
  ['content of nothing', '"messages":[1]', '[ ]'],
  ['content that is not JSON to the letter', '"messages":[1]', '[{"a":1,"a":2}]'],
])('none for %s', (_, stored, content) => {
  expect(turned(stored, content)).toBeNull()
})
