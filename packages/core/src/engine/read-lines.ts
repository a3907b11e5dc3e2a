import { type NanoUsd, ZERO_USD } from '../model/money.js'
import type { Usability } from '../model/outcome.js'
import type { ProviderError } from '../model/provider-error.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Verdict } from '../model/request.js'
import type { Look, Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { Usage } from '../model/usage.js'
import { parseCustomId, type Sealing, verifyCustomId } from '../policy/custom-id.js'
import { costAt, type Route } from '../policy/money/cost.js'
import { priceOf } from '../policy/money/price-book.js'
import type { PriceRow } from '../policy/money/price-row.js'
import { readResultLine } from '../policy/results/result-line.js'
import { successVerdict } from '../policy/results/success-verdict.js'
import type { QuarantinedLine, ResultLine } from '../ports/store-collecting.js'
import type { EngineContext } from './context.js'

// Bytes that are kept of a line which can't be booked.
const KEPT_BYTES = 1024 * 1024
// More than any batch has; what a broken file may name is not collected without end.
const MOST_MODELS = 100

/** Turns raw lines of one submission's results into lines that can be booked, or kept aside. */
export class LineReader {
  readonly #context: EngineContext
  readonly #submission: Submission
  readonly #policy: QueuePolicy
  readonly #sealing: Sealing
  readonly #pricedAt: EpochMs
  readonly #prices = new Map<string, PriceRow | null>()

  constructor(
    context: EngineContext,
    params: {
      readonly submission: Submission
      readonly policy: QueuePolicy
      /** What was seen before the send that the ids were sealed for. */
      readonly look: Look | null
    },
  ) {
    this.#context = context
    this.#submission = params.submission
    this.#policy = params.policy
    this.#pricedAt = params.submission.remoteCreatedAt ?? context.clock.now()
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
    const isSuccess = line.outcome === 'succeeded'
    const price = isSuccess ? this.#priceOf(line.model) : null
    return {
      requestId: parts.requestId,
      outcome: line.outcome,
      usability: line.usability,
      errorType: line.errorType,
      usage: line.usage,
      costNano: isSuccess ? costIn('batch', price, line.usage) : ZERO_USD,
      realtimeNano: isSuccess ? costIn('realtime', price, line.usage) : ZERO_USD,
      bytes,
      verdict: line.usability === null ? null : this.#verdictOf(line.usability, line.stopReason),
    }
  }

  // The nonce is ours alone, and attempts are found by request id; only a line that adds an attempt needs the seal.
  #isProven(customId: string): boolean {
    return this.#submission.twinOf === null || verifyCustomId(customId, this.#sealing)
  }

  #verdictOf(usability: Usability, stopReason: string | null): Verdict {
    return successVerdict({ usability, stopReason }, this.#policy)
  }

  // A batch has many answers of few models, all at the prices of one instant.
  #priceOf(model: string | null): PriceRow | null {
    if (model === null) return null
    const known = this.#prices.get(model)
    if (known !== undefined) return known
    const price = priceOf(this.#context.priceBook, model, this.#pricedAt)
    if (this.#prices.size < MOST_MODELS) this.#prices.set(model, price)
    return price
  }
}

function costIn(route: Route, price: PriceRow | null, usage: Usage | null): NanoUsd | null {
  return price === null || usage === null ? null : costAt(price, usage, route)
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
