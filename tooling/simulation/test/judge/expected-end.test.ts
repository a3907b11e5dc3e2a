import { HOUR_MS } from '@halfrate/core'
import { describe, expect, it } from 'vitest'
import {
  type EndFacts,
  type ExpectedEnd,
  expectedEnd,
  type FateRow,
} from '../../src/judge/expected-end.js'

const BATCH_MS = HOUR_MS / 2

function endOf(
  rows: readonly Partial<FateRow>[],
  policy: Partial<EndFacts['policy']> = {},
  isCanceled = false,
): ExpectedEnd {
  const all = rows.map((row, index) => rowOf(row, index))
  const doneAt = (all.at(-1)?.endedAt ?? 0) + 1_000
  const limits = { maxFailures: 3, giveUpAfterMs: 72 * HOUR_MS, accept: [] }
  const rules = {
    ...limits,
    raiseMaxTokensTo: 0,
    continueAtMost: 0,
    askRefusedOf: null,
    outputSchema: null,
    ...policy,
  }
  return expectedEnd({ rows: all, policy: rules, createdAt: 0, doneAt, isCanceled })
}

// One batch an hour.
function rowOf(row: Partial<FateRow>, index: number): FateRow {
  const createdAt = (index + 1) * HOUR_MS
  return {
    ...{ batchId: `batch-${index + 1}`, customId: `id-${index + 1}`, batchCount: 10 },
    ...{ createdAt, endedAt: createdAt + BATCH_MS },
    ...{ outcome: 'succeeded', errorType: null, usability: null, mayBeUnseen: false },
    ...{ model: 'one', maxTokens: 600, isPaused: false, turns: 1 },
    isCall: false,
    ...row,
  }
}

const PASSING = { outcome: 'errored', errorType: 'overloaded_error' } as const
const BILLING = { outcome: 'errored', errorType: 'billing_error' } as const
const PERMANENT = { outcome: 'errored', errorType: 'invalid_request_error' } as const
const EXPIRED = { outcome: 'expired' } as const
const USABLE = { outcome: 'succeeded', usability: 'usable' } as const

