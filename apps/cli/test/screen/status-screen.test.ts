import type { QueueName } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { type StatusFacts, statusScreen } from '../../src/screen/status-screen.js'
import { minutes, NOW, RUNNING, report, THREE_BATCHES, textOf, timeZone } from './facts.js'

const FACTS: StatusFacts = {
  now: NOW,
  store: '/data/claims/halfrate.db',
  queues: [],
  storeFlag: ' --store claims/halfrate.db',
  jobs: [{ name: 'claims', report: RUNNING, budget: null }],
  all: RUNNING,
  batches: THREE_BATCHES.slice(1).map((batch) => ({
    ...batch,
    submission: { ...batch.submission, nextStepAt: NOW + minutes(4) },
  })),
  workedAt: NOW - 12_000,
  heldBack: null,
  setAside: 0,
}

const shown = (facts: StatusFacts, width: number): string =>
  textOf(statusScreen(facts, { width, timeZone }))

describe('a store at a glance', () => {
  test('in 60 columns', () => {
    expect(shown(FACTS, 60)).toMatchInlineSnapshot(`
      " store /data/claims/halfrate.db
       worker last seen 12 s ago
       job claims  6,046 rows    answered 2,208    at Claude 1,999
           answer lost 1,835    waiting 4
           paid $1.58    saved $1.58
       batch  1,999 rows    at Claude 14 min
           usually 5–60 min, expires tomorrow 02:03
       batch  1,835 rows
           answer to our send was lost; looking for it
           (not sent again before 02:31)
       next: due 02:21"
    `)
  })

  test('in 80 columns', () => {
    expect(shown(FACTS, 80)).toMatchInlineSnapshot(`
      " store /data/claims/halfrate.db
       worker last seen 12 s ago
       job claims  6,046 rows    answered 2,208    at Claude 1,999
           answer lost 1,835    waiting 4    paid $1.58    saved $1.58
       batch  1,999 rows    at Claude 14 min
           usually 5–60 min, expires tomorrow 02:03
       batch  1,835 rows    answer to our send was lost; looking for it
           (not sent again before 02:31)
       next: due 02:21"
    `)
  })

  test('in 120 columns', () => {
    expect(shown(FACTS, 120)).toMatchInlineSnapshot(`
      " store /data/claims/halfrate.db
       worker last seen 12 s ago
       job claims  6,046 rows    answered 2,208    at Claude 1,999    answer lost 1,835    waiting 4
           paid $1.58    saved $1.58
       batch  1,999 rows    at Claude 14 min    usually 5–60 min, expires tomorrow 02:03
       batch  1,835 rows    answer to our send was lost; looking for it    (not sent again before 02:31)
       next: due 02:21"
    `)
  })

  test('says what queues wait for and until when', () => {
    const flush = { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' }
    const nightly = {
      ...{ queue: 'nightly' as QueueName, waiting: 1_200, flush, problem: null },
      ...{ outlook: null, wantedAt: null },
      nextBatchAt: NOW + minutes(100),
    }
    const sizes = { count: 10_000, bytes: 200_000_000, ageMs: 3_600_000 }
    const queues = [
      { ...nightly, queue: 'now' as QueueName, nextBatchAt: NOW },
      nightly,
      { ...nightly, queue: 'early' as QueueName, flush: { ...flush, count: 5_000 } },
      { ...nightly, queue: 'hourly' as QueueName, flush: sizes, nextBatchAt: NOW + minutes(30) },
      {
        ...nightly,
        queue: 'wrong' as QueueName,
        nextBatchAt: null,
        problem: 'flush.schedule: no.',
      },
    ]
    const all = { ...RUNNING, nextDueAt: NOW - 1 }
    const facts = { ...FACTS, all, queues: queues.slice(1), batches: [] }
    expect(shown(facts, 80)).toMatchInlineSnapshot(`
      " store /data/claims/halfrate.db
       worker last seen 12 s ago
       job claims  6,046 rows    answered 2,208    at Claude 1,999
           answer lost 1,835    waiting 4    paid $1.58    saved $1.58
       queue nightly  waiting 1,200
           next batch 03:57, by 30 2 * * * in Europe/Berlin
       queue early  waiting 1,200
           next batch 03:57, by 30 2 * * * in Europe/Berlin, or at 5,000 requests
       queue hourly  waiting 1,200    next batch 02:47, or at 10,000 requests
       queue wrong  waiting 1,200    flush.schedule: no.
       next: due 02:47"
    `)
    expect(shown({ ...facts, queues }, 80)).toContain('next: due now')
  })

  test('says when nobody works on it and what holds it back', () => {
    const facts = { ...FACTS, workedAt: null, heldBack: 'overloaded, until 02:20', batches: [] }
    expect(shown(facts, 100)).toMatchInlineSnapshot(`
      " store /data/claims/halfrate.db
       held back: overloaded, until 02:20
       no worker has worked on it yet: halfrate work --store claims/halfrate.db
       job claims  6,046 rows    answered 2,208    at Claude 1,999    answer lost 1,835    waiting 4
           paid $1.58    saved $1.58
       nothing is due"
    `)
  })

  test('of an empty store', () => {
    const empty = report({ total: 0 })
    const facts = { ...FACTS, jobs: [], all: empty, batches: [], workedAt: NOW - minutes(90) }
    expect(shown(facts, 100)).toMatchInlineSnapshot(`
      " store /data/claims/halfrate.db
       worker last seen 1 h 30 min ago
       all  0 rows    answered 0    paid $0    saved $0
       nothing is due"
    `)
  })
})
