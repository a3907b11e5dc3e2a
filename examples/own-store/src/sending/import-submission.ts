import {
  ConfigError,
  type ImportParams,
  type ImportResult,
  importedSubmission,
  type RequestId,
  type ResultLine,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { loadLines, settleLines } from '../collecting/settle-lines.js'
import { jobNamed } from '../intake/open-job.js'
import { addSubmission, submissionOfBatch, submissionOfNonce } from '../planning/open-submission.js'
import { finish } from '../rows/finish.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { refOf } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { addImported, type Home, type Imported } from './imported-requests.js'

/** See `SendingStore.importSubmission`. */
export async function importSubmission(
  session: Session,
  params: ImportParams,
): Promise<ImportResult> {
  session.checkPage(params.lines)
  // The submission and the home's job with its listing, and for each line a request, a result and a delivery at most.
  return session.step((step) => importPage(step, params), 3 + params.lines.length * 3)
}

async function importPage(step: Step, params: ImportParams): Promise<ImportResult> {
  const submission = await submissionFor(step, params)
  const home = await openHome(step, submission, params)
  const added: Imported[] = []
  const lines = params.lines.map((line): ResultLine => {
    const there = home.idOf(line)
    if (there !== null) return { ...line, requestId: there }
    const requestId = addImported(step, home, line)
    added.push({ requestId, line })
    return { ...line, requestId }
  })
  await loadLines(step, submission, lines)
  const settled = settleLines(step, submission, { addMissing: true, lines })
  let ended = 0
  for (const each of added) ended += endRequest(step, submission, each)
  const { fresh, unknown, conflicts } = settled
  const done = settled.done + ended
  return { submission, fresh, done, added: added.length, unknown, conflicts }
}

async function submissionFor(step: Step, params: ImportParams): Promise<Submission> {
  const { account, batch, nonce, look, firstRequestId } = params
  const known = await submissionOfBatch(step, { account, remoteId: batch.id })
  if (known !== null) return known
  const original = await submissionOfNonce(step, nonce)
  if (firstRequestId !== null) await step.requests.load([firstRequestId])
  const first = firstRequestId === null ? null : step.requests.get(firstRequestId)
  const home = first?.request ?? params.home
  const row = importedSubmission({ account, batch, nonce, look, home, original }, step.now)
  return addSubmission(step, { ...row, id: step.takeId<SubmissionId>() })
}

// By the id that a custom id names, else by the custom id as a key of the home's job.
async function openHome(step: Step, submission: Submission, params: ImportParams): Promise<Home> {
  const { project } = submission
  const jobId = await jobNamed(step, { project, name: params.home.job })
  const ids = params.lines.flatMap((line) => line.requestId ?? [])
  await step.requests.load(ids)
  const keys = jobId === null ? [] : params.lines.map((line) => step.keys.key({ jobId }, line.key))
  await step.pointers.load(keys)
  const byKey = keys.flatMap((key) => (step.pointers.get(key) as RequestId | null) ?? [])
  await loadRequests(step, [...ids, ...byKey])
  const home: Home = {
    submission,
    name: params.home.job,
    keys: params.lines.map((line) => line.key),
    jobId,
    idOf: (line) => idOf(step, home, line),
  }
  const isMissing = params.lines.some((line) => home.idOf(line) === null)
  if (jobId !== null && isMissing && step.jobs.need(jobId).job.committedPart === 0) {
    throw new ConfigError(
      `job "${home.name}" is being filled, so batches can't be taken in under it.`,
      'Go on when its rows are taken in, or name another job.',
    )
  }
  return home
}

function idOf(step: Step, home: Home, line: ImportParams['lines'][number]): RequestId | null {
  const { requestId } = line
  if (requestId !== null && step.requests.get(requestId) !== null) return requestId
  if (home.jobId === null) return null
  return step.pointers.get(step.keys.key({ jobId: home.jobId }, line.key)) as RequestId | null
}

// A success that is usable has ended it already.
function endRequest(step: Step, submission: Submission, { requestId, line }: Imported): number {
  if (step.requests.need(requestId).request.state === 'done') return 0
  const attempts = attemptsOf(step, requestId)
  const attempt = attempts.find((each) => each.submissionId === submission.id)
  finish(step, requestId, {
    verdict: line.end,
    result: attempt === undefined ? null : refOf(attempt),
  })
  return 1
}
