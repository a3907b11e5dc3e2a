import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestId } from '../../../src/index.js'
import { FIRST_READING, type ReadingMark, ReadingOn } from '../../../src/policy/results/index.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A request as time passes: each thing happens at an instant, and is to be seen at that instant or later. */
interface Life {
  readonly id: RequestId
  readonly seenAt: number
  readonly doneAt: number
  readonly doneSeenAt: number
}

interface Read {
  readonly given: readonly number[]
  readonly open: number
  readonly fresh: number
  readonly looked: number
  readonly mark: ReadingMark
}

// What a store shows of it: by id after the mark, and not what was done before it.
function read(lives: readonly Life[], from: ReadingMark, now: number): Read {
  const reading = new ReadingOn(from, now)
  const found = { given: [] as number[], open: 0, fresh: 0, looked: 0 }
  for (const life of lives) {
    if (life.seenAt > now || life.id <= from.afterId) continue
    const doneAt = life.doneSeenAt > now ? null : life.doneAt
    if (doneAt !== null && doneAt < from.doneFrom) continue
    found.looked += 1
    const kind = reading.look({ id: life.id, doneAt })
    if (kind === 'given') found.given.push(life.id)
    else found[kind] += 1
  }
  return { ...found, mark: reading.mark }
}

function life(id: number, doneAt: number, more: Partial<Life> = {}): Life {
  return { id: id as RequestId, seenAt: 0, doneAt, doneSeenAt: doneAt, ...more }
}

test('an older request that is done after newer ones were given comes with the next reading', () => {
  const lives = [life(1, 30 * HOUR), life(2, HOUR), life(3, 2 * HOUR)]
  const first = read(lives, FIRST_READING, 24 * HOUR)
  expect(first).toMatchObject({ given: [2, 3], open: 1, fresh: 0 })
  const second = read(lives, first.mark, 48 * HOUR)
  expect(second).toMatchObject({ given: [1], open: 0, looked: 1 })
  expect(read(lives, second.mark, 72 * HOUR)).toMatchObject({ given: [], looked: 0 })
})

test('what was done in the last five minutes is left to the next reading, and given then', () => {
  const now = 24 * HOUR
  const lives = [life(1, now - 5 * MINUTE - 1), life(2, now - 5 * MINUTE), life(3, now)]
  const first = read(lives, FIRST_READING, now)
  expect(first).toMatchObject({ given: [1], fresh: 2 })
  expect(read(lives, first.mark, now).given).toEqual([])
  expect(read(lives, first.mark, now + 6 * MINUTE).given).toEqual([2, 3])
})

test('a later reading begins where nothing can be left, twelve hours back', () => {
  const lives = Array.from({ length: 100 }, (_, index) => life(index + 1, HOUR))
  const first = read(lives, FIRST_READING, 24 * HOUR)
  expect(first.mark.afterId).toBe(0)
  const soon = read(lives, first.mark, 25 * HOUR)
  expect(soon.mark.afterId).toBe(0)
  const next = read(lives, soon.mark, 48 * HOUR)
  expect(next.mark.afterId).toBe(100)
})

test('a request that a long transaction brings below others is given, after readings that could not see it', () => {
  const late = life(1, 13 * HOUR, { seenAt: 12 * HOUR - 1 })
  const lives = [late, life(2, 0)]
  const first = read(lives, FIRST_READING, 6 * MINUTE)
  const second = read(lives, first.mark, 11 * HOUR)
  expect([first.given, second.given]).toEqual([[2], []])
  expect(read(lives, second.mark, 24 * HOUR).given).toEqual([1])
})

test('a clock that was put back gives nothing again and loses nothing', () => {
  const lives = [life(1, 10 * HOUR), life(2, 20 * HOUR + MINUTE)]
  const first = read(lives, FIRST_READING, 20 * HOUR)
  const back = read(lives, first.mark, 10 * HOUR)
  expect([first.given, back.given]).toEqual([[1], []])
  expect(read(lives, back.mark, 21 * HOUR).given).toEqual([2])
})

const lifeOf = fc.record({
  allocatedAt: fc.integer({ min: 0, max: 100 * HOUR }),
  // A transaction of the caller's, and a step of the store's, that are committed late.
  lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 * HOUR - 1 })),
  openMs: fc.integer({ min: 0, max: 60 * HOUR }),
  doneLateMs: fc.integer({ min: 0, max: 5 * MINUTE - 1 }),
})

test('over any readings each request is given once, however late it is seen and done', () => {
  fc.assert(
    fc.property(
      fc.array(lifeOf, { maxLength: 40 }),
      fc.array(fc.integer({ min: 0, max: 180 * HOUR }), { maxLength: 15 }),
      (births, instants) => {
        const lives = births
          .toSorted((one, other) => one.allocatedAt - other.allocatedAt)
          .map(({ allocatedAt, lateMs, openMs, doneLateMs }, index) => {
            const seenAt = allocatedAt + lateMs
            const doneAt = seenAt + openMs
            return life(index + 1, doneAt, { seenAt, doneSeenAt: doneAt + doneLateMs })
          })
        const given: number[] = []
        let mark = FIRST_READING
        for (const now of [...instants.toSorted((one, other) => one - other), 300 * HOUR]) {
          const reading = read(lives, mark, now)
          given.push(...reading.given)
          mark = reading.mark
        }
        expect(given.toSorted((one, other) => one - other)).toEqual(lives.map(({ id }) => id))
      },
    ),
    { numRuns: 2_000 },
  )
})
