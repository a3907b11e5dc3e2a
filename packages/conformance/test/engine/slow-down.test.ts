import { describe, expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { EngineBench } from './engine-bench.js'

const OVERLOADED = scriptedError('Overloaded', { status: 529, type: 'overloaded_error' })

async function bench(): Promise<EngineBench> {
  const made = new EngineBench()
  await made.setPolicy({ maxBatchRequests: 10 })
  return made
}

function rows(count: number): readonly string[] {
  return Array.from({ length: count }, (_, row) => `row ${row}`)
}

const minuteOf = (made: EngineBench, at: number): number =>
  Math.round((at - (made.creates[0]?.at ?? 0)) / 60_000)

describe('a 429', () => {
  test('that asks to wait holds all batches of the account until then, and the item no longer', async () => {
    const made = await bench()
    made.refuse = () => ({ status: 429, retryAfterMs: 10 * 60_000 })
    await made.enqueue(...rows(30))
    await made.work()
    const before = made.creates.length
    made.refuse = () => null
    await made.pass(9)
    expect(made.creates).toHaveLength(before)
    await made.pass(4)
    const later = made.creates.slice(before)
    expect(later.map(({ count }) => count)).toEqual([10, 10, 10])
    expect(later.map(({ at }) => minuteOf(made, at)).at(0)).toBe(10)
    expect((await made.pauses()).automatic).toEqual([])
  })

  test('for growing too fast makes batches rarer, until they are taken again', async () => {
    const made = await bench()
    await made.setPolicy({ maxBatchRequests: 1 })
    made.refuse = () => ({ status: 429, code: 'ramp_limit_exceeded', retryAfterMs: 1_000 })
    await made.enqueue(...rows(20))
    await made.pass(3)
    const refused = made.creates.length
    expect(refused).toBeLessThan(8)
    made.refuse = () => null
    await made.pass(40)
    expect(made.creates).toHaveLength(refused + 20)
  })

  test('without a wait, while work is in line, waits for a batch to end', async () => {
    const made = await bench()
    await made.enqueue(...rows(10))
    await made.work()
    made.refuse = () => ({ status: 429 })
    await made.enqueue(...rows(10))
    await made.pass(20)
    expect(made.creates).toHaveLength(2)
    expect((await made.pauses()).automatic).toEqual([])
    made.refuse = () => null
    made.endBatches()
    await made.pass(6)
    expect(made.creates).toHaveLength(3)
  })

  test('without a wait and without work in line is a cap, probed every hour', async () => {
    const made = await bench()
    made.refuse = () => ({ status: 429 })
    await made.enqueue(...rows(5))
    await made.pass(59)
    expect(made.creates.map(({ count }) => count)).toEqual([5])
    expect((await made.pauses()).automatic).toMatchObject([{ reason: 'rate_limited' }])
    await made.pass(2)
    expect(made.creates.map(({ count }) => count)).toEqual([5, 1])
  })
})

describe('creates that fail one after the other', () => {
  test('are tried by one probe at a time, and the others stay waiting', async () => {
    const made = await bench()
    await made.setPolicy({ maxBatchRequests: 1 })
    made.transport.always('createBatch', () => {
      made.creates.push({ at: made.clock.now(), count: 1, body: '' })
      return { type: 'ambiguous', error: OVERLOADED }
    })
    await made.enqueue(...rows(40))
    await made.work()
    // Steps that ran at the same time were let through together.
    expect(made.creates.length).toBeLessThanOrEqual(5 + 4)
    const before = made.creates.length
    await made.pass(5)
    expect(made.creates.length - before).toBeLessThanOrEqual(4)
    const states = (await made.requests()).map(({ state }) => state)
    expect(states.filter((state) => state === 'done')).toEqual([])
  })
})

describe('questions that fail one after the other', () => {
  test('are asked ever more rarely by all together, and answered ones at once again', async () => {
    const made = await bench()
    await made.setPolicy({ maxBatchRequests: 1 })
    await made.enqueue('a')
    await made.work()
    made.refuseReads = { status: 503 }
    await made.pass(5)
    const early = made.transport.callsOf('retrieve').length
    await made.pass(60)
    const asked = made.transport.callsOf('retrieve').length - early
    // It opens for ever longer, up to ten minutes.
    expect(asked).toBeLessThanOrEqual(10)
    made.refuseReads = null
    await made.pass(11)
    const healed = made.transport.callsOf('retrieve').length
    await made.pass(15)
    expect(made.transport.callsOf('retrieve').length - healed).toBeGreaterThanOrEqual(3)
  })

  test('by a process that starts anew are not asked any sooner', async () => {
    const made = await bench()
    await made.enqueue('a')
    await made.work()
    made.refuseReads = { status: 503 }
    await made.pass(30)
    made.restart()
    const before = made.transport.callsOf('retrieve').length
    await made.work()
    expect(made.transport.callsOf('retrieve')).toHaveLength(before)
  })
})
