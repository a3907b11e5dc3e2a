import { describe, expect, test } from 'vitest'
import { changeLines, changeObjects } from '../../src/screen/progress-changes.js'
import type { ProgressFacts } from '../../src/screen/progress-screen.js'
import { batch, minutes, NOW, RUNNING, report, THREE_BATCHES } from './facts.js'

const FACTS: ProgressFacts = {
  now: NOW,
  report: RUNNING,
  batches: THREE_BATCHES,
  heldBack: null,
  otherWorker: null,
  storeFlag: '',
  budget: null,
}

describe('changes of a running job', () => {
  test('begin with all that is known', () => {
    expect(changeLines(null, FACTS, 'UTC').join('\n')).toMatchInlineSnapshot(`
      "batch 1, 2,000 rows: ended after 9 min; 1,996 answered, 4 overloaded: trying again with the next batch
      batch 2, 1,999 rows: at Claude; usually 5–60 min, expires tomorrow 02:03; Claude tells nothing until a batch ends
      batch 3, 1,835 rows: answer to our send was lost; looking for it (not sent again before 02:31)
      answered 2,208 of 6,046 (36 %)    at Claude 1,999    answer lost 1,835    waiting 4    paid $1.58    saved $1.58"
    `)
  })

  test('are none when nothing but time went by', () => {
    const later = { ...FACTS, now: NOW + minutes(3) }
    expect(changeLines(FACTS, later, 'UTC')).toEqual([])
    expect(changeObjects(FACTS, later)).toEqual([])
  })

  test('name only the batch that moved', () => {
    const moved = {
      ...FACTS,
      batches: [...THREE_BATCHES.slice(0, 2), batch(3, { state: 'lost', requestCount: 1_835 })],
    }
    expect(changeLines(FACTS, moved, 'UTC').join('\n')).toMatchInlineSnapshot(
      `"batch 3, 1,835 rows: never reached Claude; its rows are sent again with the next batch"`,
    )
  })

  test('leave out what lasts a moment', () => {
    const sending = { ...FACTS, batches: [batch(1, { state: 'sending' })] }
    expect(changeLines({ ...FACTS, batches: [] }, sending, 'UTC')).toEqual([])
  })

  test('tell who else works and what holds back', () => {
    const other = {
      ...FACTS,
      otherWorker: 'process 4711 on build-3',
      heldBack: 'overloaded, until 02:20',
    }
    expect(changeLines(FACTS, other, 'UTC').join('\n')).toMatchInlineSnapshot(`
      "held back: overloaded, until 02:20
      another worker (process 4711 on build-3) does the work; waiting for it"
    `)
  })

  test('are objects for programs', () => {
    const small = report({ total: 2, succeeded: 1, assigned: { in_progress: 1 } })
    const facts = { ...FACTS, report: small, batches: THREE_BATCHES.slice(1, 2) }
    expect(changeObjects(null, facts, 'UTC')).toMatchInlineSnapshot(`
      [
        {
          "at": "2026-11-21T02:16:30.000Z",
          "batch_id": null,
          "expires_at": "2026-11-22T02:02:30.000Z",
          "message": "at Claude 14 min; usually 5–60 min, expires tomorrow 02:03; Claude tells nothing until a batch ends",
          "not_sent_again_before": null,
          "number": 2,
          "requests": 1999,
          "state": "at_claude",
          "type": "batch",
        },
        {
          "answer_lost": 0,
          "answered": 1,
          "at": "2026-11-21T02:16:30.000Z",
          "at_claude": 1,
          "failed": 0,
          "paid_usd": "0.00",
          "saved_usd": "0.00",
          "total": 2,
          "type": "progress",
          "waiting": 0,
        },
      ]
    `)
  })
})
