import { describe, expect, test } from 'vitest'
import { deadlineLane, laneKey, laneOf, lanesAlike } from '../../src/model/lane.js'
import { MINUTE_MS } from '../../src/model/time.js'

const SIX = Date.UTC(2026, 10, 24, 6)

describe('the lane of what is wanted by an instant', () => {
  test('bears the instant on a grid of five minutes, never a later one', () => {
    const at = (deadlineAt: number) => laneOf(deadlineLane({}, deadlineAt)).deadlineAt
    expect(at(SIX)).toBe(SIX)
    expect(at(SIX + 1)).toBe(SIX)
    expect(at(SIX - 1)).toBe(SIX - 5 * MINUTE_MS)
  })

  test('is read back whole, and its neighbours share it', () => {
    const lane = { betas: ['b', 'a'], userProfileId: 'u' }
    const key = deadlineLane(lane, SIX + 60_000)
    expect(laneOf(key)).toEqual({
      ...{ apiVersion: '2026-10-21', betas: ['a', 'b'], userProfileId: 'u' },
      ...{ route: 'batch', deadlineAt: SIX, why: null },
    })
    expect(laneKey(laneOf(key))).toBe(key)
    expect(deadlineLane(lane, SIX + 200_000)).toBe(key)
  })

  test('is that of before where there is no instant, and of no instant for a call', () => {
    expect(deadlineLane({}, null)).toBe('["2026-10-21",[],null]')
    expect(laneOf('["2026-10-21",[],null]').deadlineAt).toBeNull()
    expect(deadlineLane({ route: 'realtime' }, SIX)).toBe(laneKey({ route: 'realtime' }))
  })

  test('is alike to the provider whatever the instant, and not whatever the rest', () => {
    const six = deadlineLane({}, SIX)
    expect(lanesAlike(six, laneKey({}))).toBe(true)
    expect(lanesAlike(six, deadlineLane({}, SIX + 9e6))).toBe(true)
    expect(lanesAlike(six, deadlineLane({ betas: ['b'] }, SIX))).toBe(false)
    expect(lanesAlike(six, laneKey({ route: 'realtime' }))).toBe(false)
  })
})

describe('the lane of what is called without having been asked for', () => {
  test('says why, and is alike to the provider', () => {
    const key = laneKey({ route: 'realtime', why: 'rollout', betas: ['b'] })
    expect(laneOf(key)).toMatchObject({ route: 'realtime', why: 'rollout', deadlineAt: null })
    expect(laneKey(laneOf(key))).toBe(key)
    expect(lanesAlike(key, laneKey({ route: 'realtime', betas: ['b'] }))).toBe(true)
    expect(lanesAlike(key, laneKey({ betas: ['b'] }))).toBe(false)
    expect(laneKey({ why: 'rollout' })).toBe(laneKey({}))
  })
})
