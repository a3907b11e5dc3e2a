import { describe, expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/model/money.js'
import type { CostFigure } from '../../../src/policy/money/estimate.js'
import { ROW_GROUNDS } from '../../../src/policy/money/estimate-grounds.js'
import {
  type EstimatedRows,
  missOf,
  wholeEstimate,
  withEstimate,
} from '../../../src/policy/money/job-estimate.js'
import { READ_AT } from './arrange.js'

const nano = (amount: number): NanoUsd => amount as NanoUsd
const figure = (
  low: number,
  high: number,
  basis: CostFigure['basis'] = 'estimate',
): CostFigure => ({
  lowNano: nano(low),
  highNano: nano(high),
  basis,
})
const rowsOf = (rows: number, batch: CostFigure): EstimatedRows => ({
  ...{ rows, batch, grounds: ROW_GROUNDS, at: READ_AT },
})

describe('the estimate that is kept with a job', () => {
  test('adds what a later commit brings', () => {
    const first = withEstimate(null, { name: 'claims', commits: 0 }, rowsOf(3, figure(10, 20)))
    const second = withEstimate(first, { name: 'claims', commits: 1 }, rowsOf(2, figure(1, 2)))
    expect(wholeEstimate(second)).toMatchObject({ rows: 5, batch: figure(11, 22) })
    const third = withEstimate(
      second,
      { name: 'claims', commits: 2 },
      rowsOf(1, figure(1, 1, 'floor')),
    )
    expect(wholeEstimate(third)).toMatchObject({ rows: 6, batch: figure(12, 23, 'floor') })
  })

  test('counts rows once whose commit was cut off by a crash and made again', () => {
    const first = withEstimate(null, { name: 'claims', commits: 0 }, rowsOf(3, figure(10, 20)))
    const cut = withEstimate(first, { name: 'claims', commits: 1 }, rowsOf(2, figure(1, 2)))
    const again = withEstimate(cut, { name: 'claims', commits: 1 }, rowsOf(4, figure(3, 5)))
    expect(wholeEstimate(again)).toMatchObject({ rows: 7, batch: figure(13, 25) })
    const anew = withEstimate(first, { name: 'claims', commits: 0 }, rowsOf(5, figure(7, 8)))
    expect(wholeEstimate(anew)).toMatchObject({ rows: 5, batch: figure(7, 8) })
  })

  test('was missed by what was paid beyond one of its ends', () => {
    const missed = (paid: number, basis: CostFigure['basis'] = 'estimate', isPart = false) =>
      missOf(figure(10, 20, basis), { paidNano: nano(paid), isPart })
    expect(missed(10)).toBe(0)
    expect(missed(20)).toBe(0)
    expect(missed(21)).toBe(1)
    expect(missed(7)).toBe(-3)
    expect(missed(7, 'estimate', true)).toBeNull()
    expect(missed(30, 'floor')).toBeNull()
  })
})
