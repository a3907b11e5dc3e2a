import type { FaultTiming } from '@halfrate/emulator/model'
import { FAULT_PRESETS, InvalidFaultError, scriptFaults } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import { batchOf, HOUR, items, linesOf, modelWith, NOW } from './arrange.js'

/** At which of so many list calls a fault strikes, counted from 1. */
function strikes(calls: number, timing: FaultTiming, seed = 1): number[] {
  const model = modelWith({ seed })
  model.fault('list', { loseResponse: true, ...timing })
  const struck: number[] = []
  for (let call = 1; call <= calls; call++) {
    if (model.list({ now: NOW }).type === 'reset') struck.push(call)
  }
  return struck
}

describe('when a fault strikes', () => {
  test('always, if nothing is said', () => {
    expect(strikes(3, {})).toEqual([1, 2, 3])
  })

  test('so many times, after so many calls, at every n-th', () => {
    expect(strikes(9, { times: 2 })).toEqual([1, 2])
    expect(strikes(5, { afterTimes: 3 })).toEqual([4, 5])
    expect(strikes(10, { everyNth: 3 })).toEqual([3, 6, 9])
    expect(strikes(12, { everyNth: 3, afterTimes: 2, times: 2 })).toEqual([5, 8])
  })

  test('by chance, the same for the same seed', () => {
    const struck = strikes(400, { probability: 0.25 })
    expect(struck.length).toBeGreaterThan(60)
    expect(struck.length).toBeLessThan(140)
    expect(strikes(400, { probability: 0.25 })).toEqual(struck)
    expect(strikes(400, { probability: 0.25 }, 2)).not.toEqual(struck)
  })

  test('until it is taken away', () => {
    const model = modelWith()
    const handle = model.fault('list', { hang: true })
    model.list({ now: NOW })
    expect(handle.fired).toBe(1)
    handle.remove()
    expect(model.list({ now: NOW }).type).toBe('response')
    model.fault('list', { hang: true })
    model.clearFaults()
    expect(model.list({ now: NOW }).type).toBe('response')
    expect(model.ledger.summary(NOW).faults).toEqual({ list: 1 })
  })

  test('the one scripted first, if several would', () => {
    const model = modelWith()
    model.fault('list', { hang: true, times: 1 })
    model.fault('list', { loseResponse: true })
    expect(model.list({ now: NOW }).type).toBe('hang')
    expect(model.list({ now: NOW }).type).toBe('reset')
  })
})

describe('a script', () => {
  test.each([
    ['no list', {}, /faults: expected a list/],
    ['an unknown operation', [{ op: 'explode' }], /op: expected one of create, retrieve/],
    ['an unknown member', [{ op: 'list', lateMs: 5 }], /list: expected members .* got "lateMs"/],
    ['a value out of range', [{ op: 'list', probability: 2 }], /list\.probability: .* got 2/],
    ['an unknown error', [{ op: 'list', error: 'gremlins' }], /list\.error: expected one of/],
  ])('with %s is refused as a whole', (_, script, text) => {
    const model = modelWith()
    const run = (): void => scriptFaults(model, script)
    expect(run).toThrow(InvalidFaultError)
    expect(run).toThrow(text)
  })

  test('called demo loses one answer and spoils a few rows, and ends with the batch', () => {
    const model = modelWith()
    scriptFaults(model, FAULT_PRESETS.demo)
    expect(model.create({ now: NOW, items: items(1) })).toEqual({ type: 'reset' })
    const { id } = batchOf(model.create({ now: NOW, items: items(60) }))
    const batch = batchOf(model.retrieve({ now: NOW + HOUR, id }))
    expect(batch.request_counts).toMatchObject({ errored: 4, expired: 2, succeeded: 54 })
    expect(linesOf(model.results({ now: NOW + HOUR, id }))).toHaveLength(60)
  })
})
