import { expect, test } from 'vitest'
import { withRepair } from '../../../src/policy/intake/with-repair.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function repaired(stored: string, text: string, problem = 'it is no JSON'): string | null {
  const body = withRepair(encoder.encode(stored), { text, problem })
  return body === null ? null : decoder.decode(body)
}

test('the answer and what is wrong with it stand behind the messages, and every other byte stays', () => {
  const changed = repaired('"max_tokens": 1e2,"messages":[ 1 ],"x":[ 1 ]', 'a "b"\né') ?? ''
  expect(changed).toMatch(/^"max_tokens": 1e2,"messages":\[ 1 ,.*\],"x":\[ 1 \]$/)
  const { messages } = JSON.parse(`{${changed}}`) as { readonly messages: readonly unknown[] }
  expect(messages).toEqual([
    1,
    { role: 'assistant', content: [{ type: 'text', text: 'a "b"\né' }] },
    { role: 'user', content: [{ type: 'text', text: expect.stringContaining('it is no JSON. ') }] },
  ])
})

test('an answer without text is not repeated, since the provider takes no empty text', () => {
  const { messages } = JSON.parse(`{${repaired('"messages":[]', '')}}`) as {
    readonly messages: readonly { readonly role: string }[]
  }
  expect(messages.map(({ role }) => role)).toEqual(['user'])
})

test.each(['"max_tokens":1', '"messages":"[]"'])('there is none for %s', (stored) => {
  expect(repaired(stored, 'a')).toBeNull()
})
