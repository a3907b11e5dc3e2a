import { expect, test } from 'vitest'
import {
  assertRequestMove,
  assertSubmissionMove,
  canRequestMove,
  canSubmissionMove,
  IllegalTransitionError,
  type RequestState,
  type SubmissionState,
  UNRESOLVED_STATES,
  UNSENT_STATES,
} from '../../src/index.js'

const submissionStates: readonly SubmissionState[] = [
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
]

// Written out from section 4 of the architecture, not from the code.
const submissionMoves: readonly string[] = [
  'filling → sealed',
  'filling → dissolved',
  'sealed → sending',
  'sealed → dissolved',
  'sending → in_progress',
  'sending → rejected',
  'sending → ambiguous',
  'sending → ended',
  'ambiguous → in_progress',
  'ambiguous → rejected',
  'ambiguous → ended',
  'ambiguous → lost',
  'rejected → in_progress',
  'rejected → ended',
  'lost → in_progress',
  'lost → ended',
  'in_progress → canceling',
  'in_progress → ended',
  'canceling → ended',
  'ended → collected',
]

const requestStates: readonly RequestState[] = ['waiting', 'assigned', 'done']
const requestMoves: readonly string[] = [
  'waiting → assigned',
  'waiting → done',
  'assigned → waiting',
  'assigned → done',
]

function allPairs<T extends string>(states: readonly T[]): readonly (readonly [T, T])[] {
  return states.flatMap((from) => states.map((to) => [from, to] as const))
}

test.each(allPairs(submissionStates))(
  'a submission goes from %s to %s as the states say',
  (from, to) => {
    const isLegal = submissionMoves.includes(`${from} → ${to}`)
    expect(canSubmissionMove(from, to)).toBe(isLegal)
    if (isLegal) assertSubmissionMove(from, to)
    else expect(() => assertSubmissionMove(from, to)).toThrow(IllegalTransitionError)
  },
)

test.each(allPairs(requestStates))('a request goes from %s to %s as the states say', (from, to) => {
  const isLegal = requestMoves.includes(`${from} → ${to}`)
  expect(canRequestMove(from, to)).toBe(isLegal)
  if (isLegal) assertRequestMove(from, to)
  else expect(() => assertRequestMove(from, to)).toThrow(IllegalTransitionError)
})

test('an illegal move says what it was', () => {
  expect(() => assertSubmissionMove('lost', 'sealed')).toThrow(
    "A submission can't go from lost to sealed.",
  )
})

test('what was not sent and what is not resolved are told apart', () => {
  expect(UNSENT_STATES).toEqual(['filling', 'sealed'])
  expect(UNRESOLVED_STATES).toEqual(['sending', 'ambiguous'])
  for (const state of UNSENT_STATES) expect(canSubmissionMove(state, 'dissolved')).toBe(true)
})

test('from every state but dissolved a submission can still be collected', () => {
  const reachable = (from: SubmissionState, seen: Set<SubmissionState>): Set<SubmissionState> => {
    for (const to of submissionStates) {
      if (seen.has(to) || !canSubmissionMove(from, to)) continue
      reachable(to, seen.add(to))
    }
    return seen
  }
  for (const state of submissionStates) {
    const isOver = state === 'dissolved' || state === 'collected'
    expect(reachable(state, new Set()).has('collected')).toBe(!isOver)
  }
})
