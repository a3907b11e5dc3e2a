import {
  BLOB_PIECE_BYTES,
  type BlobBytes,
  type MemberBody,
  type RequestId,
  type Verdict,
} from '@halfrate/core'
import { expect } from 'vitest'
import { aBlob, aRowWithBlobs } from '../builders/a-blob.js'
import { fileOf } from './blob-steps.js'
import type { Batch, Scene } from './scene.js'
import { beginSend, move, rejected, release } from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

const DAMAGED: Verdict = { status: 'failed', reason: 'file_damaged', detail: 'other bytes' }

/** The same file as another disk would give it back: with other bytes under its hash. */
function damaged({ hash, bytes }: BlobBytes, size = bytes.length): BlobBytes {
  const other = new Uint8Array(size)
  other.set(bytes.subarray(0, size))
  other[0] = (other[0] ?? 0) ^ 1
  return { hash, bytes: other }
}

/** The members of a submission, page by page. */
async function membersOf(
  { store }: Scene,
  { id: submissionId }: Batch,
  withFiles: boolean,
): Promise<readonly MemberBody[]> {
  const found: MemberBody[] = []
  for (let after = -1; ; ) {
    const page = await store.readMembers({ submissionId, after, limit: 2, withFiles })
    const last = page.at(-1)
    if (last === undefined) return found
    found.push(...page)
    after = last.ordinal
  }
}

