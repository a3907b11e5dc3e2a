import { expect, test } from 'vitest'
import { blobMark } from '../../../src/policy/intake/blob-mark.js'
import { countBodyOf } from '../../../src/policy/money/count-body.js'

const bytesOf = (members: object): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(members).slice(1, -1))
const read = (body: Uint8Array | null): unknown =>
  body === null ? null : JSON.parse(new TextDecoder().decode(body))

test('the body of a count has the prompt, and nothing that the provider refuses there', () => {
  const prefix = {
    bytes: bytesOf({ model: 'claude-opus-5-5', system: 'Be brief.', service_tier: 'auto' }),
  }
  const body = bytesOf({
    ...{ max_tokens: 5, temperature: 1, metadata: { user_id: 'u' }, stream: false },
    messages: [{ role: 'user', content: 'Grüße' }],
  })
  expect(read(countBodyOf({ prefix, body }))).toEqual({
    ...{ model: 'claude-opus-5-5', system: 'Be brief.' },
    messages: [{ role: 'user', content: 'Grüße' }],
  })
  const alone = bytesOf({ model: 'm', messages: [] })
  expect(read(countBodyOf({ prefix: null, body: alone }))).toEqual({ model: 'm', messages: [] })
})

test('a request whose file stands elsewhere has none', () => {
  const mark = blobMark({ hash: new Uint8Array(32), size: 9 })
  const text = new TextEncoder()
  const body = new Uint8Array([...text.encode('"data":"'), ...mark, ...text.encode('"')])
  expect(countBodyOf({ prefix: null, body })).toBeNull()
})
