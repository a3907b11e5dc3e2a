import { describe, expect, test } from 'vitest'
import type { EpochMs, ReasonCode, Request } from '../../../src/index.js'
import { judgePrimer } from '../../../src/policy/caching/judge-primer.js'
import { primerSentence } from '../../../src/policy/caching/primer-sentence.js'

type Ended = Pick<Request, 'state' | 'verdict'>

const UNTIL = 1_000 as EpochMs
const BEFORE = 999 as EpochMs
const GOOD: Ended = {
  state: 'done',
  verdict: { status: 'succeeded', reason: 'usable', detail: null },
}
const OPEN: Ended = { state: 'assigned', verdict: null }
const GONE: Ended = {
  state: 'done',
  verdict: { status: 'canceled', reason: 'canceled', detail: null },
}

function failed(reason: ReasonCode): Ended {
  return { state: 'done', verdict: { status: 'failed', reason, detail: null } }
}

describe('a primer that is away', () => {
  test.each<[string, readonly Ended[], EpochMs, string, string | null]>([
    ['is waited for before its time is over', [OPEN], BEFORE, 'open', null],
    ['is waited for while another prefix is not written', [GOOD, OPEN], BEFORE, 'open', null],
    ['has written once it is answered', [GOOD], BEFORE, 'written', 'written'],
    [
      'has written by an answer that is no use too',
      [failed('cut_off')],
      BEFORE,
      'written',
      'written',
    ],
    ['has written by one of several', [GOOD, failed('errored')], BEFORE, 'written', 'written'],
    ['has written what is there when its time is over', [GOOD, OPEN], UNTIL, 'written', 'written'],
    ['is late when its time is over', [OPEN], UNTIL, 'cold', 'late'],
    ['has failed when all of it has', [failed('errored'), GONE], BEFORE, 'cold', 'failed'],
    ['is gone when it was canceled', [GONE], BEFORE, 'cold', 'gone'],
    ['is gone when it was replaced', [], BEFORE, 'cold', 'gone'],
  ])('%s', (_, requests, now, type, reason) => {
    const expected = reason === null ? { type } : { type, reason }
    expect(judgePrimer(requests, UNTIL, now)).toEqual(expected)
  })

  test('is said to be late in words', () => {
    expect(primerSentence('late')).toContain('had waited as long as its queue allows')
  })
})