/** Files that the store has not as they came. */
export const damagedFileCases: readonly StoreCase[] = [
  {
    name: 'the next row that brings a damaged file mends it, whatever is wrong with it',
    run: async (scene) => {
      const size = BLOB_PIECE_BYTES + 5
      for (const [index, there] of [size, 5, BLOB_PIECE_BYTES, size + 9].entries()) {
        const file = aBlob(size, index)
        await scene.enqueueRows([aRowWithBlobs(`first ${index}`, [damaged(file, there)])])
        await scene.enqueueRows([aRowWithBlobs(`next ${index}`, [file])])
        expect(Buffer.compare(await fileOf(scene, file), file.bytes)).toBe(0)
        const beyond = { project: scene.project, hash: file.hash, piece: 2 }
        expect(await scene.store.readBlob(beyond)).toBeNull()
      }
    },
  },
  {
    name: 'a file that is whole is not taken apart by a row that brings it again',
    run: async (scene) => {
      const file = aBlob(BLOB_PIECE_BYTES + 5)
      await scene.enqueueRows([aRowWithBlobs('a', [file]), aRowWithBlobs('b', [file])])
      await scene.enqueueRows([aRowWithBlobs('c', [{ ...file, bytes: file.bytes.slice() }])])
      expect(Buffer.compare(await fileOf(scene, file), file.bytes)).toBe(0)
    },
  },
  {
    name: 'a row that failed for its file has it mended when it comes again, and no other row has',
    run: async (scene) => {
      const [file, other] = [aBlob(BLOB_PIECE_BYTES + 5), aBlob(9, 1)]
      const rows = [aRowWithBlobs('a', [damaged(file)]), aRowWithBlobs('b', [damaged(other)])]
      const [failed, waiting] = await scene.enqueueRows(rows)
      const batch = await scene.sealed([failed as never])
      await release(scene, batch, move(0, { to: { type: 'done', verdict: DAMAGED } }))
      const again = [aRowWithBlobs('a', [file]), aRowWithBlobs('b', [other])]
      const answers = await scene.put(again)
      expect(answers).toMatchObject([
        { type: 'same', id: failed },
        { type: 'same', id: waiting },
      ])
      expect(Buffer.compare(await fileOf(scene, file), file.bytes)).toBe(0)
      expect(await fileOf(scene, other)).toEqual(damaged(other).bytes)
      await scene.enqueueRows([aRowWithBlobs('c', [other])])
    },
  },
  {
    name: 'verify names a file whose bytes are not those of its hash, however small the pages are',
    run: async (scene) => {
      const [bad, good] = [aBlob(BLOB_PIECE_BYTES + 1), aBlob(7, 1)]
      const rows = [aRowWithBlobs('a', [damaged(bad), good]), aRowWithBlobs('b', [good])]
      await scene.enqueueRows(rows)
      for (const limit of [1, 100]) {
        const found = await violationsOf(scene.store, limit)
        expect(found).toHaveLength(1)
        expect(found[0]).toMatchObject({ invariant: 'I1' })
        expect(found[0]?.message).toContain(Buffer.from(bad.hash).toString('hex'))
      }
      await scene.enqueueRows([aRowWithBlobs('c', [bad])])
    },
  },
  {
    name: 'a member that is let go before the send is withdrawn, and the batch goes on without it',
    run: async (scene) => {
      const [a, b, c] = await scene.enqueue('a', 'b', 'c')
      const batch = await scene.sealed([a, b, c])
      const before = await scene.submission(batch)
      const to = { type: 'done', verdict: DAMAGED } as const
      const result = await release(scene, batch, move(1, { to }))
      expect(result).toEqual({ released: 1, waiting: 0, done: 1, skipped: 0 })
      expect(await release(scene, batch, move(1, { to }))).toMatchObject({ skipped: 1 })
      expect(await scene.request(b)).toMatchObject({
        ...{ state: 'done', verdict: DAMAGED, result: null, doneAt: scene.clock.now() },
        ...{ failureCount: 0, attemptCount: 1 },
      })
      const [attempt] = await scene.attempts(b)
      expect(attempt).toMatchObject({ withdrawn: true, outcome: null, possiblyPaid: false })
      const { itemBytes, holdNano } = attempt as NonNullable<typeof attempt>
      expect(await scene.submission(batch)).toMatchObject({
        ...{ state: 'sealed', requestCount: 2, itemsBytes: before.itemsBytes - itemBytes },
        holdNano: before.holdNano - (holdNano ?? 0),
      })
      const page = { submissionId: batch.id, after: -1, limit: 10 }
      const ids = (await scene.store.readMembers(page)).map(({ requestId }) => requestId)
      expect(ids).toEqual([a, c])
      expect(await beginSend(scene, batch)).toMatchObject({ type: 'sending' })
    },
  },
  {
    name: 'a batch of which every member was let go before the send dissolves',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const batch = await scene.sealed([a])
      await release(scene, batch, move(0, { to: { type: 'done', verdict: DAMAGED } }))
      expect(await beginSend(scene, batch)).toEqual({ type: 'dissolved' })
    },
  },
  {
    name: 'of a batch the members with files can be read alone, page by page',
    run: async (scene) => {
      const [plain] = await scene.enqueue('a', 'z')
      const files = [aBlob(5), aBlob(6), aBlob(7)]
      const rows = files.map((file, index) => aRowWithBlobs(`f${index}`, [file, aBlob(4)]))
      const ids = await scene.enqueueRows(rows)
      const batch = await scene.sealed([ids[0], plain, ids[1], ids[2]] as never)
      const all = await membersOf(scene, batch, false)
      expect(all).toHaveLength(4)
      const withFiles = all.filter(({ requestId }) => requestId !== plain)
      expect(await membersOf(scene, batch, true)).toEqual(withFiles)
    },
  },
  {
    name: 'of a batch without files no member is read with files',
    run: async (scene) => {
      const [a] = await scene.enqueue('a')
      const batch = await scene.sealed([a])
      const read = { submissionId: batch.id, after: -1, limit: 2, withFiles: true }
      expect(await scene.store.readMembers(read)).toEqual([])
    },
  },
  {
    name: 'a member that was in a batch before is read as if it had files, whatever the store says',
    run: async (scene) => {
      const [again] = await scene.enqueue('a')
      await release(scene, await rejected(scene, [again]), move(0))
      const [fresh] = await scene.enqueue('b')
      const idsOf = async (batch: Batch): Promise<readonly RequestId[]> =>
        (await membersOf(scene, batch, true)).map(({ requestId }) => requestId)
      const batch = await scene.sealed([again, fresh])
      expect(await idsOf(batch)).toEqual([again])
      await release(scene, batch, move(0), move(1))
      const [row] = await scene.enqueueRows([aRowWithBlobs('c', [aBlob(5)])])
      const [last] = await scene.enqueue('d')
      const next = await scene.sealed([again, fresh, row, last] as never)
      expect(await idsOf(next)).toEqual([again, fresh, row])
    },
  },
]
