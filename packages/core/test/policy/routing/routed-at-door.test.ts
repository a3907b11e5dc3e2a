import { describe, expect, test } from 'vitest'
import { DEFAULT_QUEUE_POLICY, laneKey, laneOf, type QueuePolicy } from '../../../src/index.js'
import { DAY_MS, MINUTE_MS } from '../../../src/model/time.js'
import { throughDoor } from '../../../src/policy/intake/index.js'
import type { DoorFacts, RowWithInstant } from '../../../src/policy/routing/routed-at-door.js'
import { NO_TURNAROUND } from '../../../src/policy/turnaround/index.js'

const NOW = Date.UTC(2026, 10, 24)
const FACTS: DoorFacts = { now: NOW, history: NO_TURNAROUND, few: null }
const RULES: QueuePolicy = { ...DEFAULT_QUEUE_POLICY, routing: 'rules' }

function row(inMs: number | null, overrides: Partial<RowWithInstant> = {}) {
  const deadlineAt = inMs === null ? null : NOW + inMs
  const lane = laneKey({ deadlineAt })
  const bytes = { key: 'a', keyHash: new Uint8Array(16).fill(255), body: new Uint8Array(2) }
  const sizes = { prefix: null, itemBytes: 2, maxTokens: 1_000 }
  return { ...bytes, ...sizes, lane, model: 'm', deadlineAt, ...overrides }
}

function wayOf(given: ReturnType<typeof row>, policy: QueuePolicy = RULES) {
  const [one] = throughDoor(policy, FACTS, [given])
  const { route, why } = laneOf(one?.lane ?? '')
  return [route, why, one?.isInTime]
}

// What is published has nine in ten batches back within the hour.
test.each([
  ['no instant', null, ['batch', null, null]],
  ['far away', DAY_MS, ['batch', null, true]],
  ['before a batch is likely back', 20 * MINUTE_MS, ['realtime', 'deadline', true]],
  ['before a call is surely over', 30_000, ['realtime', 'deadline', false]],
  ['over', -1, ['batch', null, false]],
])('by the rules: wanted %s', (_, inMs, way) => {
  expect(wayOf(row(inMs))).toEqual(way)
})

test('a queue that sends as asked tells only whether it is in time', () => {
  const near = row(20 * MINUTE_MS)
  expect(wayOf(near, DEFAULT_QUEUE_POLICY)).toEqual(['batch', null, false])
  expect(wayOf(row(DAY_MS), DEFAULT_QUEUE_POLICY)).toEqual(['batch', null, true])
})

test('who named a route has it', () => {
  expect(wayOf(row(20 * MINUTE_MS, { isRouteAsked: true }))).toEqual(['batch', null, false])
  const called = row(20 * MINUTE_MS, { lane: laneKey({ route: 'realtime' }) })
  expect(wayOf(called)).toEqual(['realtime', null, true])
})

test('what a batch brings in time goes by the rollout of its queue', () => {
  const half = { ...RULES, batchPercent: 50 }
  expect(wayOf(row(DAY_MS), half)).toEqual(['realtime', 'rollout', true])
  expect(wayOf(row(20 * MINUTE_MS), half)).toEqual(['realtime', 'deadline', true])
})

describe('where the queue calls what is few', () => {
  const policy = { ...RULES, whenFew: 'realtime', fewADay: 10 } as const
  const lane = laneKey({})
  const NOBODY = { requestsADay: 9, waitingLanes: new Set<string>() }

  test.each([
    ['and alone', NOBODY, [row(null)], ['realtime', 'few', null]],
    ['and is wanted far away', NOBODY, [row(DAY_MS)], ['realtime', 'few', true]],
    ['and near', NOBODY, [row(20 * MINUTE_MS)], ['realtime', 'deadline', true]],
    ['but not few any more', { ...NOBODY, requestsADay: 10 }, [row(null)], ['batch', null, null]],
    ['and comes with its like', NOBODY, [row(null), row(null)], ['batch', null, null]],
    [
      'and finds its like waiting',
      { ...NOBODY, waitingLanes: new Set([lane]) },
      [row(null)],
      ['batch', null, null],
    ],
    [
      'and finds only others waiting',
      { ...NOBODY, waitingLanes: new Set([laneKey({ betas: ['b'] })]) },
      [row(null)],
      ['realtime', 'few', null],
    ],
    ['but asked for a batch', NOBODY, [row(null, { isRouteAsked: true })], ['batch', null, null]],
  ])('it is few %s', (_, few, rows, way) => {
    const [one] = throughDoor(policy, { ...FACTS, few }, rows)
    const { route, why } = laneOf(one?.lane ?? '')
    expect([route, why, one?.isInTime]).toEqual(way)
  })
})

test('calls wait for each other, sixteen at a time', () => {
  const many = Array.from({ length: 100 }, () => row(20 * MINUTE_MS, { maxTokens: 8_000 }))
  const inTime = throughDoor(RULES, FACTS, many).map(({ isInTime }) => isInTime)
  // Each may take not quite five minutes: four rounds fit.
  expect([inTime.slice(0, 64).every(Boolean), inTime.slice(64).some(Boolean)]).toEqual([
    true,
    false,
  ])
})

test('without a look at how long batches take nothing goes by its instant', () => {
  const [one] = throughDoor(RULES, null, [row(20 * MINUTE_MS)])
  expect([laneOf(one?.lane ?? '').route, one?.isInTime]).toEqual(['batch', null])
})
