import type { RequestId } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Verdict } from '../model/request.js'
import type { Submission } from '../model/submission.js'
import { parseCustomId, type Sealing, verifyCustomId } from '../policy/custom-id.js'
import { keyHashOf } from '../policy/intake/intake-row-maker.js'
import { FormJudge, type Judged } from '../policy/outputs/form-judge.js'
import type { ResultFacts } from '../policy/results/result-facts.js'
import { readResultLine } from '../policy/results/result-line.js'
import { successVerdict } from '../policy/results/success-verdict.js'
import type { QuarantinedLine } from '../ports/store-collecting.js'
import type { ImportedLine } from '../ports/store-sending.js'
import { BatchPrices } from './batch-prices.js'
import type { EngineContext } from './context.js'
import { keptAside } from './read-lines.js'

/**
 * Turns raw lines of a batch that the store did not send into lines that can be imported, or kept aside. In a batch of
 * ours every id must bear its nonce and our seal; in one that was made elsewhere any custom id will do.
 */
export class ImportReader {
  readonly #context: EngineContext
  readonly #submission: Submission
  readonly #policy: QueuePolicy
  readonly #judge: FormJudge
  readonly #sealing: Sealing
  readonly #prices: BatchPrices

  constructor(context: EngineContext, submission: Submission, policy: QueuePolicy) {
    this.#context = context
    this.#submission = submission
    this.#policy = policy
    this.#judge = new FormJudge(policy)
    const pricedAt = submission.remoteCreatedAt ?? context.clock.now()
    this.#prices = new BatchPrices(context.priceBook, pricedAt, 'batch')
    this.#sealing = {
      hmac: (key, message) => context.digest.hmacSha256(key, message),
      keys: context.memory.sealingKeys,
      workspaceId: submission.look?.workspaceId ?? null,
    }
  }

  /** Reads a line. */
  read(bytes: Uint8Array, lineNumber: number): ImportedLine | QuarantinedLine {
    const line = readResultLine(bytes)
    if (line.type === 'malformed') return keptAside('malformed', lineNumber, bytes)
    const requestId = this.#requestOf(line.customId)
    if (requestId === 'foreign') return keptAside('foreign', lineNumber, bytes)
    const { digest } = this.#context
    const { usability, problem } = this.#judge.judge(line, bytes)
    const end = endOf({ ...line, usability, problem }, this.#policy)
    return {
      requestId,
      key: line.customId,
      keyHash: keyHashOf(line.customId, digest.hash128),
      model: line.model ?? '',
      outcome: line.outcome,
      usability,
      errorType: line.errorType,
      usage: line.usage,
      ...this.#prices.costsOf(line),
      bytes,
      verdict: line.outcome === 'succeeded' ? end : null,
      end,
    }
  }

  #requestOf(customId: string): RequestId | null | 'foreign' {
    if (this.#submission.look === null) return null
    const parts = parseCustomId(customId)
    const isOurs =
      parts !== null &&
      parts.nonce === this.#submission.nonce &&
      verifyCustomId(customId, this.#sealing)
    return isOurs ? parts.requestId : 'foreign'
  }
}

// There are no params to try it again with, so every outcome is final.
function endOf(line: ResultFacts & Pick<Judged, 'problem'>, policy: QueuePolicy): Verdict {
  switch (line.outcome) {
    case 'succeeded':
      return successVerdict({ ...line, usability: line.usability ?? 'empty' }, policy)
    case 'errored':
      return { status: 'failed', reason: 'errored', detail: line.errorType }
    case 'expired':
      return { status: 'failed', reason: 'expired', detail: null }
    case 'canceled':
      return { status: 'canceled', reason: 'canceled', detail: null }
  }
}
