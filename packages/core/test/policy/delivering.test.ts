import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Ack,
  applyAck,
  type DeliveryId,
  InvariantError,
  type RequestId,
} from '../../src/index.js'
import { redeliverAfterMs } from '../../src/policy/delivering.js'

test.each([
  [0, 500, 1_000],
  [1, 1_000, 2_000],
  [2, 2_000, 4_000],
  [8, 128_000, 256_000],
  [9, 150_000, 300_000],
  [10_000, 150_000, 300_000],
])('after %i tries a result rests for %i to %i milliseconds', (tries, least, most) => {
  expect(redeliverAfterMs({ tries, jitter: 0 })).toBe(least)
  const late = redeliverAfterMs({ tries, jitter: 0.999 })
  expect(late).toBeGreaterThan(least)
  expect(late).toBeLessThan(most)
})

const MOST = 12
const requestIds = (count: number): readonly RequestId[] =>
  Array.from({ length: count }, (_, index) => (100 + 3 * index) as RequestId)

// Ids that are in no delivery are among them too.
const acks: fc.Arbitrary<readonly Ack[]> = fc.array(
  fc.record({
    position: fc.nat(MOST),
    notTaken: fc.option(
      fc.record({
        requestIds: fc.subarray(requestIds(MOST + 2) as RequestId[]),
        dueAt: fc.nat(),
      }),
    ),
  }),
)
const start = fc.record({ count: fc.integer({ min: 1, max: MOST }), tries: fc.nat(5) })

const opened = ({ count, tries }: { readonly count: number; readonly tries: number }) => ({
  ...{ id: 7 as DeliveryId, count, tries, position: 0 },
  requestIds: requestIds(count),
})

test('each request that acknowledgements pass is dealt with once: by the first that passes it, taken or set aside', () => {
  fc.assert(
    fc.property(start, acks, (begin, given) => {
      let facts = opened(begin)
      const setAside: RequestId[] = []
      const expected: RequestId[] = []
      for (const ack of given.filter(({ position }) => position <= begin.count)) {
        const passed = facts.requestIds.slice(facts.position, ack.position)
        const failed = passed.filter((id) => ack.notTaken?.requestIds.includes(id))
        const effect = applyAck(facts, ack)
        expected.push(...failed)
        setAside.push(...(effect.setAside?.requestIds ?? []))
        expect(effect.position).toBe(Math.max(facts.position, ack.position))
        expect(effect.left).toBe(begin.count - effect.position)
        expect(effect.setAside === null).toBe(failed.length === 0)
        if (effect.setAside !== null) {
          expect(effect.setAside).toMatchObject({
            tries: begin.tries + 1,
            dueAt: ack.notTaken?.dueAt,
          })
        }
        facts = { ...facts, position: effect.position }
      }
      expect(setAside).toEqual(expected)
      expect(new Set(setAside).size).toBe(setAside.length)
    }),
  )
})

test('the same acknowledgement again changes nothing', () => {
  fc.assert(
    fc.property(start, acks, (begin, given) => {
      for (const ack of given.filter(({ position }) => position <= begin.count)) {
        const { position, left } = applyAck(opened(begin), ack)
        const again = applyAck({ ...opened(begin), position }, ack)
        expect(again).toEqual({ position, left, setAside: null })
      }
    }),
  )
})

test('an acknowledgement beyond the end is refused', () => {
  fc.assert(
    fc.property(start, fc.integer({ min: 1 }), (begin, beyond) => {
      const ack = { position: begin.count + beyond, notTaken: null }
      expect(() => applyAck(opened(begin), ack)).toThrow(InvariantError)
    }),
  )
})
