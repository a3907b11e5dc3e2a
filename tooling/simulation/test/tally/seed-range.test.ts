import { describe, expect, it } from 'vitest'
import { distinctRanges, missingRanges } from '../../src/tally/seed-range.js'

describe('seeds that are still to do', () => {
  it('are cut into blocks', () => {
    expect(missingRanges({ from: 1, count: 5 }, [], 2)).toEqual([
      { from: 1, count: 2 },
      { from: 3, count: 2 },
      { from: 5, count: 1 },
    ])
  })

  it('are what lies between, before and after those that are done', () => {
    const done = [
      { from: 21, count: 10 },
      { from: 5, count: 6 },
    ]
    expect(missingRanges({ from: 1, count: 40 }, done, 100)).toEqual([
      { from: 1, count: 4 },
      { from: 11, count: 10 },
      { from: 31, count: 10 },
    ])
  })

  it('are none when more was done than is asked for', () => {
    expect(missingRanges({ from: 1, count: 10 }, [{ from: 1, count: 50 }], 5)).toEqual([])
    expect(missingRanges({ from: 1, count: 10 }, [{ from: 8, count: 50 }], 5)).toEqual([
      { from: 1, count: 5 },
      { from: 6, count: 2 },
    ])
  })
})

describe('blocks that two processes have done', () => {
  it('count once', () => {
    const blocks = [
      { from: 11, count: 10 },
      { from: 1, count: 10 },
      { from: 11, count: 10 },
    ]
    expect(distinctRanges(blocks)).toEqual([
      { from: 1, count: 10 },
      { from: 11, count: 10 },
    ])
  })

  it('are refused when they share some of their seeds only', () => {
    const blocks = [
      { from: 1, count: 10 },
      { from: 6, count: 10 },
    ]
    expect(() => distinctRanges(blocks)).toThrow('counts seed 6 twice')
  })
})
