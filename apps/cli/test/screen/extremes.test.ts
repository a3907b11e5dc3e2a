import { describe, expect, test } from 'vitest'
import type { BatchFacts } from '../../src/screen/batch-words.js'
import { type Line, lineText } from '../../src/screen/line.js'
import { type OutcomeFacts, outcomeScreen } from '../../src/screen/outcome-screen.js'
import {
  finishedScreen,
  type ProgressFacts,
  progressScreen,
} from '../../src/screen/progress-screen.js'
import { type StatusFacts, statusScreen } from '../../src/screen/status-screen.js'
import { widthOf } from '../../src/screen/text-width.js'
import { unbrokenPieces } from '../../src/screen/unbroken-pieces.js'
import { aBudget, batch, minutes, NOW, report, textOf, timeZone, usd } from './facts.js'

const FOLDER = `/data/${'請求-🚀-'.repeat(12)}/claims`
const FLAG = ` --store ${FOLDER}/halfrate.db`
const MANY = 123_456_789

const BATCHES: readonly BatchFacts[] = [
  batch(
    1,
    {
      state: 'collected',
      requestCount: 100_000,
      remoteCreatedAt: NOW - minutes(2_000),
      remoteEndedAt: NOW - minutes(11),
      counts: { processing: 0, succeeded: 99_000, errored: 400, canceled: 300, expired: 300 },
    },
    { unanswered: { overloaded_error: 400, canceled: 300, expired: 300 }, retried: 999 },
  ),
  batch(1_234, {
    state: 'rejected',
    error: {
      status: 400,
      type: 'invalid_request_error',
      message: 'something about it '.repeat(9).trim(),
      requestId: null,
    } as never,
  }),
  batch(1_235, { state: 'lost', possiblyPaid: true }, { storeFlag: FLAG }),
  batch(
    1_236,
    { state: 'ambiguous', search: { ...batch(1, {}).submission.search, askingSince: NOW } },
    { storeFlag: FLAG },
  ),
  batch(1_237, { state: 'in_progress', remoteExpiresAt: NOW + minutes(1_400) }),
]

const LARGE = report({
  total: MANY,
  succeeded: MANY - 4_000_000,
  waiting: 1_000_000,
  assigned: { in_progress: 1_000_000, ambiguous: 1_000_000 },
  failed: { cut_off: 900_000, refused: 90_000, empty: 9_000, errored: 1_000 },
  retrying: 12_345,
  nextDueAt: NOW + minutes(3),
  money: {
    paidNano: usd(1_234_567.89),
    realtimeNano: usd(2_469_135.78),
    wasteNano: usd(0.000_000_1),
    unpricedAttempts: 12_345,
    possiblyPaidAttempts: 6_789,
    possiblyPaidNano: usd(98_765.43),
  },
})

const PROGRESS: ProgressFacts = {
  now: NOW,
  report: LARGE,
  batches: BATCHES,
  heldBack: `queue run paused by hand 2 d ago (請求 ${'lunch '.repeat(20)}); halfrate resume --queue run${FLAG} ends it`,
  otherWorker: 'a-machine-with-a-name.example.org:123456/3',
  storeFlag: FLAG,
  budget: aBudget(2_000_000, 1_999_999.99, 2_000_100),
}

const STATUS: StatusFacts = {
  now: NOW,
  store: `${FOLDER}/halfrate.db`,
  queues: [],
  storeFlag: FLAG,
  jobs: [{ name: `claims-${'月次'.repeat(20)}`, report: LARGE, budget: PROGRESS.budget }],
  all: LARGE,
  batches: BATCHES,
  workedAt: null,
  heldBack: PROGRESS.heldBack,
  setAside: 1,
}

const OUTCOME: OutcomeFacts = {
  report: LARGE,
  storeFlag: FLAG,
  tookMs: minutes(123_456),
  exitCode: 2,
  output: `${FOLDER}/triage.csv`,
  estimate: null,
  examples: { failed: `a key of words ${'x'.repeat(200)}`, cutOff: null },
  budget: PROGRESS.budget,
  goOn: `halfrate run claims.csv -o triage.csv --max-cost 2000100${FLAG}`,
  job: 'my claims',
}

const SCREENS: readonly (readonly [string, (width: number) => readonly Line[]])[] = [
  ['of a run', (width) => progressScreen(PROGRESS, { width, height: 60, timeZone })],
  ['of a run that ended', (width) => finishedScreen(PROGRESS, { width, height: 60, timeZone })],
  ['of a store', (width) => statusScreen(STATUS, { width, timeZone })],
  ['of the end', (width) => outcomeScreen(OUTCOME, width)],
]

test.each(SCREENS)('the screen %s fits whatever the figures, names and paths', (_, screenOf) => {
  for (let width = 59; width < 160; width += 1) {
    for (const line of screenOf(width)) {
      const text = lineText(line)
      const isWhole = unbrokenPieces(text.trim().replace(/^\((.*)/, '$1')).length === 1
      if (!isWhole) expect(widthOf(text), `${width}: ${text}`).toBeLessThanOrEqual(width)
      expect(text, `${width}`).not.toContain('…')
    }
  }
})

describe('a screen', () => {
  test('of one row says one row', () => {
    const one = report({ total: 1, waiting: 1, retrying: 1, nextDueAt: NOW + minutes(1) })
    const facts = { ...PROGRESS, report: one, batches: [], heldBack: null, otherWorker: null }
    const text = textOf(
      progressScreen({ ...facts, budget: null }, { width: 79, height: 20, timeZone }),
    )
    expect(text).toContain('waiting 1')
    expect(text).toContain('1 row to try again from 02:18')
  })

  test('of no rows at all has no share of them', () => {
    const none = report({ total: 0 })
    const text = textOf(outcomeScreen({ ...OUTCOME, report: none, budget: null, goOn: null }, 79))
    expect(text).toContain('0 usable')
    const facts = { ...PROGRESS, report: none, batches: [], heldBack: null, otherWorker: null }
    expect(textOf(progressScreen(facts, { width: 79, height: 20, timeZone }))).toContain(' 0 %')
  })
})
