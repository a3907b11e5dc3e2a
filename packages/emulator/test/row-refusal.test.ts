import { expect, test } from 'vitest'
import { ProviderModel } from '../src/model/index.js'

const NOW = Date.UTC(2026, 10, 21)

function item(customId: string, content: string): { customId: string; params: unknown } {
  const messages = [{ role: 'user', content }]
  return { customId, params: { model: 'claude-haiku-4-5', max_tokens: 10, messages } }
}

test('a row with a certain text makes its whole batch be refused, wherever it stands', () => {
  const model = new ProviderModel({ seed: 1 })
  model.fault('row', { containing: 'poison', refused: true })
  const create = (...contents: readonly string[]): unknown =>
    model.create({ now: NOW, items: contents.map((text, row) => item(`row-${row}`, text)) })
  expect(create('fine', 'fine')).toMatchObject({ status: 200 })
  for (const batch of [['a drop of poison'], ['fine', 'poison', 'fine']]) {
    expect(create(...batch)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error' } },
    })
  }
  expect(model.ledger.accepted()).toHaveLength(1)
})

test('growing too fast has a code of its own', () => {
  const model = new ProviderModel({ seed: 1 })
  model.fault('create', { error: 'ramp_limit', retryAfterSeconds: 30 })
  expect(model.create({ now: NOW, items: [item('a', 'fine')] })).toMatchObject({
    status: 429,
    headers: { 'retry-after': '30' },
    body: { error: { details: { error_code: 'ramp_limit_exceeded' } } },
  })
})
