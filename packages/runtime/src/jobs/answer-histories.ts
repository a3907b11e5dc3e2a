import { type Job, type QueueName, type Store, StoreUnavailableError } from '@halfrate/core'
import {
  type AnswerHistory,
  type LearnedAnswer,
  learnedAnswer,
  learnFrom,
  NO_HISTORY,
  queueAnswersSetting,
  readHistories,
  withLoose,
} from '@halfrate/core/money'
import { changeSetting } from '../change-setting.js'
import { looseAnswers } from './loose-answers.js'

// A few blocks of rows from all over a job, since rows that stand together are often of one kind.
const BLOCKS = 8
const BLOCK_ROWS = 16

/**
 * What the answers of a queue tell about those to come, by model: those of jobs that were learned from, and those to requests
 * outside of jobs, which are looked at anew each time. Empty when there are none.
 */
export async function readAnswerHistories(
  store: Pick<Store, 'getSetting' | 'readResults'>,
  { project, queue }: { readonly project: Job['project']; readonly queue: QueueName },
): Promise<ReadonlyMap<string, AnswerHistory>> {
  const setting = await store.getSetting(queueAnswersSetting(project, queue))
  const histories = new Map(readHistories(setting?.value))
  for (const [model, answers] of await looseAnswers(store, { project, queue })) {
    histories.set(model, withLoose(histories.get(model) ?? NO_HISTORY, answers))
  }
  return histories
}

/**
 * Learns from the answers of a job that is done, for estimates of its queue. Of a large job it reads a few blocks of rows.
 * Learning twice from a job changes nothing; a store that does not answer leaves it at that.
 */
export async function learnFromJob(
  store: Pick<Store, 'getSetting' | 'putSetting' | 'readResults'>,
  job: Pick<Job, 'id' | 'project' | 'queue' | 'rowCount'>,
): Promise<void> {
  try {
    const name = queueAnswersSetting(job.project, job.queue)
    const known = readHistories((await store.getSetting(name))?.value)
    if ([...known.values()].some(({ jobs }) => jobs.includes(String(job.id)))) return
    const answers = await answersOf(store, job)
    if (answers.size === 0) return
    await changeSetting(store, name, (value) => {
      const histories = new Map(readHistories(value))
      for (const [model, learned] of answers) {
        const before = histories.get(model) ?? NO_HISTORY
        // The models that were learned last stand last, and the first ones go.
        histories.delete(model)
        histories.set(model, learnFrom(before, String(job.id), learned))
      }
      return { value: { models: Object.fromEntries(histories) } }
    })
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error
  }
}

async function answersOf(
  store: Pick<Store, 'readResults'>,
  { id: jobId, project, rowCount }: Pick<Job, 'id' | 'project' | 'rowCount'>,
): Promise<ReadonlyMap<string, LearnedAnswer[]>> {
  const answers = new Map<string, LearnedAnswer[]>()
  const stride = Math.max(BLOCK_ROWS, Math.floor(rowCount / BLOCKS))
  for (let afterRow = 0; afterRow < rowCount; afterRow += stride) {
    const page = await store.readResults({ project, jobId, afterRow, limit: BLOCK_ROWS })
    for (const { request, attempt } of page) {
      const usage = attempt?.outcome === 'succeeded' ? attempt.usage : null
      if (usage === null) continue
      const learned = answers.get(request.model) ?? []
      answers.set(request.model, [...learned, learnedAnswer(request, usage)])
    }
  }
  return answers
}
