import { describe, expect, test } from 'vitest'
import { lineText } from '../../src/screen/line.js'
import {
  finishedScreen,
  type ProgressFacts,
  progressScreen,
} from '../../src/screen/progress-screen.js'
import { widthOf } from '../../src/screen/text-width.js'
import {
  batch,
  minutes,
  NOW,
  RUNNING,
  report,
  THREE_BATCHES,
  textOf,
  timeZone,
  usd,
} from './facts.js'

const FACTS: ProgressFacts = {
  now: NOW,
  report: RUNNING,
  batches: THREE_BATCHES,
  heldBack: null,
  otherWorker: null,
  storeFlag: '',
  budget: null,
}

const shown = (facts: ProgressFacts, width: number, height = 24): string =>
  textOf(progressScreen(facts, { width, height, timeZone }))

describe('the screen of a running job', () => {
  test('breaks hints onto their own rows in 60 columns', () => {
    expect(shown(FACTS, 60)).toMatchInlineSnapshot(`
      " answered 2,208  ██████████░░░░░░░░░░░░░░░░░░░░  36 %
       at Claude 1,999    answer lost 1,835    waiting 4
       batch 1  2,000  ended after 9 min
                       1,996 answered, 4 overloaded: trying again
                       with the next batch
       batch 2  1,999  at Claude 14 min    usually 5–60 min
       batch 3  1,835  answer to our send was lost; looking for it
                       (not sent again before 02:31)
       paid $1.58    saved $1.58
       Ctrl-C is safe; the same command resumes."
    `)
  })

  test('keeps the usual range and the expiry in 80 columns', () => {
    expect(shown(FACTS, 80)).toMatchInlineSnapshot(`
      " answered 2,208  ██████████░░░░░░░░░░░░░░░░░░░░  36 %
       at Claude 1,999    answer lost 1,835    waiting 4
       batch 1  2,000  ended after 9 min
                       1,996 answered, 4 overloaded: trying again with the next batch
       batch 2  1,999  at Claude 14 min    usually 5–60 min, expires tomorrow 02:03
       batch 3  1,835  answer to our send was lost; looking for it
                       (not sent again before 02:31)
       paid $1.58    saved $1.58
       Ctrl-C is safe: the batches go on. The same command resumes."
    `)
  })

  test('has figures beside the bar in 100 columns', () => {
    expect(shown(FACTS, 100)).toMatchInlineSnapshot(`
      " answered 2,208  ████████░░░░░░░░░░░░░░░░  36 %    at Claude 1,999    answer lost 1,835    waiting 4
       batch 1  2,000  ended after 9 min   1,996 answered, 4 overloaded: trying again with the next batch
       batch 2  1,999  at Claude 14 min    usually 5–60 min, expires tomorrow 02:03
       batch 3  1,835  answer to our send was lost; looking for it (not sent again before 02:31)
       paid $1.58    saved $1.58
       Ctrl-C is safe: the batches go on. The same command resumes."
    `)
  })

  test('says in 120 columns why nothing moves before a batch ends', () => {
    expect(shown(FACTS, 120)).toMatchInlineSnapshot(`
      " answered 2,208  ██████████░░░░░░░░░░░░░░░░░░░░  36 %    at Claude 1,999    answer lost 1,835    waiting 4
       batch 1  2,000  ended after 9 min   1,996 answered, 4 overloaded: trying again with the next batch
       batch 2  1,999  at Claude 14 min    usually 5–60 min, expires tomorrow 02:03; Claude tells nothing until a batch ends
       batch 3  1,835  answer to our send was lost; looking for it (not sent again before 02:31)
       paid $1.58    saved $1.58
       Ctrl-C is safe: the batches go on. The same command resumes; \`halfrate work --once\` collects from cron."
    `)
  })

  test('never takes more columns than there are', () => {
    for (let width = 60; width <= 160; width += 1) {
      for (const line of progressScreen(FACTS, { width, height: 24, timeZone })) {
        expect(widthOf(lineText(line)), `${width}: ${lineText(line)}`).toBeLessThanOrEqual(width)
      }
    }
  })

  test('hides batches that are over when rows are short, and says how many', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      batch(index + 1, {
        state: index < 28 ? 'collected' : 'in_progress',
        requestCount: 100,
        remoteCreatedAt: NOW - minutes(30 - index),
        remoteEndedAt: index < 28 ? NOW - minutes(1) : null,
        counts: { processing: 0, succeeded: 100, errored: 0, canceled: 0, expired: 0 },
      }),
    )
    expect(shown({ ...FACTS, batches: many }, 100, 8)).toMatchInlineSnapshot(`
      " answered 2,208  ████████░░░░░░░░░░░░░░░░  36 %    at Claude 1,999    answer lost 1,835    waiting 4
       26 more batches
       batch 27  100  ended after 3 min   100 answered
       batch 28  100  ended after 2 min   100 answered
       batch 29  100  at Claude 2 min     usually 5–60 min; Claude tells nothing until a batch ends
       batch 30  100  at Claude 1 min     usually 5–60 min; Claude tells nothing until a batch ends
       paid $1.58    saved $1.58
       Ctrl-C is safe: the batches go on. The same command resumes."
    `)
  })

  test('names what holds it back, who else works, and when rows are tried again', () => {
    const waits = report({
      total: 10,
      succeeded: 6,
      waiting: 4,
      retrying: 4,
      nextDueAt: NOW + minutes(2),
      money: { paidNano: usd(0.01), realtimeNano: usd(0.02) },
    })
    const facts = {
      ...FACTS,
      report: waits,
      batches: [],
      heldBack: 'rate limit, until 02:20',
      otherWorker: 'process 4711 on build-3',
    }
    expect(shown(facts, 80)).toMatchInlineSnapshot(`
      " answered 6  ██████████████████░░░░░░░░░░░░  60 %    waiting 4
       held back: rate limit, until 02:20
       another worker (process 4711 on build-3) does the work; waiting for it
       4 rows to try again from 02:19
       paid $0.01    saved $0.01
       Ctrl-C is safe: the batches go on. The same command resumes."
    `)
  })

  test('counts apart what has no price, what may have been paid, and waste', () => {
    const odd = report({
      total: 12,
      succeeded: 10,
      failed: { errored: 2 },
      money: {
        paidNano: usd(0.0421),
        realtimeNano: usd(0.09),
        wasteNano: usd(0.002),
        unpricedAttempts: 1,
        possiblyPaidAttempts: 3,
        possiblyPaidNano: usd(0.01),
      },
    })
    expect(shown({ ...FACTS, report: odd, batches: [] }, 100)).toMatchInlineSnapshot(`
      " answered 10  █████████████████████████░░░░░  83 %    failed 2
       paid $0.042    saved $0.048    waste $0.002    1 answer of unknown price
       3 rows perhaps paid (at most $0.01)
       Ctrl-C is safe: the batches go on. The same command resumes."
    `)
  })

  test('shows every other state of a batch in words', () => {
    const states = [
      batch(1, { state: 'sealed', requestCount: 10 }),
      batch(2, { state: 'sending', requestCount: 10 }),
      batch(3, { state: 'canceling', requestCount: 10, remoteCreatedAt: NOW - minutes(75) }),
      batch(4, {
        state: 'ended',
        requestCount: 10,
        remoteCreatedAt: NOW - minutes(30),
        remoteEndedAt: NOW,
      }),
      batch(5, { state: 'lost', requestCount: 10 }),
      batch(6, { state: 'lost', requestCount: 10, possiblyPaid: true }),
      batch(7, {
        state: 'rejected',
        requestCount: 10,
        error: {
          status: 429,
          type: 'rate_limit_error',
          code: null,
          message: 'This request would exceed the rate limit.',
          requestId: null,
          retryAfterMs: null,
        },
      }),
      batch(8, {
        state: 'ambiguous',
        requestCount: 10,
        search: {
          clearSince: null,
          scans: 1,
          missing: [],
          candidates: [
            {
              remoteId: 'msgbatch_1' as never,
              createdAt: NOW,
              unreadableFetches: 0,
              firstUnreadableAt: null,
              vanished: false,
            },
          ],
        },
      }),
      batch(9, { state: 'ambiguous', requestCount: 10 }),
    ]
    expect(shown({ ...FACTS, batches: states }, 100)).toMatchInlineSnapshot(`
      " answered 2,208  ████████░░░░░░░░░░░░░░░░  36 %    at Claude 1,999    answer lost 1,835    waiting 4
       batch 1  10  waiting to be sent
       batch 2  10  being sent
       batch 3  10  at Claude 1 h 15 min, being canceled   longer than the usual 5–60 min
       batch 4  10  ended after 30 min     fetching its results
       batch 5  10  never reached Claude   its rows are sent again with the next batch
       batch 6  10  never reached Claude   it may have been paid: see halfrate why KEY
       batch 7  10  refused                429 This request would exceed the rate limit.
       batch 8  10  answer to our send was lost; looking for it
                    (a batch that could be it is at Claude; it is read when it ends)
       batch 9  10  answer to our send was lost; looking for it (one more look at the list of batches)
       paid $1.58    saved $1.58
       Ctrl-C is safe: the batches go on. The same command resumes."
    `)
  })

  test('leaves out how to go on once it is over', () => {
    const done = report({ total: 2_000, succeeded: 2_000 })
    const facts = { ...FACTS, report: done, batches: THREE_BATCHES.slice(0, 1) }
    expect(
      textOf(finishedScreen(facts, { width: 100, height: 24, timeZone })),
    ).toMatchInlineSnapshot(`
      " answered 2,000  ██████████████████████████████  100 %
       batch 1  2,000  ended after 9 min   1,996 answered, 4 overloaded: trying again with the next batch"
    `)
  })
})
