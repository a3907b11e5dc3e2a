import { DEFAULT_PROJECT, RUN_QUEUE } from '@halfrate/core'
import type { EstimatedRows } from '@halfrate/core/money'
import {
  type Halfrate,
  readAnswerHistories,
  writeJobBudget,
  writeJobEstimate,
  writeQueuePolicy,
} from '@halfrate/runtime'
import { deadlineFlag } from '../flags/deadline-flag.js'
import { jobNameOf } from '../input/input-file.js'
import type { RequestSource } from '../input/request-source.js'
import { type NotTaken, type TakenIn, takeIn } from '../input/take-in.js'
import { Preflight } from '../preflight/preflight.js'
import { countOf, countText } from '../screen/number-text.js'
import { rememberJob } from './known-jobs.js'
import { learnFromKnown } from './learn-from-known.js'
import type { Presenter } from './presenter.js'
import { policyOf, type RunRequest } from './run-request.js'

/** What became of the input of a run, and what was found out about it. */
export interface TakenRows {
  readonly taken: TakenIn | NotTaken
  readonly preflight: Preflight
}

/**
 * Takes the rows of a run into its job, after what they cost was said and agreed to.
 *
 * The queue's policy is written before the rows are accepted: a worker that is there begins with them at once.
 */
export async function takeRowsIn(params: {
  readonly request: RunRequest
  readonly half: Halfrate
  readonly source: RequestSource
  readonly presenter: Presenter
  readonly signal: AbortSignal
  /** Told when a question begins to stand, and when it ends. */
  readonly onQuestion: (stands: boolean) => void
}): Promise<TakenRows> {
  const { request, half, source, presenter, signal, onQuestion } = params
  const name = request.job ?? jobNameOf(request.files[0] ?? '')
  const prepare = async (newRows: EstimatedRows | null) => {
    await writePolicy(half, request)
    await writeDocuments(half, request, name, newRows)
  }
  const deadlineAt = deadlineFlag(request.wantedBy ?? {}, half.clock.now())
  const learned = { project: DEFAULT_PROJECT, queue: RUN_QUEUE }
  await learnFromKnown(half.store)
  const preflight = new Preflight({
    histories: await readAnswerHistories(half.store, learned),
    isToCount: request.isToCount === true,
    deadlineAt,
    ...{ half, job: name, store: request.place.store, presenter, signal, onQuestion, prepare },
    rules: request.rules,
    isDryRun: request.isDryRun === true,
    terminal: request.mayAsk ? { input: process.stdin, output: process.stderr } : null,
  })
  const taken = await takeIn({
    ...{ half, source, job: name, preflight, signal },
    onConflict: request.onConflict,
    keyTails: request.keyTails,
    deadlineAt,
    limit: request.limit ?? null,
    say: (text) => presenter.say(text),
  }).finally(() => (isReadAgain(request, source) ? undefined : source.close()))
  if (taken.type === 'taken') {
    await rememberJob(half.store, name)
    presenter.say(takenText(name, taken))
  }
  return { taken, preflight }
}

async function writePolicy({ store, prices: book }: Halfrate, request: RunRequest): Promise<void> {
  const changes = policyOf(request)
  await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue: RUN_QUEUE, changes, book })
}

// Before the rows are accepted: from then on any worker may send them.
async function writeDocuments(
  { store }: Halfrate,
  { rules }: RunRequest,
  name: string,
  newRows: EstimatedRows | null,
): Promise<void> {
  const job = await store.findJob({ project: DEFAULT_PROJECT, name })
  if (job === null) return
  await writeJobEstimate(store, job, newRows)
  const { maxCostNano: given } = rules
  await writeJobBudget(store, job, given === null ? undefined : given === 'none' ? null : given)
}

// Only a table of the rows has their columns; whatever else was kept of the input can go while its answers are awaited.
function isReadAgain({ format }: RunRequest, source: RequestSource): boolean {
  return format === 'csv' && source.rows !== null
}

function takenText(name: string, taken: TakenIn): string {
  const rows = `job ${name}: ${countOf(taken.job.rowCount, 'row')}`
  if (taken.isSameInput) return `${rows}, taken in before; going on`
  if (taken.newRows === taken.job.rowCount) return `${rows}, all new`
  const parts = [`${countText(taken.newRows)} new`]
  if (taken.sameRows > 0) parts.push(`${countText(taken.sameRows)} known already`)
  if (taken.keptRows > 0) parts.push(`${countText(taken.keptRows)} changed, old answers kept`)
  return [rows, ...parts].join(', ')
}
