import { turnaroundSetting } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { readTurnaround, withTurnaround } from '../policy/turnaround/note-turnaround.js'
import type { EngineContext } from './context.js'
import type { SeenLines } from './read-lines.js'

// Whoever loses so often against others leaves one batch out.
const MOST_TRIES = 8

/**
 * Learns how long a batch took, once its results were read. To be done before the fetch is written down: a crash between the two
 * repeats it, and a batch counts once. One that was canceled, or that answered nothing, tells nothing.
 */
export async function noteTurnaround(
  { store }: EngineContext,
  submission: Submission,
  { models, expired, canceled }: SeenLines,
): Promise<void> {
  const { id: submissionId, account, requestCount: requests, twinOf, collecting } = submission
  const { remoteCreatedAt: startsAt, remoteEndedAt: endedAt } = submission
  const tells = canceled === 0 && (models.size > 0 || expired > 0)
  if (!tells || twinOf !== null || collecting.completeFetches > 0) return
  if (startsAt === null || endedAt === null) return
  const batch = { submissionId, models: [...models], requests, startsAt, endedAt }
  const name = turnaroundSetting(account)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await store.getSetting(name)
    const value = withTurnaround(readTurnaround(stored?.value), batch)
    if (value === null) return
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...name, value, ifVersion })) !== null) return
  }
}
