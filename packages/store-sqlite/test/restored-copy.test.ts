import { copyFileSync } from 'node:fs'
import { anIntakeRow, ManualClock } from '@halfrate/conformance'
import type { AccountId, ProjectId, QueueName, Store } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

async function enqueue(store: Store, key: string): Promise<number> {
  const [answer] = await store.putRequests({
    project: 'acme' as ProjectId,
    account: 'main' as AccountId,
    queue: 'nightly' as QueueName,
    job: null,
    onConflict: 'report',
    rows: [anIntakeRow({ key })],
  })
  return answer?.id ?? 0
}

test('a store that was put back from a copy gives out no id again', async () => {
  const clock = new ManualClock()
  const now = (): number => clock.now()
  const path = temporaryPath()
  const store = await openSqliteStore({ path, now })
  await enqueue(store, 'before')
  await store.shutdown()
  const copy = temporaryPath()
  copyFileSync(path, copy)

  const lost = await openSqliteStore({ path, now })
  const given = [await enqueue(lost, 'a'), await enqueue(lost, 'b')]
  await lost.shutdown()

  clock.advance(1_000)
  const restored = await openSqliteStore({ path: copy, now })
  expect(await enqueue(restored, 'c')).toBeGreaterThan(Math.max(...given))
  await restored.shutdown()
})
