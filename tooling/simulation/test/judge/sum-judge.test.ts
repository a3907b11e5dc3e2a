import { DEFAULT_PROJECT, type RequestId, type Store } from '@halfrate/core'
import { describe, expect, it } from 'vitest'
import { SumJudge } from '../../src/judge/sum-judge.js'
import { Violations } from '../../src/judge/violation.js'
import { wrappedStore } from '../../src/plants/wrapped-store.js'
import { NEIGHBOUR } from '../../src/scenario/neighbour.js'
import { booked, type TwoProjects, twoProjects } from './two-projects.js'

interface Found {
  readonly checked: readonly string[]
  readonly listed: readonly string[]
}

async function found(
  two: TwoProjects,
  wrap: (store: Store) => Store = (same) => same,
): Promise<Found> {
  const invariants = async (look: (judge: SumJudge) => Promise<unknown>): Promise<string[]> => {
    const violations = new Violations(() => 0)
    const projects = [DEFAULT_PROJECT, NEIGHBOUR]
    await look(new SumJudge({ store: wrap(two.store), projects, book: two.book, violations }))
    return violations.all.map(({ invariant, message }) => `${invariant} ${message.split(' ')[0]}`)
  }
  return {
    checked: await invariants((judge) => judge.check()),
    listed: await invariants((judge) => judge.list()),
  }
}

describe('the sums of a store', () => {
  it('are what the intake promised, each project by itself', async () => {
    const two = await twoProjects()
    expect(await found(two)).toEqual({ checked: [], listed: [] })
    const requestIds = two.ids.get(NEIGHBOUR) ?? []
    await two.store.cancel({ project: NEIGHBOUR, requestIds, reason: 'canceled' })
    expect(await found(two)).toEqual({ checked: [], listed: [] })
  })

  it('lack a promised request that is in no state', async () => {
    const two = await twoProjects()
    two.book.add(booked(NEIGHBOUR, 99 as RequestId, 'gone'))
    expect((await found(two)).checked).toEqual(['I1 neighbour'])
  })

  it('have one too many when a request was never promised', async () => {
    const two = await twoProjects()
    const [first] = two.book.all()
    if (first !== undefined) first.isAccepted = false
    const { checked, listed } = await found(two)
    expect(checked).toEqual(['I1 default'])
    // Once as the sum, once as the one that is listed.
    expect(listed).toEqual(['I1 default', 'I1 default'])
  })

  it('don’t add up when one request is lost and another one is there that nobody promised', async () => {
    const two = await twoProjects()
    const [first] = two.book.all()
    if (first !== undefined) first.isAccepted = false
    two.book.add(booked(DEFAULT_PROJECT, 99 as RequestId, 'gone'))
    expect(await found(two)).toEqual({ checked: [], listed: ['I1 default'] })
  })

  it('don’t add up when a report counts by state, by status or by submission what is not there', async () => {
    const two = await twoProjects()
    const lies = [
      { byState: { waiting: 3, assigned: 0, done: 0 } },
      { byStatus: { succeeded: 0, failed: 0, canceled: 1 } },
      { assignedBySubmission: { sealed: 1 } },
    ]
    for (const lie of lies) {
      const { checked } = await found(two, (store) =>
        wrappedStore(store, {
          report: async (params) => {
            const report = await store.report(params)
            return { ...report, counts: { ...report.counts, ...lie } }
          },
        }),
      )
      expect(checked).toEqual(['I1 default', 'I1 neighbour'])
    }
  })

  it('don’t add up when a request is listed in two states, or in a wrong one', async () => {
    const two = await twoProjects()
    const { listed } = await found(two, (store) =>
      wrappedStore(store, {
        listRequests: async (params) => {
          const isOfDone = params.states?.[0] === 'done' && params.scope.project === NEIGHBOUR
          return await store.listRequests(isOfDone ? { ...params, states: null } : params)
        },
      }),
    )
    // Of each of the two: it is in two states, and in a wrong one. And two are listed as done where none is reported.
    expect(listed).toEqual(Array.from({ length: 5 }, () => 'I1 neighbour'))
  })

  it('take nothing of another project', async () => {
    const two = await twoProjects()
    const { listed } = await found(two, (store) =>
      wrappedStore(store, {
        listRequests: (params) =>
          store.listRequests({ ...params, scope: { project: DEFAULT_PROJECT } }),
      }),
    )
    expect(listed.filter((each) => each.startsWith('I14'))).toHaveLength(2)
  })
})
