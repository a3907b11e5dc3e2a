import type { Report, Store } from '@halfrate/core'
import { otherProjects } from './other-projects.js'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A project's report has the money of all projects in it. */
export const sharedMoney: Plant = {
  name: 'shared_money',
  about: 'What another project paid stands in the report too.',
  within: 60,
  data: (store) =>
    wrappedStore(store, {
      report: async (params) => await withOthers(store, params),
    }),
}

async function withOthers(store: Store, params: Parameters<Store['report']>[0]): Promise<Report> {
  const own = await store.report(params)
  const { project, jobId } = params.scope
  if (jobId !== undefined) return own
  let { paidNano } = own.money
  for (const other of otherProjects(project)) {
    const theirs = await store.report({ scope: { ...params.scope, project: other } })
    paidNano = (paidNano + theirs.money.paidNano) as typeof paidNano
  }
  return { ...own, money: { ...own.money, paidNano } }
}
