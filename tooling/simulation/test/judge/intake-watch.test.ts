import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  laneKey,
  type PutAnswer,
  type RequestId,
} from '@halfrate/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { IntakeWatch } from '../../src/judge/intake-watch.js'
import { RequestBook } from '../../src/provider/request-book.js'
import { NEIGHBOUR } from '../../src/scenario/neighbour.js'
import { Q1, RowMaker } from '../../src/scenario/workload.js'
import { booked } from './two-projects.js'

const THEIRS = 1 as RequestId
const OURS = 2 as RequestId
const NEWER = 3 as RequestId

describe('two projects with the same key', () => {
  const maker = new RowMaker()
  const model = 'claude-haiku-4-5'
  const row = maker.make({ key: 'k', row: null, model, lane: laneKey({}), shared: null })
  let book: RequestBook
  let watch: IntakeWatch

  const canceled = (): readonly RequestId[] =>
    [...book.all()].filter(({ isCanceled }) => isCanceled).map(({ id }) => id)

  beforeEach(() => {
    book = new RequestBook()
    book.add(booked(DEFAULT_PROJECT, THEIRS, 'k'))
    book.add(booked(NEIGHBOUR, OURS, 'k'))
    watch = new IntakeWatch(book, maker.facts, () => 0)
  })

  it('supersede each their own', () => {
    const of = { project: NEIGHBOUR, account: DEFAULT_ACCOUNT, queue: Q1 }
    const put = { ...of, job: null, onConflict: 'supersede', rows: [row] }
    const answer: PutAnswer = { type: 'new', id: NEWER, part: 0, repeatsRow: null }
    watch.after('putRequests', put, [answer])
    expect(canceled()).toEqual([OURS])
  })

  it('cancel each their own, whatever ids they name', () => {
    const call = { project: NEIGHBOUR, requestIds: [THEIRS, OURS], reason: 'canceled' }
    watch.after('cancel', call, undefined)
    expect(canceled()).toEqual([OURS])
  })
})

it('a commit does not promise again what a backup lacks', () => {
  const book = new RequestBook()
  const maker = new RowMaker()
  const watch = new IntakeWatch(book, maker.facts, () => 0)
  const job = { id: 5, part: 1, fill: 0 }
  const model = 'claude-haiku-4-5'
  const row = maker.make({ key: 'k', row: 1, model, lane: laneKey({}), shared: null })
  const of = { project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT, queue: Q1 }
  const put = { ...of, job, onConflict: 'report', rows: [row] }
  watch.after('putRequests', put, [{ type: 'new', id: OURS, part: 1, repeatsRow: null }])
  watch.after('commitJob', job, { type: 'committed' })
  expect(book.accepted().map(({ id }) => id)).toEqual([OURS])
  expect(book.forget(new Set())).toBe(1)
  watch.after('commitJob', job, { type: 'committed' })
  expect(book.accepted()).toEqual([])
})
