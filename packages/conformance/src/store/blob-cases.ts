import { BLOB_PIECE_BYTES, type BlobBytes, type ProjectId } from '@halfrate/core'
import { expect } from 'vitest'
import { aBlob, aRowWithBlobs } from '../builders/a-blob.js'
import { fileOf } from './blob-steps.js'
import { commit, discardAll, fillingOf, openJob } from './job-steps.js'
import type { Scene } from './scene.js'
import type { StoreCase } from './store-case.js'

const DAY_MS = 86_400_000
const OTHER = 'zenith' as ProjectId

/** Files that bodies have marks of. */
export const blobCases: readonly StoreCase[] = [
  {
    name: 'a file is read byte for byte, piece by piece, and body and size stay as they came',
    run: async (scene) => {
      const sizes = [1, BLOB_PIECE_BYTES, BLOB_PIECE_BYTES + 1, 2 * BLOB_PIECE_BYTES + 7]
      const blobs = sizes.map((size) => aBlob(size))
      const row = aRowWithBlobs('a', blobs)
      const [id] = await scene.enqueueRows([row])
      for (const blob of blobs) {
        expect(Buffer.compare(await fileOf(scene, blob), blob.bytes)).toBe(0)
        const piece = Math.ceil(blob.bytes.length / BLOB_PIECE_BYTES)
        await expectNone(scene, blob, piece)
      }
      expect((await scene.request(id)).itemBytes).toBe(row.itemBytes)
      const batch = await scene.sealed([id])
      const read = { submissionId: batch.id, after: -1, limit: 1 }
      expect((await scene.store.readMembers(read))[0]?.body).toEqual(row.body)
    },
  },
  {
    name: 'a file that nobody put is none and not an empty one',
    run: async (scene) => {
      await scene.enqueue('a')
      await expectNone(scene, aBlob(5))
    },
  },
  {
    name: 'no project reads the file of another',
    run: async (scene) => {
      const blob = aBlob(9)
      await scene.enqueueRows([aRowWithBlobs('a', [blob])])
      await expectNone(scene, blob, 0, OTHER)
      await scene.enqueueRows([aRowWithBlobs('a', [blob])], { project: OTHER })
      expect(await fileOf(scene, blob, OTHER)).toEqual(blob.bytes)
    },
  },
  {
    name: 'what is changed outside of the store afterwards changes nothing in it',
    run: async (scene) => {
      const blob = aBlob(6)
      const before = blob.bytes.slice()
      await scene.enqueueRows([aRowWithBlobs('a', [blob])])
      blob.bytes.fill(0)
      const read = await scene.store.readBlob({ project: scene.project, hash: blob.hash, piece: 0 })
      expect(read).toEqual(before)
      read?.fill(1)
      expect(await fileOf(scene, blob)).toEqual(before)
    },
  },
  {
    name: 'a row that is there already brings no file',
    run: async (scene) => {
      const [first, second] = [aBlob(5), aBlob(5, 1)]
      const row = aRowWithBlobs('a', [first])
      await scene.enqueueRows([row])
      const [again] = await scene.put([{ ...row, blobs: [second] }])
      expect(again.type).toBe('same')
      await expectNone(scene, second)
    },
  },
  {
    name: 'a file goes with the last of the requests that have it',
    run: async (scene) => {
      const [shared, own] = [aBlob(BLOB_PIECE_BYTES + 3), aBlob(4)]
      await scene.enqueueRows([aRowWithBlobs('z', [shared])], { project: OTHER })
      const first = await openJob(scene, 'first')
      const second = await openJob(scene, 'second')
      const rows = ['a', 'b'].map((key, index) => aRowWithBlobs(key, [shared, own], index + 1))
      await scene.put(rows, { job: fillingOf(first) })
      await scene.put([aRowWithBlobs('c', [shared], 1)], { job: fillingOf(second) })
      const { job: empty } = await discardAll(scene, first)
      await expectNone(scene, own)
      expect(await fileOf(scene, shared)).toEqual(shared.bytes)
      await discardAll(scene, second)
      await expectNone(scene, shared)
      expect(await fileOf(scene, shared, OTHER)).toEqual(shared.bytes)
      await scene.put(rows, { job: fillingOf(empty) })
      expect(await fileOf(scene, own)).toEqual(own.bytes)
      expect(await fileOf(scene, shared)).toEqual(shared.bytes)
    },
  },
  {
    name: 'a request that takes the place of another has its own file, and both files stay',
    run: async (scene) => {
      const [older, newer] = [aBlob(5), aBlob(5, 1)]
      const job = await openJob(scene)
      await scene.put([aRowWithBlobs('a', [older], 1)], { job: fillingOf(job) })
      await commit(scene, job, { newRows: 1, rowCount: 1 })
      const next = await openJob(scene)
      const changed = aRowWithBlobs('a', [newer], 1)
      const [answer] = await scene.put([changed], {
        job: fillingOf(next),
        onConflict: 'supersede',
      })
      expect(answer.type).toBe('new')
      expect(await fileOf(scene, newer)).toEqual(newer.bytes)
      await discardAll(scene, next)
      await expectNone(scene, newer)
      expect(await fileOf(scene, older)).toEqual(older.bytes)
    },
  },
  {
    name: 'the files of a part that nobody goes on with are swept with it',
    run: async (scene) => {
      const [swept, kept] = [aBlob(5), aBlob(5, 1)]
      const job = await openJob(scene)
      await scene.put([aRowWithBlobs('a', [swept, kept], 1)], { job: fillingOf(job) })
      await scene.enqueueRows([aRowWithBlobs('b', [kept])])
      await scene.clock.advance(DAY_MS + 1)
      while ((await scene.store.sweep()).more);
      await expectNone(scene, swept)
      expect(await fileOf(scene, kept)).toEqual(kept.bytes)
    },
  },
  {
    name: 'the same new file put and discarded at once is there for whoever has it',
    run: async (scene) => {
      const blob = aBlob(BLOB_PIECE_BYTES + 1)
      for (let round = 0; round < 5; round += 1) {
        const job = await openJob(scene, `job ${round}`)
        await scene.put([aRowWithBlobs('a', [blob], 1)], { job: fillingOf(job) })
        await Promise.all([
          discardAll(scene, job),
          ...[1, 2, 3].map((row) =>
            scene.enqueueRows([aRowWithBlobs(`${round} ${row}`, [blob, aBlob(9, round)])]),
          ),
        ])
        expect(await fileOf(scene, blob)).toEqual(blob.bytes)
        expect(await fileOf(scene, aBlob(9, round))).toEqual(aBlob(9, round).bytes)
      }
    },
  },
  {
    name: 'a file is there after a restart',
    needsReopen: true,
    run: async (scene) => {
      const blob = aBlob(BLOB_PIECE_BYTES + 1)
      await scene.enqueueRows([aRowWithBlobs('a', [blob])])
      await scene.reopen()
      expect(await fileOf(scene, blob)).toEqual(blob.bytes)
    },
  },
]

async function expectNone(
  scene: Scene,
  { hash }: BlobBytes,
  piece = 0,
  project: ProjectId = scene.project,
): Promise<void> {
  expect(await scene.store.readBlob({ project, hash, piece })).toBeNull()
}
