import {
  ConfigError,
  type Digest,
  type EpochMs,
  type ProjectId,
  type QueueName,
  type Store,
} from '@halfrate/core'
import { checkMs, checkOptions, checkText, type Members } from '../check-arguments.js'
import { type Result, resultOf } from '../jobs/result.js'
import { cursorText, parseCursor } from './answers-cursor.js'
import { type AnswersEnd, type AnswersFrom, queueAnswers } from './queue-answers.js'

/** Which answers of a queue to read. */
export interface QueueResultsOptions {
  /**
   * Only what is new since the reading that gave this cursor, so that each answer comes once over all readings; `start` for the
   * first one. What was done in the last 5 minutes is left to the next reading.
   */
  readonly after?: string | undefined
  /** Only what was done at this instant or later, epoch milliseconds. */
  readonly since?: EpochMs | undefined
}

/** One reading of the answers that a queue has now, outside of jobs. A queue never ends, so this does. */
export interface QueueResults<Output = unknown> extends AsyncIterable<Result<Output>> {
  /** Where the next reading begins; null until the last result was taken, and in a reading without `after`. Keep it then. */
  readonly cursor: string | null
  /** Requests that are not done; null until the last result was taken. */
  readonly openCount: number | null
  /** Those that were done too shortly before to be in a reading with `after`; null until the last result was taken. */
  readonly freshCount: number | null
}

/** What a queue's results are read with. */
export interface QueueResultsParams<Output> {
  readonly store: Pick<Store, 'now' | 'readResults' | 'traits'>
  readonly digest: Digest
  readonly project: ProjectId
  readonly queue: QueueName
  readonly options: QueueResultsOptions
  readonly read: (result: Result) => Promise<Result<Output>>
}

// Answers may be large, and this many are in memory at once.
const MOST_ANSWERS = 100

/**
 * Makes a reading of a queue's answers. Going through it again reads again.
 *
 * @throws {ConfigError} when the options can't be used.
 */
export function queueResults<Output>(params: QueueResultsParams<Output>): QueueResults<Output> {
  const { store, digest, project, queue, read } = params
  const from = answersFrom(params)
  let end: AnswersEnd | null = null
  return {
    get cursor() {
      return end === null || end.mark === null ? null : cursorText(end.mark, queue, digest)
    },
    get openCount() {
      return end?.openCount ?? null
    },
    get freshCount() {
      return end?.freshCount ?? null
    },
    async *[Symbol.asyncIterator]() {
      end = null
      const pages = queueAnswers({ store, project, queue, from, most: MOST_ANSWERS })
      for (;;) {
        const page = await pages.next()
        if (page.done === true) {
          end = page.value
          return
        }
        for (const row of page.value) yield await read(resultOf(row))
      }
    },
  }
}

const OPTIONS: Members<QueueResultsOptions> = { after: true, since: true }

function answersFrom({
  options,
  queue,
  digest,
}: Pick<QueueResultsParams<unknown>, 'options' | 'queue' | 'digest'>): AnswersFrom {
  checkOptions('results', options, OPTIONS)
  const { after, since } = options
  if (after === undefined) {
    if (since !== undefined) checkMs('results', 'since', since)
    return { since: since ?? null }
  }
  checkText('results', 'after', after)
  if (since === undefined) return { after: parseCursor(after, queue, digest) }
  throw new ConfigError(
    "results: after and since can't go together.",
    'Give the cursor of the last reading, or a time. Nothing was read.',
  )
}
