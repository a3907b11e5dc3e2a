import { createRequire } from 'node:module'
import { anIntakeRow } from '@halfrate/conformance'
import type { AccountId, ProjectId, QueueName, WorkerId } from '@halfrate/core'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Names } from '../src/database/names.js'
import { openDatabase } from '../src/database/open-database.js'
import { EndedRequests } from '../src/ended-requests.js'
import { LoopTurns } from '../src/loop-turns.js'
import { SqliteStore } from '../src/sqlite-store.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}

// Notes the text of every statement.
function noting(texts: Set<string>): typeof DatabaseConstructor {
  class NotingDatabase extends Driver {
    override prepare(sql: string): never {
      texts.add(sql)
      return super.prepare(sql) as never
    }
  }
  return NotingDatabase as never
}

async function statementsOfARound(path: string): Promise<ReadonlySet<string>> {
  const texts = new Set<string>()
  const now = () => 1_800_000_000_000
  const { db, reader } = openDatabase(noting(texts), { path, readOnly: false, now })
  const names = new Names(db)
  const session = { db, reader, names, ended: new EndedRequests(), now, pageLimit: 100 }
  const turns = new LoopTurns({ everyMs: Infinity, monotonicMs: () => 0 })
  const store = new SqliteStore(session, turns)
  const rows = [anIntakeRow({ key: 'a' })]
  await store.putRequests({ ...place, job: null, onConflict: 'report', rows })
  const workerId = 'w' as WorkerId
  await store.claim({ work: { type: 'queues' }, workerId, leaseMs: 1_000, limit: 1 })
  await store.queueFacts({ ...place, upTo: 10 })
  await store.sweep()
  await store.shutdown()
  return texts
}

interface Opcode {
  readonly opcode: string
  readonly p4: string | null
}

// SQLite looks at every row that is equal to the row value it seeks, so a step must seek past those of the run it leaves:
// by a column more than it is told.
test('whoever steps from queue to queue or from range to range seeks past all that is in one', async () => {
  const path = temporaryPath()
  const steps = [...(await statementsOfARound(path))].filter((sql) => sql.includes(') > ('))
  expect(steps.map((sql) => /INDEXED BY (\w+)/.exec(sql)?.[1]).toSorted()).toEqual([
    'deliveries_due',
    'waiting_ranges',
    'waiting_ranges',
  ])
  const database = new Driver(path, { readonly: true })
  for (const sql of steps) {
    const told = sql.split('?').length - 1
    const opcodes = database.prepare(`EXPLAIN ${sql}`).all(...Array(told).fill(0)) as Opcode[]
    const seeks = opcodes.filter(({ opcode }) => opcode.startsWith('Seek'))
    expect(
      seeks.map(({ p4 }) => Number(p4)),
      sql,
    ).toEqual([told + 1])
  }
  database.close()
})
