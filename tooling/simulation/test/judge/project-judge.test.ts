import {
  DEFAULT_PROJECT,
  type OperatingStore,
  type ProjectId,
  type Store,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { describe, expect, it } from 'vitest'
import { ProjectJudge } from '../../src/judge/project-judge.js'
import { Violations } from '../../src/judge/violation.js'
import { wrappedStore } from '../../src/plants/wrapped-store.js'
import { NEIGHBOUR } from '../../src/scenario/neighbour.js'
import { JOB, type TwoProjects, twoProjects } from './two-projects.js'

const PROJECTS = [DEFAULT_PROJECT, NEIGHBOUR]

async function found(
  { book }: TwoProjects,
  store: Store,
  projects: readonly ProjectId[] = PROJECTS,
): Promise<readonly string[]> {
  const violations = new Violations(() => 0)
  const judge = new ProjectJudge({ store, projects, jobNames: [JOB], book, violations })
  await judge.check()
  await judge.tryRetries()
  return violations.all.map(({ invariant }) => invariant)
}

type Port = Store & OperatingStore

/** The store as it is to another project than the one that asks. */
function asOther<T extends { readonly project: ProjectId }>(params: T): T {
  return { ...params, project: params.project === NEIGHBOUR ? DEFAULT_PROJECT : NEIGHBOUR }
}

type Scoped = Parameters<Store['report']>[0]

function scopedAsOther<T extends Scoped>(params: T): T {
  return params.scope.jobId === undefined ? params : { ...params, scope: asOther(params.scope) }
}

function aSubmission(project: ProjectId): Submission {
  return { id: 1 as SubmissionId, project } as Submission
}

describe('the wall between two projects', () => {
  it('stands in a store that works, although all names are the same', async () => {
    const two = await twoProjects()
    expect(await found(two, two.store)).toEqual([])
  })

  it('is not looked for where there is one project', async () => {
    const two = await twoProjects()
    const none = wrappedStore(two.store, { findJob: () => Promise.reject(new RangeError('asked')) })
    expect(await found(two, none, [DEFAULT_PROJECT])).toEqual([])
  })

  const leaks: Readonly<Record<string, (store: TwoProjects['store']) => Partial<Port>>> = {
    'a request by its id': (store) => ({
      getRequest: (params) => store.getRequest('id' in params ? asOther(params) : params),
    }),
    'a request by its key in a queue': (store) => ({
      getRequest: (params) =>
        store.getRequest('scope' in params && 'queue' in params.scope ? asOther(params) : params),
    }),
    'a request by its key in a job': (store) => ({
      getRequest: (params) =>
        store.getRequest('scope' in params && 'jobId' in params.scope ? asOther(params) : params),
    }),
    'a job by its name': (store) => ({ findJob: (params) => store.findJob(asOther(params)) }),
    'the rows of a job': (store) => ({
      readResults: (params) => store.readResults(asOther(params)),
    }),
    'the report of a job': (store) => ({ report: (params) => store.report(scopedAsOther(params)) }),
    'the requests of a job': (store) => ({
      listRequests: (params) => store.listRequests(scopedAsOther(params)),
    }),
    'the batches of its queues': () => ({
      submissionsOf: async ({ scope }) =>
        scope.jobId === undefined ? [aSubmission(asOther(scope).project)] : [],
    }),
    'the batches of a job': () => ({
      submissionsOf: async ({ scope }) =>
        scope.jobId === undefined ? [] : [aSubmission(scope.project)],
    }),
    'whom a retry is refused for': (store) => ({
      retry: (params) => store.retry({ ...params, project: asOther(params).project }),
    }),
  }
  for (const [what, leak] of Object.entries(leaks)) {
    it(`is broken by a store that shows another project ${what}`, async () => {
      const two = await twoProjects()
      const invariants = await found(two, wrappedStore(two.store, leak(two.store)))
      expect(invariants).not.toEqual([])
      expect(new Set(invariants)).toEqual(new Set(['I14']))
    })
  }
})
