import { describe, expect, test } from 'vitest'
import type { ReasonCode, Request } from '../../../src/index.js'
import { judgeCanary } from '../../../src/policy/canary/judge-canary.js'

type Ended = Pick<Request, 'state' | 'verdict'>

const GOOD: Ended = {
  state: 'done',
  verdict: { status: 'succeeded', reason: 'usable', detail: null },
}
const OPEN: Ended = { state: 'assigned', verdict: null }
const AGAIN: Ended = { state: 'waiting', verdict: null }

function failed(reason: ReasonCode, detail: string | null = null): Ended {
  return { state: 'done', verdict: { status: 'failed', reason, detail } }
}

const BAD = failed('errored', 'invalid_request_error')
const GONE: Ended = {
  state: 'done',
  verdict: { status: 'canceled', reason: 'canceled', detail: null },
}

function times(count: number, each: Ended): readonly Ended[] {
  return Array.from({ length: count }, () => each)
}

describe('a canary', () => {
  test.each<[string, readonly Ended[], string]>([
    ['is open while all of it is', times(5, OPEN), 'open'],
    [
      'is open while what failed and what is open could be more than half',
      [GOOD, GOOD, BAD, OPEN, AGAIN],
      'open',
    ],
    ['passes when all are good', times(5, GOOD), 'passed'],
    ['passes with half of it failed', [GOOD, BAD, GOOD, BAD], 'passed'],
    [
      'passes before the last is back when that can’t change it',
      [GOOD, GOOD, GOOD, BAD, OPEN],
      'passed',
    ],
    ['stops when all fail', times(3, BAD), 'stopped'],
    ['stops when more than half fail', [BAD, GOOD, failed('cut_off')], 'stopped'],
    [
      'stops before the last is back when that can’t change it',
      [BAD, BAD, BAD, OPEN, OPEN],
      'stopped',
    ],
    ['stops when its only request fails', [BAD], 'stopped'],
    ['says nothing when it is empty', [], 'nothing'],
    ['says nothing when all was canceled or is damaged', [GONE, failed('file_damaged')], 'nothing'],
    ['does not count what was canceled', [GONE, GONE, GONE, GOOD], 'passed'],
    [
      'does not count what nobody can know',
      [failed('possibly_paid'), failed('result_lost'), BAD],
      'stopped',
    ],
  ])('%s', (_, requests, type) => {
    expect(judgeCanary(requests).type).toBe(type)
  })

  test('names what most of it failed by', () => {
    const requests = [failed('refused'), BAD, failed('errored', 'not_found_error'), BAD, GOOD, GONE]
    expect(judgeCanary(requests)).toEqual({
      type: 'stopped',
      finding: { failed: 4, of: 5, reason: 'errored', detail: 'invalid_request_error', alike: 2 },
    })
  })

  test('takes a verdict that waits for its last attempt for none', () => {
    const verdict = { status: 'failed', reason: 'errored', detail: null } as const
    expect(judgeCanary([{ state: 'assigned', verdict }]).type).toBe('open')
  })
})
