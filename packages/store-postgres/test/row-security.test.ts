import { anIntakeRow, violationsOf } from '@halfrate/conformance'
import type { ProjectId } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openPostgresStore } from '../src/index.js'
import { account, putMany, queue } from './support/batch-steps.js'
import { dropRole, projectReader, secureStore } from './support/row-security.js'
import { testDatabase } from './support/test-database.js'

const database = testDatabase()

test('a worker under row-level security takes pages of any size in', async () => {
  const schema = database.schema()
  const url = await secureStore(database.url, schema, 'rls_worker')
  try {
    const store = await openPostgresStore({ url, schema })
    await putMany(store, 'row', 6_000)
    const project = 'acme' as ProjectId
    expect((await store.report({ scope: { project } })).counts.total).toBe(6_000)
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
  } finally {
    await dropRole(database.url, 'rls_worker')
  }
})

test('a role that may see one project sees nothing of another, whatever it asks for', async () => {
  const schema = database.schema()
  const own = 'acme' as ProjectId
  const other = 'globex' as ProjectId
  const worker = await secureStore(database.url, schema, 'rls_writer')
  const store = await openPostgresStore({ url: worker, schema })
  const rows = [anIntakeRow({ key: 'a' }), anIntakeRow({ key: 'b' })]
  for (const project of [own, other]) {
    await store.putRequests({
      project,
      account,
      queue,
      job: null,
      onConflict: 'report',
      rows,
    })
  }
  const url = await projectReader(database.url, { schema, role: 'rls_reader', project: own })
  try {
    const reader = await openPostgresStore({ url, schema, make: false })
    const totals = []
    for (const project of [own, other]) {
      totals.push((await reader.report({ scope: { project } })).counts.total)
    }
    expect(totals).toEqual([2, 0])
    const put = { project: own, account, queue, job: null, onConflict: 'report' } as const
    const written = reader.putRequests({ ...put, rows: [anIntakeRow({ key: 'c' })] })
    await expect(written).rejects.toMatchObject({ code: 'store_unavailable' })
    await reader.shutdown()
    expect((await store.report({ scope: { project: other } })).counts.total).toBe(2)
  } finally {
    await store.shutdown()
    await dropRole(database.url, 'rls_reader')
    await dropRole(database.url, 'rls_writer')
  }
})
