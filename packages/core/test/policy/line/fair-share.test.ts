import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProjectId, QueueName } from '../../../src/index.js'
import { type QueueCount, type ShareFacts, shareOf } from '../../../src/policy/line/fair-share.js'

const NOW = 1_000_000

function count(name: string, requests: number): QueueCount {
  const [project, queue] = name.split('/') as [ProjectId, QueueName]
  return { project, queue, count: requests }
}

function facts(of: {
  readonly limit: number
  readonly inLine?: readonly (readonly [string, number])[]
  readonly wants?: readonly (readonly [string, number])[]
  readonly asks: readonly [string, number]
  readonly until?: number
}): ShareFacts {
  const { limit, inLine = [], wants = [], asks, until = NOW + 1 } = of
  return {
    limit,
    inLine: inLine.map(([name, requests]) => count(name, requests)),
    demands: wants.map(([name, requests]) => {
      const { count: wanted, ...place } = count(name, requests)
      return { ...place, wants: wanted, until }
    }),
    asks: count(...asks),
  }
}

function roomOf(of: Parameters<typeof facts>[0]): number {
  return shareOf(facts(of), NOW).room
}

describe('the share of a queue in the line of its account', () => {
  test('is all that nobody else wants', () => {
    expect(roomOf({ limit: 100, asks: ['a/x', 70] })).toBe(70)
    expect(roomOf({ limit: 100, asks: ['a/x', 700] })).toBe(100)
    expect(roomOf({ limit: 100, inLine: [['a/y', 60]], asks: ['a/x', 70] })).toBe(40)
  })

  test('is nothing while the line is full', () => {
    expect(roomOf({ limit: 100, inLine: [['a/y', 100]], asks: ['a/x', 1] })).toBe(0)
    expect(roomOf({ limit: 100, inLine: [['a/y', 130]], asks: ['a/x', 1] })).toBe(0)
  })

  test('is an even part between projects first, and then between the queues of each', () => {
    const wants = [
      ['b/x', 900],
      ['b/y', 900],
    ] as const
    expect(shareOf(facts({ limit: 100, wants, asks: ['a/x', 900] }), NOW).share).toBe(50)
    expect(
      shareOf(facts({ limit: 100, wants: [['a/x', 900], ...wants], asks: ['b/x', 900] }), NOW)
        .share,
    ).toBe(25)
  })

  test('leaves to the others what somebody with little does not want', () => {
    expect(roomOf({ limit: 100, wants: [['b/x', 10]], asks: ['a/x', 900] })).toBe(90)
    expect(roomOf({ limit: 100, wants: [['a/x', 900]], asks: ['b/x', 10] })).toBe(10)
  })

  test('is what becomes free, for whoever came late, until its share is full', () => {
    const inLine = [
      ['a/x', 80],
      ['b/x', 10],
    ] as const
    expect(roomOf({ limit: 100, inLine, wants: [['a/x', 500]], asks: ['b/x', 500] })).toBe(10)
    expect(roomOf({ limit: 100, inLine, wants: [['b/x', 500]], asks: ['a/x', 500] })).toBe(0)
  })

  test('does not count who said long ago that it wants more, nor what its own queue said', () => {
    expect(roomOf({ limit: 100, wants: [['b/x', 900]], until: NOW, asks: ['a/x', 900] })).toBe(100)
    expect(roomOf({ limit: 100, wants: [['a/x', 900]], asks: ['a/x', 40] })).toBe(40)
  })

  test('waits for more where little is free, unless that is all it wants', () => {
    const inLine = [['b/x', 96]] as const
    expect(roomOf({ limit: 100, inLine, asks: ['a/x', 900] })).toBe(0)
    expect(roomOf({ limit: 100, inLine, asks: ['a/x', 4] })).toBe(4)
    expect(roomOf({ limit: 100, inLine: [['b/x', 95]], asks: ['a/x', 900] })).toBe(5)
  })
})

const names = ['a/x', 'a/y', 'b/x', 'c/x', 'c/y', 'c/z']
const counts = fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 300 }))

test('shares never come to more than the line, and leave nothing of it unused that somebody wants', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), counts, (limit, wants) => {
      const entries = Object.entries(wants)
      const shares = entries.map(
        ([name, requests]) =>
          shareOf(facts({ limit, wants: entries, asks: [name, requests] }), NOW).share,
      )
      const given = shares.reduce((sum, share) => sum + share, 0)
      const wanted = entries.reduce((sum, [, requests]) => sum + requests, 0)
      expect(given).toBe(entries.length === 0 ? 0 : Math.min(limit, wanted))
    }),
  )
})

test('what is put in line one after the other never exceeds it, and whoever is refused gets its share as others leave', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 500 }),
      counts,
      fc.infiniteStream(fc.nat()),
      (limit, wants, draws) => {
        const open = new Map(Object.entries(wants))
        const inLine: [string, number][] = []
        let rounds = 0
        while (open.size > 0 && rounds < 10_000) {
          rounds += 1
          const asking = [...open.keys()][draws.next().value % open.size] as string
          const room = roomOf({
            limit,
            inLine,
            wants: [...open],
            asks: [asking, open.get(asking) ?? 0],
          })
          if (room > 0) {
            inLine.push([asking, room])
            const rest = (open.get(asking) ?? 0) - room
            if (rest > 0) open.set(asking, rest)
            else open.delete(asking)
          } else if (inLine.length > 0) inLine.splice(draws.next().value % inLine.length, 1)
          expect(inLine.reduce((sum, [, requests]) => sum + requests, 0)).toBeLessThanOrEqual(limit)
        }
        expect([...open]).toEqual([])
      },
    ),
  )
})
