import { ConfigError, type LostDecision, type Submission, type SubmissionId } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { oneOf, wholeNumber } from '../flags/parse-flag.js'
import { resendNotBefore } from '../run/job-watch.js'
import { readPolicy } from '../run/read-policy.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { batchWords, stateAndHint } from '../screen/batch-words.js'
import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'

/** Flags of `decide`. */
export interface DecideFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

/**
 * Records what a person decided about a batch whose answer was lost.
 *
 * @throws {ConfigError} when nothing is to be decided about it: it is known, over, or still being looked for.
 */
export async function decide(batch: string, what: string, flags: DecideFlags): Promise<number> {
  const submissionId = wholeNumber('<batch>', 1, Number.MAX_SAFE_INTEGER)(batch) as SubmissionId
  const decision = oneOf<LostDecision>('<what>', ['resend', 'fail'])(what)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const submission = await half.store.getSubmission({ submissionId })
  if (submission === null) {
    throw new ConfigError(
      `there is no batch ${submissionId} in this store.`,
      `${commandText('status', storeFlag(place))} shows the number of every batch that needs a decision.`,
    )
  }
  const { account, nonce, requestCount } = submission
  const evidence = { type: 'decided', decision } as const
  const result = await half.store.recordEvidence({ account, nonce, evidence })
  if (result.type !== 'applied') {
    throw await refusal(half, result.submission ?? submission, storeFlag(place))
  }
  const rows = countOf(requestCount, 'row')
  const text =
    decision === 'resend'
      ? `decided: ${rows} wait again and go into the next batch (${commandText('work', storeFlag(place))})`
      : `decided: ${rows} end as failed, possibly paid; nothing is sent again`
  const object = { type: 'decided', batch_number: submissionId, decision, requests: requestCount }
  process.stdout.write(`${flags.json === true ? JSON.stringify(object) : text}\n`)
  return EXIT.usable
}

async function refusal(half: Halfrate, submission: Submission, flag: string): Promise<ConfigError> {
  const now = await half.store.now()
  const policy = await readPolicy(half, submission.queue)
  const words = batchWords(
    {
      number: 0,
      submission,
      resendNotBeforeAt: resendNotBefore(submission, policy, half),
      storeFlag: flag,
      unanswered: {},
      retried: 0,
    },
    now,
  )
  return new ConfigError(
    `there is nothing to decide about batch ${submission.id}: ${stateAndHint(words)}.`,
    submission.state === 'ambiguous'
      ? `A decision is asked for only when it was looked for long enough and is not at Claude; ${commandText('status', flag)} says when.`
      : 'Nothing was changed.',
  )
}
