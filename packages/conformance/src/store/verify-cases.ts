import type { RemoteId } from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess } from '../builders/a-result-line.js'
import { committedJob, openJob, putInto } from './job-steps.js'
import { ended, learn, lost, move, rejected, release, running, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'

/** The store's own check of itself. */
export const verifyCases: readonly StoreCase[] = [
  {
    name: 'an empty store has nothing to complain about',
    run: async (scene) => {
      let after: string | null = null
      for (let pages = 0; pages < 100; pages += 1) {
        const page: { violations: readonly unknown[]; next: string | null } =
          await scene.store.verify({ after, limit: 10 })
        expect(page.violations).toEqual([])
        if (page.next === null) return
        after = page.next
      }
      expect(after).toBeNull()
    },
  },
  {
    name: 'a store with one of everything has nothing to complain about, however small the pages are',
    run: async (scene) => {
      const ids = await scene.enqueue('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
      const { answers } = await committedJob(scene, ['x', 'y'])
      await putInto(scene, await openJob(scene), ['x*', 'z'], 'supersede')
      const collected = await ended(scene, [ids[0], ids[1]], { succeeded: 1, errored: 1 })
      await settle(scene, collected, aSuccess(ids[0]), anError(ids[1]))
      await release(scene, collected, move(1, { outcome: 'errored' }))
      const fence = await scene.fence(collected)
      await scene.store.closeSubmission({ fence, submissionId: collected.id })
      const twin = anEndedBatch({ succeeded: 2 }, { id: 'msgbatch_twin' as RemoteId })
      await learn(scene, collected, { type: 'found', batch: twin })
      const orphan = await lost(scene, [ids[2], ids[3]])
      await release(scene, orphan, move(0))
      await release(scene, await rejected(scene, [ids[4]]), move(0))
      await running(scene, [ids[2], ids[5]])
      const found = anEndedBatch({ succeeded: 2 }, { id: orphan.remoteId })
      await learn(scene, orphan, { type: 'found', batch: found })
      await scene.store.reclaimMembers({
        fence: await scene.fence(orphan),
        submissionId: orphan.id,
      })
      await scene.sealed([ids[6], answers[1].id])
      await scene.filling([ids[7]])
      let after: string | null = null
      let pages = 0
      do {
        const page: { violations: readonly unknown[]; next: string | null } =
          await scene.store.verify({ after, limit: 1 })
        expect(page.violations).toEqual([])
        after = page.next
        pages += 1
      } while (after !== null && pages < 1_000)
      expect(after).toBeNull()
    },
  },
]
