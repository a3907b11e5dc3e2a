import { FAULT_PRESETS, ProviderModel, scriptFaults } from '@halfrate/emulator/model'
import { expect, test } from 'vitest'
import { HOUR, items, MINUTE, NOW, rawLinesOf } from './arrange.js'

/** Everything that a fixed course of calls shows, as text. */
function course(seed: number): string {
  const model = new ProviderModel({ seed })
  scriptFaults(model, FAULT_PRESETS.rough)
  const shown: unknown[] = []
  for (let round = 0; round < 12; round++) {
    const now = NOW + round * 7 * MINUTE
    shown.push(model.create({ now, items: items(6) }))
    const listed = model.list({ now })
    shown.push(listed)
    for (const { batchId } of model.ledger.accepted(now)) {
      shown.push(model.retrieve({ now, id: batchId }))
      const file = model.results({ now, id: batchId })
      shown.push(file.type === 'lines' ? rawLinesOf(file) : file)
    }
  }
  shown.push(model.createMessage({ now: NOW + 2 * HOUR, body: items(1)[0]?.params }))
  return JSON.stringify(shown)
}

test('the same calls to the same seed show the same, to the byte', () => {
  expect(course(7)).toBe(course(7))
})

test('another seed shows something else', () => {
  expect(course(8)).not.toBe(course(7))
})
