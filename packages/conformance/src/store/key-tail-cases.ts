import type { RequestId } from '@halfrate/core'
import { withKeyTail } from '@halfrate/core/intake'
import { expect } from 'vitest'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { Scene } from './scene.js'
import type { StoreCase } from './store-case.js'

const KEYS = ['claim-8812', 'claims/2026/letter 8812.md', 'Größe #7']

const rowsOf = () =>
  KEYS.map((key, index) => {
    const row = anIntakeRow({ key, ...(index === 0 ? { prefixText: '"system":"the same"' } : {}) })
    return index === 2 ? row : withKeyTail(row)
  })

async function expectTails(scene: Scene, ids: readonly RequestId[]): Promise<void> {
  const rows = rowsOf()
  const requests = await Promise.all(ids.map((id) => scene.request(id)))
  expect(requests.map(({ itemBytes }) => itemBytes)).toEqual(rows.map((row) => row.itemBytes))
  const batch = await scene.sealed(requests.map(({ id }) => id))
  const { itemsBytes } = await scene.submission(batch)
  expect(itemsBytes).toBe(rows.reduce((sum, row) => sum + row.itemBytes, 0))
  const members = await scene.store.readMembers({ submissionId: batch.id, after: -1, limit: 10 })
  const bodyOf = new Map(members.map(({ requestId, body }) => [requestId, body]))
  for (const [index, { id }] of requests.entries()) {
    expect(bodyOf.get(id)).toEqual(rows[index]?.body)
  }
}

/** Bodies that bear the tail of a key. */
export const keyTailCases: readonly StoreCase[] = [
  {
    name: 'a body bears the tail of its key byte for byte, and its size on the wire counts it',
    run: async (scene) => {
      await expectTails(scene, await scene.enqueueRows(rowsOf()))
    },
  },
  {
    name: 'the tail of a key is there after a restart',
    needsReopen: true,
    run: async (scene) => {
      const ids = await scene.enqueueRows(rowsOf())
      await scene.reopen()
      await expectTails(scene, ids)
    },
  },
  {
    name: 'a request is the same with a tail and without, and stays as it was taken in',
    run: async (scene) => {
      const [plain, tailed] = [anIntakeRow({ key: 'a' }), withKeyTail(anIntakeRow({ key: 'b' }))]
      const ids = await scene.enqueueRows([plain, tailed])
      const again = await scene.put([withKeyTail(plain), anIntakeRow({ key: 'b' })])
      expect(again.map(({ type, id }) => [type, id])).toEqual(ids.map((id) => ['same', id]))
      const batch = await scene.sealed(ids)
      const members = await scene.store.readMembers({
        ...{ submissionId: batch.id, after: -1, limit: 10 },
      })
      expect(members.map(({ body }) => body)).toEqual([plain.body, tailed.body])
    },
  },
]
