import {
  type Filling,
  InvariantError,
  type Job,
  type JobId,
  type OnConflict,
  type PutAnswer,
} from '@halfrate/core'
import { anIntakeRow } from '../builders/an-intake-row.js'
import type { EachAs, Scene } from './scene.js'

const CHANGED = '"messages":[{"role":"user","content":"changed"}]'

/** Opens a job, or its next part. */
export function openJob(scene: Scene, name = 'june'): Promise<Job> {
  return scene.store.openJob({ project: scene.project, queue: scene.queue, name })
}

/** The filling of a job's part, as the job was answered. */
export function fillingOf(job: Job): Filling {
  return { id: job.id, part: job.openPart, fill: job.fill }
}

/** Puts keys into the open part of a job, as its rows from 1; a key that ends in `*` comes with other params. */
export async function putInto<const Keys extends readonly string[]>(
  scene: Scene,
  job: Job,
  keys: Keys,
  onConflict: OnConflict = 'report',
): Promise<EachAs<Keys, PutAnswer>> {
  const rows = keys.map((text, index) => {
    const isChanged = text.endsWith('*')
    const key = isChanged ? text.slice(0, -1) : text
    return anIntakeRow({ key, row: index + 1, bodyText: isChanged ? CHANGED : undefined })
  })
  const answers = await scene.put(rows, { job: fillingOf(job), onConflict })
  return answers as unknown as EachAs<Keys, PutAnswer>
}

/** Commits the open part of a job. */
export function commit(
  scene: Scene,
  job: Job,
  counts: { readonly newRows: number; readonly rowCount: number },
): ReturnType<Scene['store']['commitJob']> {
  return scene.store.commitJob({ ...fillingOf(job), sourceDigest: 'digest', ...counts })
}

/** Discards the open part of a job to its end. Answers the job in its next filling, and how many calls that took. */
export async function discardAll(
  scene: Scene,
  job: Job,
): Promise<{ readonly job: Job; readonly calls: number }> {
  let { fill } = job
  for (let calls = 1; ; calls += 1) {
    const result = await scene.store.discardPart({ ...fillingOf(job), fill })
    if (result.type === 'outdated') throw new InvariantError(`Part ${job.openPart} is not open.`)
    fill = result.fill
    if (result.left === 0) return { job: { ...job, fill }, calls }
  }
}

/** Makes a job of these keys, all committed. */
export async function committedJob<const Keys extends readonly string[]>(
  scene: Scene,
  keys: Keys,
  name?: string,
): Promise<{ readonly job: Job; readonly answers: EachAs<Keys, PutAnswer> }> {
  const job = await openJob(scene, name)
  const answers = await putInto(scene, job, keys)
  await commit(scene, job, { newRows: keys.length, rowCount: keys.length })
  return { job, answers }
}

/** Keys that a job's newest input lists, in row order. */
export async function listing(scene: Scene, jobId: JobId): Promise<readonly string[]> {
  const { project } = scene
  const rows = await scene.store.readResults({ project, jobId, afterRow: 0, limit: 100 })
  return rows.map(({ request }) => `${request.row}:${request.key}`)
}

/** How many requests planning sees in the scene's queue. */
export async function plannable(scene: Scene): Promise<number> {
  const { project, queue } = scene
  const { groups } = await scene.store.queueFacts({ project, queue, upTo: 1_000_000 })
  return groups.reduce((sum, group) => sum + group.count, 0)
}
