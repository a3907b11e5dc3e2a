import type { ReasonCode, RequestStatus } from '@halfrate/core'
import { expect, test } from 'vitest'
import {
  CodeBook,
  reasonCodes,
  requestStates,
  requestStatuses,
  submissionStates,
  verdictCode,
  verdictOfCode,
} from '../src/index.js'

test('the numbers that stand in SQL text are those of the words', () => {
  expect(requestStates.words).toEqual(['waiting', 'assigned', 'done'])
  expect(submissionStates.words).toEqual([
    'filling',
    'sealed',
    'dissolved',
    'sending',
    'ambiguous',
    'rejected',
    'lost',
    'in_progress',
    'canceling',
    'ended',
    'collected',
  ])
})

test('every verdict comes back from its number', () => {
  for (const status of requestStatuses.words as readonly RequestStatus[]) {
    for (const reason of reasonCodes.words as readonly ReasonCode[]) {
      const code = verdictCode({ status, reason, detail: 'x' })
      expect(verdictOfCode(code ?? -1)).toEqual({ status, reason })
    }
  }
  expect(verdictCode(null)).toBeNull()
})

test('what has no number, and a number that nothing has, are said to be broken', () => {
  const book = new CodeBook(['a', 'b'])
  expect(() => book.word(2)).toThrow(expect.objectContaining({ code: 'invariant' }))
  expect(() => book.code('c' as 'a')).toThrow(expect.objectContaining({ code: 'invariant' }))
  expect([book.codeOrNull(null), book.wordOrNull(null)]).toEqual([null, null])
})
