import { laneOf } from '../model/lane.js'
import type { Usability } from '../model/outcome.js'
import type { ProviderError } from '../model/provider-error.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Look, Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { parseCustomId, type Sealing, verifyCustomId } from '../policy/custom-id.js'
import { FormJudge, type Judged } from '../policy/outputs/form-judge.js'
import type { ResultFacts } from '../policy/results/result-facts.js'
import { readResultLine } from '../policy/results/result-line.js'
import { successVerdict } from '../policy/results/success-verdict.js'
import { mayBeContinued } from '../policy/retry/continued-turn.js'
import { mayBeAskedOfOther } from '../policy/retry/other-model.js'
import { mayBeRaised } from '../policy/retry/raised-cap.js'
import { mayBeRepaired } from '../policy/retry/repaired-output.js'
import type { QuarantinedLine, ResultLine } from '../ports/store-collecting.js'
import { BatchPrices } from './batch-prices.js'
import type { EngineContext } from './context.js'

// Bytes that are kept of a line which can't be booked.
const KEPT_BYTES = 1024 * 1024

// More than any batch has; what a broken file may name is not collected without end.
const MOST_MODELS = 100

/** What the lines of a batch say of it as a whole. */
export interface SeenLines {
  /** Models that answered. */
  readonly models: ReadonlySet<string>
  readonly expired: number
  readonly canceled: number
}

/** Turns raw lines of one submission's results into lines that can be booked, or kept aside. */
export class LineReader {
  readonly #submission: Submission
  readonly #policy: QueuePolicy
  readonly #judge: FormJudge
  readonly #sealing: Sealing
  readonly #prices: BatchPrices
  readonly #seen = { models: new Set<string>(), expired: 0, canceled: 0 }

  constructor(
    context: EngineContext,
    params: {
      readonly submission: Submission
      readonly policy: QueuePolicy
      /** What was seen before the send that the ids were sealed for. */
      readonly look: Look | null
      /** Of which day the prices are; by default that on which its batch was made. */
      readonly pricedAt?: EpochMs
    },
  ) {
    this.#submission = params.submission
    this.#policy = params.policy
    this.#judge = new FormJudge(params.policy)
    const pricedAt = params.pricedAt ?? params.submission.remoteCreatedAt ?? context.clock.now()
    this.#prices = new BatchPrices(
      context.priceBook,
      pricedAt,
      laneOf(params.submission.lane).route,
    )
    this.#sealing = {
      hmac: (key, message) => context.digest.hmacSha256(key, message),
      keys: context.memory.sealingKeys,
      workspaceId: params.look?.workspaceId ?? null,
    }
  }

  /** Reads a line; its custom id must bear the submission's nonce, else it is somebody else's. */
  read(bytes: Uint8Array, lineNumber: number): ResultLine | QuarantinedLine {
    const line = readResultLine(bytes)
    if (line.type === 'malformed') return keptAside('malformed', lineNumber, bytes)
    const parts = parseCustomId(line.customId)
    if (
      parts === null ||
      parts.nonce !== this.#submission.nonce ||
      !this.#isProven(line.customId)
    ) {
      return keptAside('foreign', lineNumber, bytes)
    }
    this.#see(line)
    const { usability, problem } = this.#judge.judge(line, bytes)
    const { stopReason, usage } = line
    const facts = { stopReason, usage, problem }
    const end = usability === null ? { verdict: null } : this.#endOf(facts, usability)
    return {
      requestId: parts.requestId,
      outcome: line.outcome,
      usability,
      errorType: line.errorType,
      usage: line.usage,
      ...this.#prices.costsOf(line),
      bytes,
      ...end,
    }
  }

  /** What the lines that were read say of the batch as a whole. */
  get seen(): SeenLines {
    return this.#seen
  }

  #see({ outcome, model }: ResultFacts): void {
    if (outcome === 'expired' || outcome === 'canceled') this.#seen[outcome] += 1
    if (model !== null && this.#seen.models.size < MOST_MODELS) this.#seen.models.add(model)
  }

  // The nonce is ours alone, and attempts are found by request id; only a line that adds an attempt needs the seal.
  #isProven(customId: string): boolean {
    return this.#submission.twinOf === null || verifyCustomId(customId, this.#sealing)
  }

  // What a retry is left for takes effect at close. A batch that was given up and turned up has no retry of its own: its
  // members were sent again already, or wait to be. A call may have been given up without its sender's knowledge.
  #endOf(
    {
      stopReason,
      usage,
      problem,
    }: Pick<ResultFacts, 'stopReason' | 'usage'> & Pick<Judged, 'problem'>,
    usability: Usability,
  ): Pick<ResultLine, 'verdict' | 'lateVerdict'> {
    const { twinOf, orphan } = this.#submission
    const isFirst = twinOf === null && !orphan
    const outputTokens = usage?.outputTokens ?? null
    const mayGoOn =
      mayBeRaised({ stopReason, outputTokens }, this.#policy) ||
      mayBeContinued({ stopReason }, this.#policy) ||
      mayBeAskedOfOther({ stopReason }, this.#policy) ||
      mayBeRepaired(usability, this.#policy)
    const verdict = successVerdict({ usability, stopReason, problem }, this.#policy)
    return isFirst && mayGoOn ? { verdict: null, lateVerdict: verdict } : { verdict }
  }
}

/** Whether a line can be booked. */
export function isBookable(line: ResultLine | QuarantinedLine): line is ResultLine {
  return 'requestId' in line
}

/** A line that is kept for a person to look at. */
export function keptAside(
  reason: QuarantinedLine['reason'],
  lineNumber: number,
  bytes: Uint8Array,
): QuarantinedLine {
  return { reason, lineNumber, bytes: bytes.subarray(0, KEPT_BYTES) }
}

/** How a fetch of a results file ended. */
export type FetchEnd =
  | { readonly type: 'complete' }
  | { readonly type: 'broken'; readonly error: ProviderError | null }
  | { readonly type: 'missing' }