describe('the expected end of a request', () => {
  it('is its success', () => {
    const { reasons, mayGoOn } = endOf([USABLE])
    expect([[...reasons], mayGoOn]).toEqual([['usable'], false])
  })

  it('is another try after an expiry, a cancel from outside or an error that passes', () => {
    for (const row of [EXPIRED, PASSING, BILLING, { outcome: 'canceled' } as const]) {
      const { reasons, mayGoOn } = endOf([row])
      expect([[...reasons], mayGoOn]).toEqual([[], true])
    }
  })

  it('is an error that no repeat can mend, and no try after it', () => {
    expect([...endOf([PERMANENT]).reasons]).toEqual(['errored'])
    expect(endOf([PERMANENT, USABLE]).mustHaveEndedBy?.batchId).toBe('batch-1')
  })

  it('is another try after an answer that was cut off below the cap of its queue, once', () => {
    const raise = { raiseMaxTokensTo: 601 }
    const cut = { outcome: 'succeeded', usability: 'cut_off' } as const
    expect([...endOf([cut]).reasons]).toEqual(['cut_off'])
    expect([...endOf([cut], raise).reasons]).toEqual([])
    expect(endOf([cut, USABLE], raise).mustHaveEndedBy).toBeNull()
    expect([...endOf([cut, { ...cut, maxTokens: 601 }], raise).reasons]).toEqual(['cut_off'])
    expect([...endOf([cut], { ...raise, accept: ['cut_off'] }).reasons]).toEqual(['cut_off'])
    expect(endOf([cut, USABLE]).mustHaveEndedBy?.batchId).toBe('batch-1')
  })

  it('is another try after an answer that paused, as often as its queue goes on', () => {
    const paused = { outcome: 'succeeded', usability: 'cut_off', isPaused: true } as const
    const twice = { continueAtMost: 2, raiseMaxTokensTo: 601 }
    const next = { ...paused, turns: 2 }
    expect([...endOf([paused], { raiseMaxTokensTo: 601 }).reasons]).toEqual(['cut_off'])
    expect([...endOf([paused, next], twice).reasons]).toEqual([])
    expect([...endOf([paused, next, { ...next, turns: 3 }], twice).reasons]).toEqual(['cut_off'])
    expect([...endOf([paused], { ...twice, accept: ['cut_off'] }).reasons]).toEqual(['cut_off'])
    expect(endOf([paused, next, USABLE], { continueAtMost: 1 }).mustHaveEndedBy).not.toBeNull()
  })

  it('may be an answer that was cut off where its caller canceled it meanwhile', () => {
    const cut = { outcome: 'succeeded', usability: 'cut_off' } as const
    const { reasons, mayGoOn } = endOf([cut], { raiseMaxTokensTo: 601 }, true)
    expect([[...reasons], mayGoOn]).toEqual([['cut_off'], true])
  })

  it('is to be given up with the last failure that counts, and neither before nor after', () => {
    expect(endOf([PASSING, PASSING]).reasons.size).toBe(0)
    expect([...endOf([PASSING, EXPIRED, BILLING, PASSING, PASSING]).reasons]).toEqual(['gave_up'])
    expect(endOf([PASSING], { maxFailures: 1 }).mayGoOn).toBe(false)
    expect(endOf([PASSING, PASSING, USABLE], { maxFailures: 2 }).mustHaveEndedBy?.batchId).toBe(
      'batch-2',
    )
  })

  it('is to be given up when its time is over', () => {
    const short = { giveUpAfterMs: 2 * HOUR_MS }
    expect([...endOf([EXPIRED, EXPIRED], short).reasons]).toEqual(['expired'])
    expect([...endOf([BILLING, BILLING], short).reasons]).toEqual(['gave_up'])
    expect(endOf([EXPIRED], short).reasons.size).toBe(0)
    expect(endOf([EXPIRED, EXPIRED, USABLE], short).mustHaveEndedBy?.batchId).toBe('batch-2')
  })

  it('may be another call, or doubt, after one that was answered in real time', () => {
    const answered = { ...USABLE, isCall: true }
    expect([...endOf([answered]).reasons]).toEqual(['usable', 'possibly_paid'])
    expect(endOf([answered, answered]).mustHaveEndedBy).toBeNull()
  })

  it('may be the answer of a call that came after others were made', () => {
    const late = { ...USABLE, isCall: true }
    expect([...endOf([late, PERMANENT]).reasons]).toEqual(['usable', 'errored'])
    const cut = { outcome: 'succeeded', usability: 'cut_off', isCall: true } as const
    const raise = { raiseMaxTokensTo: 601 }
    expect([...endOf([cut], raise).reasons]).toEqual(['cut_off', 'possibly_paid'])
    expect([...endOf([cut, PERMANENT], raise).reasons]).toEqual(['cut_off', 'errored'])
  })

  it('is open where a row that was not paid may never have been seen', () => {
    const unseen = { ...PERMANENT, mayBeUnseen: true }
    expect(endOf([unseen, USABLE]).mustHaveEndedBy).toBeNull()
    expect([...endOf([unseen]).reasons]).toEqual(['errored'])
    expect(endOf([unseen]).mayGoOn).toBe(true)
  })

  it('is what another model answers to what one refused, and no third try', () => {
    const refused = { outcome: 'succeeded', usability: 'refused' } as const
    const other = { askRefusedOf: 'other' }
    expect([...endOf([refused]).reasons]).toEqual(['refused'])
    const { reasons, mayGoOn } = endOf([refused], other)
    expect([[...reasons], mayGoOn]).toEqual([[], true])
    expect([...endOf([refused, { ...refused, model: 'other' }], other).reasons]).toEqual([
      'refused',
    ])
    expect([...endOf([{ ...refused, model: 'other' }], other).reasons]).toEqual(['refused'])
    expect(endOf([refused, USABLE]).mustHaveEndedBy?.batchId).toBe('batch-1')
    expect([...endOf([refused], { ...other, accept: ['refused'] }).reasons]).toEqual(['refused'])
    expect([...endOf([refused], other, true).reasons]).toEqual(['refused'])
  })

  it('is what comes of an answer of the wrong form that was sent back, and no third try', () => {
    const invalid = { outcome: 'succeeded', usability: 'output_invalid', turns: 1 } as const
    const form = { outputSchema: { type: 'string' } }
    expect([...endOf([invalid]).reasons]).toEqual(['output_invalid'])
    const { reasons, mayGoOn } = endOf([invalid], form)
    expect([[...reasons], mayGoOn]).toEqual([[], true])
    const sentBack = { ...invalid, turns: 3 }
    expect([...endOf([invalid, sentBack], form).reasons]).toEqual(['output_invalid'])
    expect(endOf([invalid, sentBack, USABLE], form).mustHaveEndedBy?.batchId).toBe('batch-2')
    expect([...endOf([invalid], form, true).reasons]).toEqual(['output_invalid'])
  })
})
